/**
 * A roll-out (docs/deploy.md, "Rolling out"): three workers of the last release are replaced, one after the other, by three
 * of this one, with 30 operations in every phase and clients that write. SWITCHYARD_ROLLING names a folder with the last
 * release, built; without it nothing is done, since it takes minutes.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { describe, expect, inject, it } from 'vitest';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { eventually, uniqueName } from '../support/eventually.js';
import { FenceWriters, fenceWritersTable } from '../support/fence-writers.js';
import { TestWorkers } from '../support/test-workers.js';

const last = process.env['SWITCHYARD_ROLLING'];

const seeds = 3_000;
const seedWriter = 1_000;
const slow = { throttle: { rowsPerSecondMax: 4 } } as const;
const fast = { rowsPerSecondMax: null } as const;
/** Refusals that say themselves that the command is to be sent again. */
const unanswered: readonly string[] = ['SOURCE_UNREACHABLE', 'TARGET_UNREACHABLE'];

interface Status {
  readonly phase: string;
  readonly verified: boolean;
  readonly error: object | null;
  readonly retrying: object | null;
  readonly rules?: { readonly version: number; readonly confirmed: number };
  readonly reverse?: { readonly caughtUp: boolean };
}

/** One operation: in which phase it stands while workers are replaced, and what brings it there and to its end. */
interface Course {
  readonly what: string;
  readonly type: 'onlineDdl' | 'moveTables';
  readonly count: number;
  readonly options: object;
  readonly phase: string;
  readonly before?: (one: Operation) => Promise<unknown>;
  readonly after: (one: Operation) => Promise<unknown>;
}

class Operation {
  readonly database = uniqueName('roll');
  writers!: FenceWriters;
  handle!: WorkflowHandle;
  readonly #sessions: Session[] = [];

  constructor(
    readonly course: Course,
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  /** With all rights, in the database of the operation. */
  async root(side: 'source' | 'target'): Promise<Session> {
    const { commerce, customer } = inject('stack');
    const session = await Session.open((side === 'source' ? commerce : customer).root, { autocommit: 1 });
    this.#sessions.push(session);
    await session.run(`USE ${this.database}`).catch(() => undefined);
    return session;
  }

  async begin(): Promise<void> {
    const { course, database, taskQueue } = this;
    for (const side of ['source', 'target'] as const) {
      const root = await this.root(side);
      await root.run(`CREATE DATABASE ${database}`);
      if (side === 'target') continue;
      await root.run(`USE ${database}`);
      await root.run(fenceWritersTable);
      await root.run(`SET SESSION cte_max_recursion_depth = ${seeds}`);
      await root.run(`INSERT INTO orders (writer, n) WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s
        WHERE n < ${seeds}) SELECT ${seedWriter}, n FROM s`);
    }
    const isMove = course.type === 'moveTables';
    this.writers = await FenceWriters.start(1, (side) => this.root(isMove ? side : 'source'), { pauseMs: 200 });
    const place = (cluster: string) => ({ cluster, database });
    const statement = 'ALTER TABLE orders ADD COLUMN note VARCHAR(20) NULL';
    const input = isMove
      ? { name: database, source: place('commerce'), target: place('customer'), tables: ['orders'] }
      : { ...place('commerce'), statement };
    const args = [{ ...input, options: course.options }];
    this.handle = await this.client.workflow.start(course.type, { taskQueue, workflowId: uniqueName('rolled'), args });
  }

  status(): Promise<Status> {
    return this.handle.query<Status>('status');
  }

  /**
   * Sends it again where a server has not answered in time, as the refusal says: thirty operations under way leave it to
   * chance on a busy machine. @throws where the command is refused for another reason.
   */
  async send(name: string, input: object = {}): Promise<void> {
    await eventually(
      `${this.course.what}: ${name}`,
      async () => {
        const answer = await this.handle.executeUpdate<CommandAnswer, [object]>(name, { args: [input] });
        const { outcome, code = '', message } = answer;
        if (outcome === 'done' || outcome === 'accepted') return true;
        if (outcome === 'refused' && unanswered.includes(code)) return undefined;
        throw new Error(`${this.course.what}: ${code} ${message}`);
      },
      120_000,
      2_000,
    );
  }

  until(what: string, fits: (status: Status) => boolean): Promise<Status> {
    return eventually(
      `${this.course.what}: ${what}`,
      async () => {
        const status = await this.status().catch(() => undefined);
        return status !== undefined && fits(status) ? status : undefined;
      },
      300_000,
      500,
      async () => JSON.stringify(await this.status().catch(String)),
    );
  }

  untilSwitched(): Promise<Status> {
    return this.until('switched', ({ phase, rules, reverse }) => {
      return phase === 'switched' && rules?.version === rules?.confirmed && reverse?.caughtUp === true;
    });
  }

  untilReady(): Promise<Status> {
    return this.until('following', ({ phase, verified, rules }) => {
      return phase === 'following' && verified && rules?.version === rules?.confirmed;
    });
  }

  /** Every write that was acknowledged is there, once, and every row that was there before. */
  async expectNothingLost(): Promise<void> {
    await this.writers.stop();
    const session = await this.root(this.course.type === 'moveTables' ? 'target' : 'source');
    const rows = await session.rows<{ n: number }>('SELECT n FROM orders WHERE writer = 0 ORDER BY n');
    expect(rows.map(({ n }) => n)).toEqual(this.writers.writers.flatMap(({ acknowledged }) => acknowledged));
    const there = await session.row<{ n: string }>('SELECT COUNT(*) AS n FROM orders WHERE writer = ?', [seedWriter]);
    expect(Number(there.n)).toBe(seeds);
  }

  /** What the histories of its runs say of the roll-out. */
  async events(): Promise<{ readonly taskFailures: number; readonly events: number }> {
    const { events = [] } = await this.handle.fetchHistory();
    const failed = (events ?? []).filter(({ workflowTaskFailedEventAttributes: one }) => one != null);
    return { taskFailures: failed.length, events: events?.length ?? 0 };
  }

  async close(): Promise<void> {
    await this.writers.stop().catch(() => undefined);
    await Promise.all(this.#sessions.map((session) => session.close().catch(() => undefined)));
  }
}

const clock = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
const switchAll = async (one: Operation): Promise<void> => {
  await one.untilReady();
  await one.send('switchTraffic');
  await one.untilSwitched();
};
const complete = async (one: Operation): Promise<void> => {
  await one.untilSwitched();
  await one.send('complete');
};
const blockers = new Map<Operation, Session>();
const block = async (one: Operation): Promise<void> => {
  const session = await one.root('source');
  await session.run('START TRANSACTION');
  await session.rows('SELECT 1 FROM orders LIMIT 1');
  blockers.set(one, session);
  await one.send('resume');
};

const courses: readonly Course[] = [
  {
    ...{ what: 'a queued migration', type: 'onlineDdl', count: 2, options: { postponeLaunch: true }, phase: 'queued' },
    after: (one) => one.send('launch'),
  },
  {
    ...{ what: 'a copying migration', type: 'onlineDdl', count: 4, phase: 'copying' },
    options: { ...slow, postponeCompletion: true },
    after: async (one) => {
      await one.send('setThrottle', fast);
      await one.send('resume');
    },
  },
  {
    ...{ what: 'a paused migration', type: 'onlineDdl', count: 2, options: slow, phase: 'copying' },
    before: async (one) => {
      await one.until('copying', ({ phase }) => phase === 'copying');
      await one.send('pause');
    },
    after: async (one) => {
      await one.send('setThrottle', fast);
      await one.send('unpause');
    },
  },
  {
    ...{ what: 'a held back migration', type: 'onlineDdl', count: 4, phase: 'postponed' },
    options: { postponeCompletion: true },
    after: (one) => one.send('resume'),
  },
  {
    ...{ what: 'a migration before its window', type: 'onlineDdl', count: 2, phase: 'ready' },
    options: { cutOver: { window: { from: clock(6), to: clock(7) } } },
    after: (one) => one.send('resume', { ignoreWindow: true }),
  },
  {
    ...{ what: 'a migration whose attempts are blocked', type: 'onlineDdl', count: 2, phase: 'blocked' },
    options: { postponeCompletion: true, cutOver: { lockTimeoutMs: 1_000, maxAttempts: 1_000, backoffMs: [1_000] } },
    before: async (one) => {
      await one.until('postponed', ({ phase }) => phase === 'postponed');
      await block(one);
    },
    after: async (one) => blockers.get(one)?.run('COMMIT'),
  },
  {
    ...{ what: 'a completed migration', type: 'onlineDdl', count: 2, options: { retainFor: '1h' }, phase: 'completed' },
    after: () => Promise.resolve(),
  },
  {
    ...{ what: 'a queued move', type: 'moveTables', count: 1, options: { postponeLaunch: true }, phase: 'queued' },
    after: async (one) => {
      await one.send('launch');
      await switchAll(one);
      await complete(one);
    },
  },
  {
    ...{ what: 'a copying move', type: 'moveTables', count: 2, options: slow, phase: 'copying' },
    after: async (one) => {
      await one.send('setThrottle', fast);
      await switchAll(one);
      await complete(one);
    },
  },
  {
    ...{ what: 'a following move', type: 'moveTables', count: 3, options: {}, phase: 'following' },
    before: (one) => one.untilReady(),
    after: async (one) => {
      await switchAll(one);
      await complete(one);
    },
  },
  {
    ...{ what: 'a move with its reads switched', type: 'moveTables', count: 1, options: {}, phase: 'following' },
    before: async (one) => {
      await one.untilReady();
      await one.send('switchTraffic', { reads: true });
      await one.untilReady();
    },
    after: async (one) => {
      await switchAll(one);
      await complete(one);
    },
  },
  {
    ...{ what: 'a switched move', type: 'moveTables', count: 3, options: {}, phase: 'switched' },
    before: switchAll,
    after: complete,
  },
  {
    ...{ what: 'a reversed move', type: 'moveTables', count: 1, options: {}, phase: 'following' },
    before: async (one) => {
      await switchAll(one);
      await one.send('reverseTraffic');
      await one.untilReady();
    },
    after: async (one) => {
      await switchAll(one);
      await complete(one);
    },
  },
  {
    ...{ what: 'a completed move', type: 'moveTables', count: 1, options: { retainFor: '1h' }, phase: 'completed' },
    before: async (one) => {
      await switchAll(one);
      await complete(one);
    },
    after: () => Promise.resolve(),
  },
];

/** Whether it stands where it is to stand while workers are replaced. */
function stands(one: Operation, { phase }: Status): boolean {
  const wanted = one.course.phase;
  // Small as it is it goes on meanwhile, and is held back at its end.
  if (wanted === 'copying') return ['copying', 'indexing', 'verifying', 'postponed', 'following'].includes(phase);
  return wanted === 'blocked' ? phase === 'ready' || phase === 'cuttingOver' : phase === wanted;
}

function report(...words: readonly unknown[]): void {
  process.stderr.write(`${words.map(String).join(' ')}\n`);
}

describe.runIf(last !== undefined)('workers that are replaced one after the other', () => {
  it('by a new release leave 30 operations in every phase as they are, and nothing is lost or stuck', async () => {
    const { commerce, customer, temporal, folder } = inject('stack');
    const taskQueue = uniqueName('rolling');
    const clusters = { commerce: commerce.switchyard, customer: customer.switchyard };
    const router = { driver: 'table', cluster: 'customer' };
    const workers = new TestWorkers({ taskQueue, folder, clusters, router, temporal });
    const connection = await Connection.connect({ address: temporal.address });
    const client = new Client({ connection, namespace: temporal.namespace });
    const operations = courses.flatMap((course) =>
      Array.from({ length: course.count }, () => new Operation(course, client, taskQueue)),
    );
    expect(operations).toHaveLength(30);
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
    try {
      const lastScript = resolve(last ?? '', 'dist/worker.js');
      const old = [];
      for (let n = 0; n < 3; n += 1) old.push(await workers.start(lastScript));
      for (const one of operations) await one.begin();
      await Promise.all(operations.map(async (one) => one.course.before?.(one)));
      await Promise.all(operations.map((one) => one.until(one.course.phase, (status) => stands(one, status))));
      report(seconds(), 'all 30 stand in their phases');
      const stops: number[] = [];
      for (const worker of old) {
        await workers.start();
        const askedAt = performance.now();
        await worker.stop();
        stops.push(Math.round(performance.now() - askedAt));
        report(seconds(), 'a worker is replaced; the old one ended in', stops.at(-1), 'ms');
        await sleep(5_000);
      }
      for (const one of operations) {
        const { error } = await one.until('after the roll-out', (status) => stands(one, status));
        expect([one.course.what, error]).toEqual([one.course.what, null]);
      }
      report(seconds(), 'all 30 still stand there, without an error');
      await Promise.all(operations.map((one) => one.course.after(one)));
      const results = await Promise.all(operations.map((one) => one.handle.result()));
      report(seconds(), 'all 30 have ended');
      for (const result of results) expect(result).toMatchObject({ outcome: 'completed', verified: true });
      for (const one of operations) await one.expectNothingLost();
      const events = await Promise.all(operations.map((one) => one.events()));
      const failures = events.filter(({ taskFailures }) => taskFailures > 0).length;
      report(seconds(), 'checked;', failures, 'operations had a workflow task that failed');
      const writes = operations.reduce((sum, { writers }) => sum + writers.acknowledged, 0);
      report(writes, 'writes acknowledged; the most events of one history:', Math.max(...events.map((e) => e.events)));
    } finally {
      for (const one of operations) if (one.writers !== undefined) await one.close();
      await workers.stop();
      await connection.close();
    }
  }, 1_500_000);
});
