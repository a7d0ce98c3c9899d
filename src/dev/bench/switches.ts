/**
 * `npm run bench -- switches`: what clients see while the traffic of one table, or of many, moves to another server and
 * back, with nothing in the way and with what switches meet in life, on either side (see BENCHMARKS.md).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Connection } from 'mysql2/promise';
import { taskQueueDefault, workflowTypes } from '../../contract/names.js';
import { until } from '../move-status.js';
import { during } from '../progress.js';
import { FollowedRoute } from '../shop/write-route.js';
import type { WorkerProcess } from '../start-worker.js';
import { benchSettings, BenchServers, type BenchOptions } from './bench-servers.js';
import { Held, holders, type Holder } from './holders.js';
import { addRow, countOne, countRows, firstTable, makeTables } from './many-tables.js';
import { command } from './move.js';
import { readProcessUsage } from './process-usage.js';
import { Readers } from './readers.js';
import { benchAccess, benchDatabase, openBenchSession } from './sbtest.js';
import { SessionCount } from './session-count.js';
import type { Direction, MeasuredSize, MeasuredSwitch, MeasuredSwitches } from './switches-report.js';
import { withWorker } from './worker-run.js';
import { Writers } from './writers.js';

export interface SwitchesOptions extends BenchOptions {
  /** How many tables move, one move for each. */
  readonly tables: readonly number[];
  /** How long who holds something does so, where traffic has to wait for it. */
  readonly heldSeconds: number;
  /** What is met on the ways, where it is not everything. */
  readonly met?: readonly (Holder | undefined)[];
}

/** An older transaction counts as one that does not end soon. */
const heldBeforeMs = 1_200;
/** What is not waited for is not held for longer. */
const heldMsMax = 30_000;
/** Soon: how long the next attempt is waited for is a choice, and nothing that clients see. */
const switchOptions = { backoffMs: [1_000] };
/** What clients meet so soon after the traffic has moved belongs to it. */
const aftermathMs = 300;

/** Runs all moves on servers of their own. @throws what a server or a move fails with. */
export async function benchSwitches(options: SwitchesOptions): Promise<MeasuredSwitches> {
  return BenchServers.use(options, async (servers) => {
    const sizes: MeasuredSize[] = [];
    for (const tables of options.tables) sizes.push(await new SizeBench(options, servers, tables).run());
    const { rows, heldSeconds, clients, transactionsPerSecond } = options;
    const wanted = `${transactionsPerSecond} write transactions/s of ${clients} clients`;
    return {
      settings: benchSettings,
      rows,
      heldSeconds,
      wanted,
      sizes,
      problems: sizes.flatMap((one) => one.problems),
    };
  });
}

/** One move, there and back again and again. */
class SizeBench {
  readonly #readers = new Readers();
  readonly #opened: Connection[] = [];
  readonly #counts: SessionCount[] = [];
  /** Rows that holders have added. */
  #added = 0;

  constructor(
    private readonly options: SwitchesOptions,
    private readonly servers: BenchServers,
    private readonly tables: number,
  ) {}

  async run(): Promise<MeasuredSize> {
    const { options, servers, tables } = this;
    await this.#make();
    const route = await this.#followRoutes();
    const writers = new Writers({ ...options, route, statement: addRow(tables) });
    try {
      return await withWorker(servers.stack, `worker-${tables}`, (worker) => this.#measure(worker, writers));
    } finally {
      await writers.stop();
      await this.#readers.stop();
      await Promise.all(this.#counts.map((count) => count.stop()));
      await route.close();
      await Promise.all(this.#opened.map((session) => session.end()));
    }
  }

  async #measure(worker: WorkerProcess, writers: Writers): Promise<MeasuredSize> {
    const { tables } = this;
    for (const cluster of ['commerce', 'customer'] as const) await this.#count(cluster);
    const counts = this.#counts;
    const beganAt = performance.now();
    this.#readers.add(await this.#open('commerce'), countOne(tables));
    const writesBefore = await writers.startAlone();
    const readsBefore = this.#readers.timings.latency(beganAt, performance.now());
    const startedAt = performance.now();
    const handle = await this.#startMove();
    const readySeconds = ((await this.#ready(handle)) - startedAt) / 1_000;
    const made = (await Promise.all(counts.map((count) => count.made()))).reduce((sum, one) => sum + one, 0);
    this.#readers.add(await this.#open('customer'), countOne(tables));
    const switches = await this.#switches(handle, writers);
    await Promise.all([writers.stop(), this.#readers.stop()]);
    const problems = await this.#problems(writers);
    await command(handle, 'cancel');
    await handle.result();
    return {
      ...{ tables, readySeconds, made, writesBefore, readsBefore, switches, problems, refused: writers.refused },
      sessions: counts.map(({ most }) => most),
      worker: await readProcessUsage(worker.pid),
    };
  }

  /** The tables on one server, nothing on the other, and no route of an earlier move. */
  async #make(): Promise<void> {
    const { commerce, customer } = this.servers;
    for (const session of [commerce, customer]) {
      await session.query('DROP DATABASE IF EXISTS _switchyard');
      await session.query(`DROP DATABASE ${benchDatabase}`);
      await session.query(`CREATE DATABASE ${benchDatabase}`);
      await session.query(`USE ${benchDatabase}`);
    }
    const { tables } = this;
    const { rows, progress } = this.options;
    const task = progress.begin(`Making ${tables} tables`, tables, 'tables');
    await during(task, () => makeTables(commerce, { tables, rows }, (made) => task.update(made, '')));
  }

  /** As applications would: by the routes, and by the fences where those are quicker. */
  #followRoutes(): Promise<FollowedRoute> {
    const { commerce, customer } = this.servers.stack.clusters;
    return FollowedRoute.watch({
      home: { cluster: 'commerce', database: benchDatabase, table: firstTable },
      places: { commerce: benchAccess(commerce), customer: benchAccess(customer) },
      rules: { host: customer.host, port: customer.port, ...customer.app },
    });
  }

  #startMove(): Promise<WorkflowHandle> {
    const name = `switches-${this.tables}`;
    const place = (cluster: string): object => ({ cluster, database: benchDatabase });
    const options = { switch: switchOptions };
    return this.servers.client.workflow.start(workflowTypes.moveTables, {
      taskQueue: taskQueueDefault,
      workflowId: `bench/${name}`,
      args: [{ name, source: place('commerce'), target: place('customer'), allTables: true, options }],
    });
  }

  /** @returns when everything was copied and verified. */
  async #ready(handle: WorkflowHandle): Promise<number> {
    const task = this.options.progress.begin(`Copying ${this.tables} tables`, null, 'tables');
    await during(task, () =>
      until(handle, 'the rows to be verified', ({ phase, verified }) => phase === 'following' && verified),
    );
    return performance.now();
  }

  async #switches(handle: WorkflowHandle, writers: Writers): Promise<readonly MeasuredSwitch[]> {
    const { progress, met = [undefined, ...holders] } = this.options;
    const task = progress.begin(`Switching ${this.tables} tables`, 2 * met.length, 'switches');
    const switches: MeasuredSwitch[] = [];
    await during(task, async () => {
      for (const holder of met) {
        for (const direction of ['there', 'back'] as const) {
          switches.push(await this.#switch(handle, { direction, holder, writers }));
          task.update(switches.length, holder?.name ?? 'nothing');
        }
      }
    });
    return switches;
  }

  async #switch(
    handle: WorkflowHandle,
    { direction, holder, writers }: { direction: Direction; holder: Holder | undefined; writers: Writers },
  ): Promise<MeasuredSwitch> {
    const held = await this.#hold(direction, holder);
    const { attempts: before } = await until(handle, 'the status', () => true);
    const from = performance.now();
    await command(handle, direction === 'there' ? 'switchTraffic' : 'reverseTraffic');
    const isThere = direction === 'there' ? 'switched' : 'following';
    const status = await until(
      handle,
      `the way ${direction}`,
      ({ wish, phase }) => wish === null && phase === isThere,
      async ({ blockers, lastAttempt }) => {
        held?.look(blockers);
        const heldMs = performance.now() - from;
        // Who is waited for is named once an attempt has come to nothing, on a slow machine later.
        const isMet = lastAttempt !== null || heldMs > heldMsMax;
        if (isMet && heldMs > this.options.heldSeconds * 1_000) await held?.letGo(true);
      },
    );
    const to = performance.now();
    await held?.letGo(false);
    this.#added += held?.added ?? 0;
    // Until the stream the other way has caught up, and with it what is met right after the traffic has moved.
    await sleep(aftermathMs);
    await until(handle, 'the other way', ({ reverse, verified }) =>
      direction === 'there' ? reverse.caughtUp : verified,
    );
    const { timings } = this.#readers;
    const end = to + aftermathMs;
    return {
      ...{ direction, holder, waitedFor: held?.waitedFor ?? false, named: held?.named ?? false },
      ...{ attempts: status.attempts - before, blockedMs: status.blockedMs, seconds: (to - from) / 1_000 },
      writes: { ...writers.latency(from, end), maxMs: writers.longestOverlapMs(from, end) },
      reads: { ...timings.latency(from, end), maxMs: timings.longestOverlapMs(from, end) },
    };
  }

  async #hold(direction: Direction, holder: Holder | undefined): Promise<Held | undefined> {
    if (holder === undefined) return undefined;
    const isSource = (direction === 'there') === (holder.side === 'giving');
    const held = await Held.begin(holder, await this.#open(isSource ? 'commerce' : 'customer'));
    await sleep(heldBeforeMs);
    return held;
  }

  async #problems(writers: Writers): Promise<readonly string[]> {
    const { tables, servers, options } = this;
    const problems = [...new Set(writers.errors)].map((error) => `${tables} tables: a writer saw: ${error}`);
    const expected = options.rows * tables + writers.acknowledged + this.#added;
    const missing = expected - (await countRows(servers.commerce, tables));
    return missing === 0 ? problems : [...problems, `${tables} tables: ${missing} acknowledged rows are not there`];
  }

  async #open(cluster: 'commerce' | 'customer'): Promise<Connection> {
    const session = await openBenchSession(this.servers.stack.clusters[cluster]);
    this.#opened.push(session);
    return session;
  }

  async #count(cluster: 'commerce' | 'customer'): Promise<void> {
    this.#counts.push(await SessionCount.start(await this.#open(cluster), this.servers.stack.clusters[cluster].user));
  }
}
