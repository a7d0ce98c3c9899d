/**
 * `npm run bench -- fleet`: a thousand operations that are held back, on some workers without a database
 * (fleet-activities.ts) and a real Temporal server; then one worker is lost, some operations are let complete, some are
 * cancelled.
 */
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { CommandAnswer } from '../../contract/operation/commands.js';
import { createContext } from '../context.js';
import { during, type Progress } from '../progress.js';
import { startWorker, type WorkerProcess } from '../start-worker.js';
import { startTemporalServer, type TemporalServer } from '../temporal-server.js';
import { makeTemporaryFolder } from '../temporary-folder.js';
import { type FleetFigures, spreadOf, startedAtMs } from './fleet-report.js';
import { startSmallMigration } from './many-operations.js';
import { readProcessUsage } from './process-usage.js';
import { readTemporalCounts } from './temporal-metrics.js';

export interface FleetOptions {
  readonly operations: number;
  readonly workers: number;
  /** How many operations one worker follows at most; undefined: as by default. */
  readonly slots?: number | undefined;
  /** How many are let complete, and how many are cancelled. */
  readonly commands: number;
  /** How long all of them are watched while they follow; and how long nobody looks before that, until the last have settled. */
  readonly seconds: number;
  readonly settleSeconds?: number;
  /** How a worker is lost: by SIGKILL nobody hears of it until its heartbeats are missed, by SIGTERM it says so itself. */
  readonly lostBy: 'SIGKILL' | 'SIGTERM';
  readonly progress: Progress;
}

/** Calls of Temporal at once. */
const atOnce = 25;
const lookAgainMs = 500;
/** Commands that are sent one after the other, at most. */
const aloneMax = 20;
/** Of the repository, from src as well as from dist: it is made of what is built. */
const workerScript = resolve(import.meta.dirname, '../../../test/support/fleet-worker.mjs');

/** Errors: DEV_START_FAILED, what an operation fails with. */
export async function benchFleet(options: FleetOptions): Promise<FleetFigures> {
  const folder = makeTemporaryFolder({ keep: false });
  const temporal = await startTemporalServer({ folder, headless: true, context: createContext(options.progress) });
  const workers: WorkerProcess[] = [];
  try {
    const connection = await Connection.connect({ address: temporal.address });
    try {
      const configFile = join(folder, 'switchyard.yaml');
      const worker = options.slots === undefined ? {} : { worker: { slots: { follow: options.slots } } };
      await writeFile(configFile, stringify({ clusters: {}, ...worker }));
      for (let number = 1; number <= options.workers; number += 1) {
        const logFile = join(folder, `worker-${number}.log`);
        workers.push(await startWorker({ configFile, temporal, logFile, script: workerScript }));
      }
      const client = new Client({ connection, namespace: temporal.namespace });
      return await new Fleet(options, temporal, client, workers).run();
    } finally {
      await connection.close();
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await temporal.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class Fleet {
  constructor(
    private readonly options: FleetOptions,
    private readonly temporal: TemporalServer,
    private readonly client: Client,
    private readonly workers: readonly WorkerProcess[],
  ) {}

  async run(): Promise<FleetFigures> {
    const { operations, commands } = this.options;
    const tables = Array.from({ length: operations }, (_none, index) => `fleet_${index + 1}`);
    const startedAt = performance.now();
    const handles = await each('Starting', tables, this.options.progress, (table) =>
      startSmallMigration(this.client, table, { postponeCompletion: true }),
    );
    await this.#untilFollowed('Following', handles);
    const startSeconds = (performance.now() - startedAt) / 1_000;
    await pause((this.options.settleSeconds ?? 0) * 1_000);
    const following = await this.#watch(handles);
    const takenOverSeconds = await this.#loseOne(handles);
    const one = handles.slice(2 * commands, 2 * commands + Math.min(aloneMax, commands));
    const alone = { operations: one.length, ...(await this.#command('resume', one, 1)) };
    const resumed = await this.#command('resume', handles.slice(0, commands));
    const cancelled = await this.#command('cancel', handles.slice(commands, 2 * commands));
    const left = handles.slice(2 * commands + one.length);
    await this.#untilFollowed('Still following', left);
    const problems = await this.#problems(left);
    return { ...this.options, startSeconds, following, takenOverSeconds, alone, resumed, cancelled, problems };
  }

  /** What they cost while they only follow. */
  async #watch(handles: readonly WorkflowHandle[]): Promise<FleetFigures['following']> {
    const look = async () => ({
      at: performance.now(),
      counts: await readTemporalCounts(this.temporal),
      events: await eventsOf(handles),
      usages: await Promise.all(this.workers.map(({ pid }) => readProcessUsage(pid))),
    });
    const before = await look();
    await pause(this.options.seconds * 1_000);
    const after = await look();
    const seconds = (after.at - before.at) / 1_000;
    const rate = (name: 'heartbeats' | 'workflowWrites'): number =>
      ((after.counts?.[name] ?? NaN) - (before.counts?.[name] ?? NaN)) / seconds;
    return {
      heartbeatsPerSecond: rate('heartbeats'),
      workflowWritesPerSecond: rate('workflowWrites'),
      events: after.events.sum - before.events.sum,
      eventsOfEach: after.events.sum / handles.length,
      workers: after.usages.map((usage, index) => ({
        memoryBytes: usage?.memoryBytes ?? NaN,
        cpuShare: ((usage?.cpuSeconds ?? NaN) - (before.usages[index]?.cpuSeconds ?? NaN)) / seconds,
      })),
    };
  }

  /** @returns how long it takes until the others have all that it had, and how much that was. */
  async #loseOne(handles: readonly WorkflowHandle[]): Promise<FleetFigures['takenOverSeconds']> {
    const [lost] = this.workers;
    if (lost === undefined) return { operations: 0, seconds: 0 };
    const identity = `switchyard ${lost.pid}@`;
    const before = await each('Looking', handles, this.options.progress, followerOf);
    const startedAt = performance.now();
    lost.kill(this.options.lostBy);
    await lost.exited;
    await this.#untilFollowed('Taking over', handles, (follower) => !follower.startsWith(identity));
    const operations = before.filter((follower) => follower?.startsWith(identity)).length;
    return { operations, seconds: (performance.now() - startedAt) / 1_000 };
  }

  /** Sends the command to all of them at once, as somebody with a script does, or to so many at a time. */
  async #command(
    name: 'resume' | 'cancel',
    handles: readonly WorkflowHandle[],
    atATime = handles.length,
  ): Promise<FleetFigures['resumed']> {
    const task = this.options.progress.begin(name, handles.length, 'operations');
    const asksFor = name === 'resume' ? 'attemptCutOver' : 'cleanUpMigration';
    const one = async (handle: WorkflowHandle) => {
      const [sentAt, sentAtMs] = [performance.now(), Date.now()];
      const answer = await handle.executeUpdate<CommandAnswer, [object]>(name, { args: [{ by: 'bench' }] });
      const answeredMs = performance.now() - sentAt;
      await handle.result().catch(() => undefined);
      const endedMs = performance.now() - sentAt;
      const actedMs = startedAtMs(await handle.fetchHistory(), asksFor) - sentAtMs;
      return { outcome: answer.outcome, answeredMs, actedMs, endedMs };
    };
    const ends = await during(task, () => inTurns(handles, one, Math.max(1, atATime)));
    return {
      outcomes: [...new Set(ends.map(({ outcome }) => outcome))],
      answered: spreadOf(ends.map(({ answeredMs }) => answeredMs)),
      acted: spreadOf(ends.map(({ actedMs }) => actedMs)),
      ended: spreadOf(ends.map(({ endedMs }) => endedMs)),
    };
  }

  async #untilFollowed(
    title: string,
    handles: readonly WorkflowHandle[],
    fits: (follower: string) => boolean = () => true,
  ): Promise<void> {
    const task = this.options.progress.begin(title, handles.length, 'operations');
    await during(task, async () => {
      let waiting = handles;
      for (;;) {
        const followers = await inTurns(waiting, followerOf);
        waiting = waiting.filter((_handle, index) => {
          const follower = followers[index];
          return follower === undefined || !fits(follower);
        });
        task.update(handles.length - waiting.length, 'followed');
        if (waiting.length === 0) return;
        await pause(lookAgainMs);
      }
    });
  }

  /** What is not as it should be in the end. */
  async #problems(left: readonly WorkflowHandle[]): Promise<readonly string[]> {
    const statuses = await inTurns(left, async (handle) => (await handle.describe()).status.name);
    return statuses.filter((name) => name !== 'RUNNING').map((name) => `an operation that was left alone is ${name}`);
  }
}

/** Who follows; undefined where nobody does. */
async function followerOf(handle: WorkflowHandle): Promise<string | undefined> {
  const { raw } = await handle.describe();
  const [activity] = raw.pendingActivities ?? [];
  // STARTED, and at work on it.
  if (activity?.state !== 2 || activity.heartbeatDetails == null) return undefined;
  return activity.lastWorkerIdentity ?? undefined;
}

async function eventsOf(handles: readonly WorkflowHandle[]): Promise<{ readonly sum: number }> {
  const lengths = await inTurns(handles, async (handle) => Number((await handle.describe()).historyLength));
  return { sum: lengths.reduce((sum, length) => sum + length, 0) };
}

async function each<Item, Result>(
  title: string,
  items: readonly Item[],
  progress: Progress,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const task = progress.begin(title, items.length, 'operations');
  return during(task, () => inTurns(items, work));
}

/** Some at once. @returns the results in the order of the items. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atATime = atOnce,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += atATime) {
    results.push(...(await Promise.all(items.slice(from, from + atATime).map((item) => work(item)))));
  }
  return results;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolvePause) => setTimeout(resolvePause, ms));
}
