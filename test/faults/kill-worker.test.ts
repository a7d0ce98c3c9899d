/**
 * kill -9 of the worker at every step (P1): a table of steps, each named by the statement at which the worker is killed.
 * A second worker takes over each time, while four clients write; in the end the data is what the clients know.
 */
import { describe, expect, it } from 'vitest';
import type { OnlineDdlOptions } from '../../src/contract/online-ddl.js';
import { MigrationTest, type Fault } from '../support/migration-test.js';

interface Step extends Fault {
  readonly name: string;
  readonly options?: OnlineDdlOptions;
}

const steps: readonly Step[] = [
  { name: 'preparing, before the shadow is made', statement: '^CREATE TABLE `[^`]*`\\.`_sw_', when: 'before' },
  {
    name: 'preparing, after the shadow was altered',
    statement: '^ALTER TABLE `[^`]*`\\.`_sw_.*channel',
    when: 'after',
  },
  { name: 'preparing, before the plan is kept', statement: '^UPDATE _switchyard.operations SET plan', when: 'before' },
  {
    name: 'copying, after the statement of a chunk',
    statement: '^INSERT INTO `[^`]*`.`_sw_.* <= ',
    when: 'after',
    count: 3,
  },
  { name: 'copying, at a checkpoint', statement: '^UPDATE _switchyard.progress SET watermark', when: 'after' },
  {
    name: 'indexing, before the indexes are built',
    statement: '^ALTER TABLE .*ADD (UNIQUE )?KEY',
    when: 'before',
    count: 2,
  },
  {
    name: 'indexing, after the indexes were built',
    statement: '^ALTER TABLE .*ADD (UNIQUE )?KEY',
    when: 'after',
    count: 2,
  },
  { name: 'verifying', statement: 'WITH CONSISTENT SNAPSHOT', when: 'after', count: 2 },
  { name: 'following, within an apply', statement: '^DELETE FROM `[^`]*`.`_sw_', when: 'after', count: 5 },
  { name: 'waiting for the lock', statement: '^LOCK TABLES', when: 'before' },
  { name: 'under the lock, before the drain', statement: '^LOCK TABLES', when: 'after' },
  { name: 'under the lock, just before the RENAME', statement: '^RENAME TABLE', when: 'before' },
  { name: 'just after the RENAME', statement: '^RENAME TABLE', when: 'after' },
  {
    name: 'after the swap, before it is recorded',
    statement: '^UPDATE _switchyard.cut_overs SET ended_at',
    when: 'before',
  },
  { name: 'after the swap, while finishing', statement: '^UPDATE _switchyard.operations SET state', when: 'before' },
];

/** Runs one step from an own shop to the last check. */
async function killAt({ name, options, ...fault }: Step): Promise<void> {
  const test = new MigrationTest({ rows: 15_000, seed: name.length });
  try {
    await test.open();
    const { worker, reached } = await test.startFaultWorker(fault);
    test.shop.startClients();
    await test.start(options);
    await reached();
    worker.kill('SIGKILL');
    await test.startWorker();
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', verified: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await test.expectNothingLost();
    expect(await test.ownTables()).toEqual([result.retainedTable]);
  } finally {
    await test.close();
  }
}

// Most of the time is spent waiting for Temporal to notice that the worker is gone: several steps at once.
describe.concurrent('a worker killed with SIGKILL', () => {
  it.each(steps)('while $name, loses nothing and is replaced', killAt);
});
