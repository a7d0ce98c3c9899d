/** One migration by a worker process of its own, measured from outside: by its history and by the operating system. */
import { join } from 'node:path';
import { defaultPayloadConverter, type Client, type WorkflowHandle } from '@temporalio/client';
import type { SynchroniseRequest } from '../../contract/activities.js';
import { taskQueueDefault, workflowTypes } from '../../contract/names.js';
import type { OnlineDdlResult } from '../../contract/online-ddl.js';
import { readHeartbeat } from '../heartbeat.js';
import type { LocalStack } from '../local-stack.js';
import type { Progress } from '../progress.js';
import { startWorker, type WorkerProcess } from '../start-worker.js';
import { readProcessUsage, type ProcessUsage } from './process-usage.js';
import { benchChange, benchDatabase, benchTable } from './sbtest.js';

export interface Stage {
  /** The activity, or the goal of a `synchronise`. */
  readonly name: string;
  readonly seconds: number;
}

export interface MeasuredMigration {
  readonly result: OnlineDdlResult;
  /** From the start of the workflow to its end. */
  readonly seconds: number;
  readonly stages: readonly Stage[];
  /** What no activity of the data plane accounts for: Temporal and the workflow between them. */
  readonly betweenSeconds: number;
  readonly historyEvents: number;
  readonly historyBytes: number;
  /** Of the worker; undefined where the system does not tell. */
  readonly worker: ProcessUsage | undefined;
  /** When the tables were swapped, performance.now(). */
  readonly swappedAt: number;
}

export interface MigrationOptions {
  readonly stack: LocalStack;
  readonly client: Client;
  readonly rows: number;
  /** Names the workflow and the log of its worker. */
  readonly name: string;
  readonly progress: Progress;
}

/** Starts a worker and the change, and waits for its end. @throws WorkflowFailedError, DEV_START_FAILED. */
export async function measureMigration(options: MigrationOptions): Promise<MeasuredMigration> {
  const { stack, name } = options;
  const worker = await startWorker({
    configFile: stack.configFile,
    temporal: stack.temporal,
    logFile: join(stack.folder, `worker-${name}.log`),
  });
  stack.stopFirst(worker);
  try {
    return await migrate(options, worker);
  } finally {
    await worker.stop();
  }
}

async function migrate({ client, rows, name, progress }: MigrationOptions, worker: WorkerProcess) {
  const statement = `ALTER TABLE ${benchTable} ${benchChange}`;
  const handle = await client.workflow.start(workflowTypes.onlineDdl, {
    taskQueue: taskQueueDefault,
    workflowId: `bench/${name}`,
    args: [{ cluster: 'commerce', database: benchDatabase, statement }],
  });
  const ended = new AbortController();
  const watching = watch(handle, rows, progress, ended.signal);
  const result = (await handle.result().finally(() => ended.abort())) as OnlineDdlResult;
  const endedAt = performance.now();
  const nowMs = Date.now();
  const usage = await readProcessUsage(worker.pid);
  await watching;
  const swappedAt = endedAt - (nowMs - Date.parse(result.completedAt ?? ''));
  return { result, worker: usage, swappedAt, ...(await readHistory(handle)) };
}

/** Shows the progress of the pending activity until the signal. */
async function watch(handle: WorkflowHandle, rows: number, progress: Progress, ended: AbortSignal): Promise<void> {
  const task = progress.begin('Switchyard', rows, 'rows');
  while (!ended.aborted) {
    const beat = await readHeartbeat(handle).catch(() => undefined);
    if (beat !== undefined) task.update(beat.rows ?? rows, `${beat.stage}, lag ${beat.lagMs ?? 0} ms`);
    // Seldom: asking costs Temporal time that belongs to the measurement.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  task.end('done');
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

async function readHistory(handle: WorkflowHandle) {
  const { events } = await handle.fetchHistory();
  const list = events ?? [];
  const [first, last] = [list.at(0), list.at(-1)];
  const stages = stagesOf(list);
  const seconds = ((last === undefined ? 0 : timeMs(last)) - (first === undefined ? 0 : timeMs(first))) / 1_000;
  const inStages = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const { historySize } = await handle.describe();
  return {
    ...{ seconds, stages, betweenSeconds: seconds - inStages },
    ...{ historyEvents: list.length, historyBytes: historySize ?? 0 },
  };
}

/** The activities of the data plane in their order, from the moment a worker had them; the audit log runs beside them. */
function stagesOf(events: readonly HistoryEvent[]): readonly Stage[] {
  const byId = new Map(events.map((event) => [Number(event.eventId), event]));
  const stages: Stage[] = [];
  for (const event of events) {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed == null) continue;
    const scheduled = byId.get(Number(completed.scheduledEventId));
    const started = byId.get(Number(completed.startedEventId));
    const name = scheduled === undefined ? undefined : nameOf(scheduled);
    if (started === undefined || name === undefined) continue;
    stages.push({ name, seconds: (timeMs(event) - timeMs(started)) / 1_000 });
  }
  return stages;
}

function nameOf({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): string | undefined {
  const type = scheduled?.activityType?.name;
  if (type === 'recordAudit') return undefined;
  const [payload] = scheduled?.input?.payloads ?? [];
  if (type !== 'synchronise' || payload == null) return type ?? undefined;
  return defaultPayloadConverter.fromPayload<SynchroniseRequest>(payload).goal;
}

function timeMs({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds) * 1_000 + Number(eventTime?.nanos) / 1_000_000;
}
