/** One move by a worker process of its own, measured from outside: by its history and by the operating system. */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { CommandAnswer } from '../../contract/operation/commands.js';
import type { MoveTablesOptions, MoveTablesResult } from '../../contract/move/input.js';
import { taskQueueDefault, workflowTypes } from '../../contract/names.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { until } from '../move-status.js';
import type { WorkerProcess } from '../start-worker.js';
import type { BenchServers } from './bench-servers.js';
import { readHistory, secondsBetween, type HistoryFigures, type Stage } from './history.js';
import { readProcessUsage, type ProcessUsage } from './process-usage.js';
import { benchDatabase, benchTable } from './sbtest.js';
import { watched, withWorker } from './worker-run.js';

/** From the command to switch until the status said that all traffic was there; performance.now(). */
interface Switching {
  readonly from: number;
  readonly to: number;
}

export interface MeasuredMove extends Omit<HistoryFigures, 'stages'> {
  readonly result: MoveTablesResult;
  /** From the start of the workflow until everything was copied, indexed and verified. */
  readonly readySeconds: number;
  /** Until it was ready. */
  readonly stages: readonly Stage[];
  /** What no activity of the data plane accounts for until it was ready: Temporal and the workflow between them. */
  readonly betweenSeconds: number;
  /** After it was ready, with the waiting for commands (`follow`, `followReverse`). */
  readonly laterStages: readonly Stage[];
  readonly switching: Switching;
  /** Of the worker; undefined where the system does not tell. */
  readonly worker: ProcessUsage | undefined;
}

/** Seldom: asking costs the worker time that belongs to the measurement. */
const askAgainMs = 1_000;

interface MoveBenchInput {
  /** Of the workflow, and of the log of its worker. */
  readonly name: string;
  readonly throttle?: MoveTablesOptions['throttle'];
}

/** Starts a worker and the move, switches when it is ready, and completes. Errors: DEV_START_FAILED, DEV_RUN_FAILED. */
export function measureMove(servers: BenchServers, input: MoveBenchInput): Promise<MeasuredMove> {
  return withWorker(servers.stack, input.name, (worker) => move(servers, input, worker));
}

async function move(
  { client, options }: BenchServers,
  { name, throttle = {} }: MoveBenchInput,
  worker: WorkerProcess,
): Promise<MeasuredMove> {
  const place = (cluster: string): object => ({ cluster, database: benchDatabase });
  const handle = await client.workflow.start(workflowTypes.moveTables, {
    taskQueue: taskQueueDefault,
    workflowId: `bench/${name}`,
    args: [{ name, source: place('commerce'), target: place('customer'), tables: [benchTable], options: { throttle } }],
  });
  const ended = await watched(handle, options, async () => {
    const ready = 'the rows to be copied and verified';
    await until(
      handle,
      ready,
      ({ phase, verified }) => phase === 'following' && verified,
      () => pause(askAgainMs),
    );
    const switching = await switchTraffic(handle);
    await until(handle, 'the way back', ({ reverse }) => reverse.caughtUp);
    await command(handle, 'complete');
    const result = (await handle.result()) as MoveTablesResult;
    return { result, switching, worker: await readProcessUsage(worker.pid) };
  });
  return { ...ended, ...splitAtReady(await readHistory(handle)) };
}

async function switchTraffic(handle: WorkflowHandle): Promise<Switching> {
  const from = performance.now();
  await command(handle, 'switchTraffic');
  await until(handle, 'the switch', ({ phase, wish }) => phase === 'switched' && wish === null);
  return { from, to: performance.now() };
}

/** Sends the move a command. Errors: DEV_RUN_FAILED where it is refused. */
export async function command(handle: WorkflowHandle, name: string): Promise<void> {
  const { outcome, message } = await handle.executeUpdate<CommandAnswer, [object]>(name, { args: [{ by: 'bench' }] });
  if (outcome === 'done' || outcome === 'accepted') return;
  throw new SwitchyardError('DEV_RUN_FAILED', { problem: `${name} was answered ${outcome}: ${message}` });
}

function splitAtReady({ stages, ...history }: HistoryFigures) {
  // One workflow task later, a few milliseconds, the status says it.
  const readySeconds = stages.find(({ name }) => name === 'verified')?.endedSeconds ?? NaN;
  const [before, later] = [true, false].map((wanted) =>
    stages.filter(({ endedSeconds }) => endedSeconds <= readySeconds === wanted),
  );
  const untilReady = before ?? [];
  return {
    ...history,
    ...{ readySeconds, stages: untilReady, laterStages: later ?? [] },
    betweenSeconds: secondsBetween(untilReady, readySeconds),
  };
}
