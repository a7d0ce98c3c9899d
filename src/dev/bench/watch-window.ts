/** What operations cost for some time: connections, events, heartbeats, and the worker. */
import type { WorkflowHandle } from '@temporalio/client';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { LocalStack } from '../local-stack.js';
import type { WorkerProcess } from '../start-worker.js';
import { readProcessUsage } from './process-usage.js';
import { readTemporalCounts } from './temporal-metrics.js';

export interface WindowFigures {
  readonly name: string;
  readonly seconds: number;
  /** Connections of Switchyard's account, by cluster: their mean and the most that were seen at once. */
  readonly connections: Readonly<Record<string, { readonly mean: number; readonly max: number }>>;
  /** Of all operations together, per second; undefined where Temporal does not tell. */
  readonly heartbeatsPerSecond: number | undefined;
  readonly workflowWritesPerSecond: number | undefined;
  /** Events that the histories of all operations became longer by. */
  readonly events: number;
  /** Of the worker; undefined where the system does not tell. */
  readonly memoryBytes: number | undefined;
  readonly cpuShare: number | undefined;
}

export interface Watched {
  readonly stack: LocalStack;
  readonly sessions: readonly (readonly [cluster: string, session: Connection])[];
  readonly worker: WorkerProcess;
  readonly handles: readonly WorkflowHandle[];
}

const sampleEveryMs = 250;

/** Watches for so long. */
export async function watchWindow(name: string, seconds: number, watched: Watched): Promise<WindowFigures> {
  const before = await look(watched);
  const seen = new Map(watched.sessions.map(([cluster]) => [cluster, [] as number[]]));
  while (performance.now() - before.at < seconds * 1_000) {
    for (const [cluster, session] of watched.sessions) seen.get(cluster)?.push(await countConnections(session));
    await new Promise((resolve) => setTimeout(resolve, sampleEveryMs));
  }
  const after = await look(watched);
  const took = (after.at - before.at) / 1_000;
  const rate = (pick: (one: typeof after) => number | undefined): number | undefined => {
    const [from, to] = [pick(before), pick(after)];
    return from === undefined || to === undefined ? undefined : (to - from) / took;
  };
  return {
    ...{ name, seconds: took, events: after.events - before.events, memoryBytes: after.usage?.memoryBytes },
    connections: Object.fromEntries([...seen].map(([cluster, counts]) => [cluster, summaryOf(counts)])),
    heartbeatsPerSecond: rate(({ temporal }) => temporal?.heartbeats),
    workflowWritesPerSecond: rate(({ temporal }) => temporal?.workflowWrites),
    cpuShare: rate(({ usage }) => usage?.cpuSeconds),
  };
}

async function look({ stack, worker, handles }: Watched) {
  let events = 0;
  for (const handle of handles) events += Number((await handle.describe()).historyLength);
  const temporal = await readTemporalCounts(stack.temporal);
  return { events, temporal, usage: await readProcessUsage(worker.pid), at: performance.now() };
}

async function countConnections(session: Connection): Promise<number> {
  const [rows] = await session.query<(RowDataPacket & { n: number })[]>(
    "SELECT COUNT(*) AS n FROM performance_schema.processlist WHERE user = 'switchyard'",
  );
  return Number(rows[0]?.n);
}

function summaryOf(counts: readonly number[]): { readonly mean: number; readonly max: number } {
  return { mean: counts.reduce((sum, count) => sum + count, 0) / counts.length, max: Math.max(...counts) };
}
