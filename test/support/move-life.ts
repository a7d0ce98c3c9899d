/** One move with its writers, from the start to the end, and what has to be true then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { MoveTablesOptions } from '../../src/contract/move/input.js';
import { eventually, rarelyMs } from './eventually.js';
import { FenceWriters, fenceWritersTable } from './fence-writers.js';
import { MoveTest, type MoveTestOptions } from './move-test.js';
import { startOwnMysql, type OwnMysql } from './own-mysql.js';

/** Nobody writes to it, so what its counter has skipped comes by no row. */
const quietTable = 'CREATE TABLE quiet (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY)';

const done = expect.stringMatching(/^(done|accepted)$/) as string;
/** Workers that are gone are noticed after some seconds, on a machine that others use, too. */
const waitMs = 120_000;
/** How often a switch is asked for where a busy machine spoils its attempts. */
const asksMax = 5;

/** One move with its writers, from the start to the end. */
export class MoveLife {
  #skipped = 0;

  private constructor(
    readonly test: MoveTest,
    readonly writers: FenceWriters,
  ) {}

  /** The tables, and writers of which one never goes where it is told. */
  static async open(options: MoveTestOptions = {}): Promise<MoveLife> {
    const test = await MoveTest.open([fenceWritersTable, quietTable], options);
    const manners = { pauseMs: 10, stubborn: true, outliving: true };
    const writers = await FenceWriters.start(2, (side) => test.root(side), manners);
    return new MoveLife(test, writers);
  }

  async start(options: MoveTablesOptions): Promise<void> {
    await this.test.start(['orders', 'quiet'], options);
  }

  /** With a worker of its own, until it is ready to switch. */
  async begin(options: MoveTablesOptions = {}): Promise<void> {
    await this.test.startWorker();
    await this.start(options);
    await this.toVerified();
  }

  async toVerified(): Promise<void> {
    await this.test.until('verified', ({ verified, phase }) => verified && phase === 'following', waitMs);
  }

  async switch(): Promise<void> {
    await this.skipNumbers('source');
    await this.#switchWritten();
    await this.writesGoOn();
  }

  /** A command is good for the attempts that its move may make, all of which a busy machine may spoil: not for ever. */
  async #switchWritten(): Promise<void> {
    for (let asked = 1; ; asked += 1) {
      expect(await this.test.command('switchTraffic')).toMatchObject({ outcome: done });
      const { gaveUp } = await this.test.until(
        'switched, or no further attempt',
        ({ phase, reverse, gaveUp: over }) => (phase === 'switched' && reverse.caughtUp) || over !== null,
        waitMs,
      );
      if (gaveUp === null) break;
      expect(asked, gaveUp.reason).toBeLessThan(asksMax);
    }
    await this.test.until('the router to know', ({ rules }) => rules.confirmed === rules.version, waitMs);
  }

  /**
   * Asks for the switch until an attempt has come to where `reached` says: one before it may be lost to a busy machine, or
   * come too late, without having come there.
   * @returns the number of that attempt, and the answer to its command, which may wait for its end.
   */
  async attemptUntil(reached: Promise<unknown>): Promise<{ attempt: number; answer: Promise<unknown> }> {
    let isThere = false;
    const standing = reached.then(() => {
      isThere = true;
    });
    let answer = this.#ask();
    while (!isThere) {
      await Promise.race([standing, sleep(rarelyMs)]);
      if (!isThere && (await this.test.status()).gaveUp !== null) answer = this.#ask();
    }
    await standing;
    return { attempt: (await this.test.status()).attempts, answer };
  }

  #ask(): Promise<unknown> {
    const answer = this.test.command('switchTraffic');
    answer.catch(() => undefined);
    return answer;
  }

  /** Back, to compare what the source has then, and over again. */
  async reverse(): Promise<void> {
    await this.skipNumbers('target');
    expect(await this.test.command('reverseTraffic')).toMatchObject({ outcome: done });
    await this.toVerified();
    await this.writesGoOn();
    await this.writers.stop();
    await this.writers.expectAll(await this.test.root('source'));
    this.writers.goOn();
    await this.#switchWritten();
    await this.writesGoOn();
  }

  async complete(): Promise<void> {
    expect(await this.test.command('complete')).toMatchObject({ outcome: done });
    expect(await this.test.result()).toMatchObject({ outcome: 'completed', forced: false, residuals: [] });
  }

  async forceComplete(own: OwnMysql): Promise<void> {
    await own.server.kill('SIGKILL');
    const answer = await this.test.command('forceComplete', { reason: 'the source is gone' });
    expect(answer).toMatchObject({ outcome: done });
    expect(await this.test.result()).toMatchObject({ outcome: 'completed', forced: true });
  }

  async writesGoOn(): Promise<void> {
    const before = this.writers.acknowledged;
    await eventually('writes to go on', () => Promise.resolve(this.writers.acknowledged > before + 5 || undefined));
  }

  /** A transaction that was undone has used numbers: the counter has to be raised. */
  async skipNumbers(side: 'source' | 'target'): Promise<void> {
    this.#skipped += 1_000_000;
    const session = await this.test.root(side);
    await session.run('START TRANSACTION');
    await session.run('INSERT INTO quiet VALUES (?)', [this.#skipped]);
    await session.run('ROLLBACK');
  }

  /** The target has what was acknowledged, and nothing of ours is left but the retained tables. */
  async expectMoved({ sourceAnswers = true } = {}): Promise<void> {
    await sleep(300);
    await this.writers.stop();
    await this.writers.expectAll(await this.test.root('target'));
    const { operationId } = await this.test.status();
    for (const side of sourceAnswers ? (['source', 'target'] as const) : (['target'] as const)) {
      const root = await this.test.root(side);
      const states = await root.rows('SELECT state FROM _switchyard.operations WHERE operation_id = ?', [operationId]);
      expect(states, side).toEqual([{ state: 'completed' }]);
    }
    expect(await this.test.leftovers('target')).toEqual([]);
    if (!sourceAnswers) return;
    const retained = [0, 1].map((number) => `_sw_${operationId}_${number}_old`);
    expect(await this.test.leftovers('source')).toMatchObject([
      ...retained.map((name) => ({ name })),
      ...retained.map((name) => ({ table_name: name, role: 'retained' })),
    ]);
  }
}

/** A move on the shared servers, whose writers and workers end with the work. */
export async function withMove(
  work: (life: MoveLife) => Promise<unknown>,
  options: MoveTestOptions = {},
): Promise<void> {
  const life = await MoveLife.open(options);
  try {
    await work(life);
  } finally {
    await life.writers.stop().catch(() => undefined);
    await life.test.close();
  }
}

/** A move of which this server is the test's own. */
export async function withOwnServer(
  side: 'source' | 'target',
  work: (life: MoveLife, own: OwnMysql) => Promise<unknown>,
  options: MoveTestOptions = {},
): Promise<void> {
  const own = await startOwnMysql([], side === 'source' ? 'commerce' : 'customer');
  const settled = async (life: MoveLife): Promise<void> => {
    try {
      await work(life, own);
    } finally {
      // A frozen one would hold up its writers.
      await own.server.kill('SIGCONT');
    }
  };
  try {
    await withMove(settled, { ...options, [side]: own.cluster });
  } finally {
    await own.stop();
  }
}
