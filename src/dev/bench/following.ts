/**
 * `npm run bench -- following`: what operations cost that only follow, for weeks: migrations that are held back, then moves
 * beside them, on one worker.
 */
import type { WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../progress.js';
import type { WorkerProcess } from '../start-worker.js';
import { withBenchStack, type BenchStack } from './bench-servers.js';
import type { MeasuredFollowing } from './following-report.js';
import { makeSmallTables, phaseOf, startSmallMigration, startSmallMove, untilAllIn } from './many-operations.js';
import { openBenchSession } from './sbtest.js';
import { watchWindow, type WindowFigures } from './watch-window.js';
import { withWorker } from './worker-run.js';

export interface FollowingOptions {
  readonly migrations: number;
  readonly moves: number;
  /** How long each window is. */
  readonly seconds: number;
  readonly progress: Progress;
}

const rowsOfEach = 100;
/** What was made is settled then: sessions that were used for it are closed, and the log of the servers is read. */
const settleMs = 8_000;
/** How often each table is changed, where tables are. */
const changeEveryMs = 1_000;

/** Errors: DEV_START_FAILED, what an operation fails with. */
export function benchFollowing(options: FollowingOptions): Promise<MeasuredFollowing> {
  return withBenchStack({ mysqlArgs: ['--max-connections=2000'], progress: options.progress }, (servers) =>
    withWorker(servers.stack, 'following', (worker) => measure({ options, ...servers, worker })),
  );
}

interface Bench extends BenchStack {
  readonly options: FollowingOptions;
  readonly worker: WorkerProcess;
}

async function measure(bench: Bench): Promise<MeasuredFollowing> {
  const { options, client, commerce } = bench;
  const migrated = names('held', options.migrations);
  const moved = names('moved', options.moves);
  await makeSmallTables(commerce, [...migrated, ...moved], rowsOfEach);
  const migrations = await Promise.all(
    migrated.map((table) => startSmallMigration(client, table, { postponeCompletion: true })),
  );
  await untilAllIn(migrations, 'postponed', { progress: options.progress, title: 'Migrations' });
  const idle = await window(bench, 'migrations', migrations);
  const changed = await withChanges(bench, migrated, () => window(bench, 'migrations, changed', migrations));
  const moves = await Promise.all(moved.map((table) => startSmallMove(client, table)));
  await untilAllIn(moves, 'following', { progress: options.progress, title: 'Moves' });
  const handles = [...migrations, ...moves];
  const withMoves = await window(bench, 'migrations and moves', handles);
  const problems = await problemsOf([
    ...migrations.map((handle) => [handle, 'postponed'] as const),
    ...moves.map((handle) => [handle, 'following'] as const),
  ]);
  return { ...options, windows: [idle, changed, withMoves], problems };
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_none, index) => `${prefix}_${index + 1}`);
}

async function window(bench: Bench, name: string, handles: readonly WorkflowHandle[]): Promise<WindowFigures> {
  const { stack, worker, commerce, customer, options } = bench;
  options.progress.say(`Watching ${name}`);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const sessions = [['commerce', commerce] as const, ['customer', customer] as const];
  return watchWindow(name, options.seconds, { stack, sessions, worker, handles });
}

/** Changes a row of each table now and then while the work lasts. */
async function withChanges<Result>(
  { stack }: Bench,
  tables: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const session = await openBenchSession(stack.clusters.commerce);
  let isOver = false;
  const changing = (async () => {
    while (!isOver) {
      const begunAt = performance.now();
      for (const table of tables) await session.query(`UPDATE ${table} SET n = n + 1 WHERE id = 1`);
      const restMs = Math.max(0, changeEveryMs - (performance.now() - begunAt));
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await changing;
    await session.end();
  }
}

/** An operation that has stopped following would cost nothing. */
async function problemsOf(wanted: readonly (readonly [WorkflowHandle, string])[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [handle, phase] of wanted) {
    const [is, { raw }] = [await phaseOf(handle), await handle.describe()];
    const attempts = raw.pendingActivities?.map(({ attempt }) => Number(attempt)) ?? [];
    if (is !== phase) problems.push(`${handle.workflowId} is ${is}`);
    if (attempts.length !== 1) problems.push(`${handle.workflowId} has ${attempts.length} activities under way`);
    if (attempts.some((attempt) => attempt > 1)) problems.push(`${handle.workflowId} was tried again`);
  }
  return problems;
}
