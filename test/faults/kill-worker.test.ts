/**
 * kill -9 of the worker at every step (P1): a table of steps, each named by the statement at which the worker is killed.
 * Another worker takes over each time, while four clients write; in the end the data is what the clients know.
 *
 * A migration costs more than a kill, so that the worker of one is killed more than once. A worker counts statements from
 * its own start on; where an index is built is the second statement of its kind for one that has prepared.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MigrationTest, type Fault } from '../support/migration-test.js';
import type { FaultWorker } from '../support/test-workers.js';

interface Step extends Fault {
  readonly name: string;
}

/** The kills of each migration, in the order in which it comes to them. */
const migrations: readonly (readonly Step[])[] = [
  [
    { name: 'preparing, before the shadow is made', statement: '^CREATE TABLE `[^`]*`\\.`_sw_', when: 'before' },
    {
      name: 'copying, after the statement of a chunk',
      statement: '^INSERT INTO `[^`]*`.`_sw_.* <= ',
      when: 'after',
      count: 3,
    },
    { name: 'waiting for the lock', statement: '^LOCK TABLES', when: 'before' },
  ],
  [
    {
      name: 'preparing, after the shadow was altered',
      statement: '^ALTER TABLE `[^`]*`\\.`_sw_.*channel',
      when: 'after',
    },
    { name: 'copying, at a checkpoint', statement: '^UPDATE _switchyard.progress SET watermark', when: 'after' },
    { name: 'under the lock, before the drain', statement: '^LOCK TABLES', when: 'after' },
  ],
  [
    {
      name: 'preparing, before the plan is kept',
      statement: '^UPDATE _switchyard.operations SET plan',
      when: 'before',
    },
    {
      name: 'indexing, before the indexes are built',
      statement: '^ALTER TABLE .*ADD (UNIQUE )?KEY',
      when: 'before',
      count: 2,
    },
    { name: 'under the lock, just before the RENAME', statement: '^RENAME TABLE', when: 'before' },
  ],
  [
    {
      name: 'indexing, after the indexes were built',
      statement: '^ALTER TABLE .*ADD (UNIQUE )?KEY',
      when: 'after',
      count: 2,
    },
    { name: 'just after the RENAME', statement: '^RENAME TABLE', when: 'after' },
  ],
  [
    { name: 'verifying', statement: 'WITH CONSISTENT SNAPSHOT', when: 'after', count: 2 },
    {
      name: 'after the swap, before it is recorded',
      statement: '^UPDATE _switchyard.cut_overs SET ended_at',
      when: 'before',
    },
  ],
  [
    { name: 'following, within an apply', statement: '^DELETE.* FROM `[^`]*`.`_sw_', when: 'after', count: 5 },
    { name: 'after the swap, while finishing', statement: '^UPDATE _switchyard.operations SET state', when: 'before' },
  ],
];

/** Workers that are gone are noticed after some seconds, on a machine that others use, too. */
const waitMs = 120_000;
const timeoutMs = 2 * waitMs;

/** One migration of an own shop whose workers are killed. */
class KilledMigration {
  readonly test: MigrationTest;
  /** What is to be killed next; undefined as well once something has failed, so that nothing waits for it. */
  #faulty: FaultWorker | undefined;
  #isReplaced = false;

  constructor(seed: number) {
    this.test = new MigrationTest({ rows: 15_000, seed });
  }

  async open(first: Step): Promise<void> {
    await this.test.open();
    this.#faulty = await this.test.startFaultWorker(first);
    this.test.shop.startClients();
    await this.test.start();
  }

  /** Kills the worker where it stands, and starts one that comes to the next step, or to the end. */
  async kill(next: Step | undefined): Promise<void> {
    const faulty = this.#faulty;
    this.#faulty = undefined;
    if (faulty === undefined) throw new Error('this migration has failed before');
    await faulty.reached(waitMs);
    faulty.worker.kill('SIGKILL');
    if (next === undefined) await this.test.startWorker();
    else this.#faulty = await this.test.startFaultWorker(next);
    this.#isReplaced = next === undefined;
  }

  async expectNothingLost(): Promise<void> {
    const { test } = this;
    if (!this.#isReplaced) throw new Error('this migration has failed before');
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', verified: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await test.expectNothingLost();
    expect(await test.ownTables()).toEqual([result.retainedTable]);
  }
}

// Most of the time is spent waiting for Temporal to notice that the worker is gone: several migrations at once.
describe.concurrent('a worker killed with SIGKILL', () => {
  for (const [number, steps] of migrations.entries()) {
    describe(`of migration ${number + 1}`, () => {
      const killed = new KilledMigration(number + 1);
      beforeAll(() => killed.open(steps[0] as Step));
      afterAll(() => killed.test.close());
      for (const [nth, { name }] of steps.entries()) {
        it.sequential(`while ${name}, is replaced`, () => killed.kill(steps[nth + 1]), timeoutMs);
      }
      it.sequential('and nothing is lost', () => killed.expectNothingLost(), timeoutMs);
    });
  }
});
