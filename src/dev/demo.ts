/**
 * `npm run demo`: changes a table of 200,000 rows while six clients write to it, with the completion held back and then
 * let go, and checks at the end that nothing was lost. Exit code 0 only if all of it held.
 */
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { Command } from 'commander';
import pc from 'picocolors';
import type { ProgressHeartbeat } from '../contract/activities.js';
import type { CommandAnswer } from '../contract/commands.js';
import { onlineDdlWorkflowId, taskQueueDefault, workflowTypes } from '../contract/names.js';
import type { OnlineDdlResult } from '../contract/online-ddl.js';
import type { OnlineDdlStatus } from '../contract/status.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { readHeartbeat } from './heartbeat.js';
import { startLocalStack, type LocalStack } from './local-stack.js';
import { createProgress, type Progress } from './progress.js';
import { reportEnd } from './report-end.js';
import { Shop } from './shop/shop.js';
import { alterOrders } from './shop/orders.js';
import { startWorker } from './start-worker.js';
import { untilSomethingEnds } from './until-something-ends.js';

const database = 'shop';
const rows = 200_000;
const clients = 6;
/** How long the demo shows that writes go on while the completion is held back. */
const heldBackMs = 3_000;

interface Measured {
  readonly result: OnlineDdlResult;
  readonly copySeconds: number;
  readonly totalSeconds: number;
  readonly swappedAt: number;
  readonly historyEvents: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(keep: boolean, progress: Progress): Promise<boolean> {
  const stack = await startLocalStack({ keep, stopOnSignals: true, progress });
  let held = false;
  try {
    const worker = await startWorker({
      configFile: stack.configFile,
      temporal: stack.temporal,
      logFile: join(stack.folder, 'worker.log'),
    });
    stack.stopFirst(worker);
    say(`Temporal UI        ${stack.temporal.ui ?? '(none)'}`);
    const { host, port, app } = stack.clusters.commerce;
    const shop = new Shop({ access: { host, port, ...app, database }, rows, clients });
    say(`Filling            ${database}.orders with ${rows.toLocaleString('en')} rows …`);
    await shop.open();
    shop.startClients();
    say(`Clients            ${clients} insert, update and delete all the time`);
    held = await Promise.race([migrateAndCheck(stack, shop, progress), untilSomethingEnds(stack, worker)]);
    return held;
  } finally {
    if (keep && held) say(`Everything goes on running; data and logs are in ${stack.folder}. Ctrl-C ends it.`);
    else await stack.stop({ keepLogs: !held });
  }
}

async function migrateAndCheck(stack: LocalStack, shop: Shop, progress: Progress): Promise<boolean> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  try {
    const client = new Client({ connection, namespace: stack.temporal.namespace });
    const measured = await migrate(client, shop, progress);
    // Some writes to the new table belong to the check.
    await pause(1_000);
    await shop.stopClients();
    return await report(shop, measured, stack.temporal.ui);
  } finally {
    await connection.close();
  }
}

async function migrate(client: Client, shop: Shop, progress: Progress): Promise<Measured> {
  say(`Statement          ${alterOrders}`);
  const startedAt = performance.now();
  const handle = await client.workflow.start(workflowTypes.onlineDdl, {
    taskQueue: taskQueueDefault,
    workflowId: onlineDdlWorkflowId('commerce', database, 'orders'),
    args: [{ cluster: 'commerce', database, statement: alterOrders, options: { postponeCompletion: true } }],
    staticSummary: 'Demo: change shop.orders',
  });
  const copySeconds = await watchUntilPostponed(handle, progress);
  const { acknowledged } = shop.model;
  await pause(heldBackMs);
  say(
    `Held back          ready; ${shop.model.acknowledged - acknowledged} transactions in ${heldBackMs / 1_000} s meanwhile`,
  );
  const answer = await handle.executeUpdate<CommandAnswer, [object]>('resume', { args: [{ by: 'demo' }] });
  say(`resume             ${answer.outcome}: ${answer.message}`);
  const result = (await handle.result()) as OnlineDdlResult;
  const endedAt = performance.now();
  const { historyLength } = await handle.describe();
  return {
    result,
    copySeconds,
    totalSeconds: (endedAt - startedAt) / 1_000 - heldBackMs / 1_000,
    swappedAt: endedAt - (Date.now() - Date.parse(result.completedAt ?? '')),
    historyEvents: historyLength,
  };
}

/** Shows the bar until the migration is ready and held back. @returns seconds that the copy took. */
async function watchUntilPostponed(handle: WorkflowHandle, progress: Progress): Promise<number> {
  const startedAt = performance.now();
  let copiedAt = startedAt;
  const task = progress.begin('Migration', rows, 'rows');
  for (;;) {
    const { phase, error } = await handle.query<OnlineDdlStatus>('status');
    if (error !== null) throw new SwitchyardError('DEMO_FAILED', { problem: `${error.code}: ${error.message}` });
    if (phase === 'postponed') break;
    const beat = await readHeartbeat(handle);
    if (phase === 'copying' || phase === 'preparing') copiedAt = performance.now();
    task.update(phase === 'copying' ? (beat?.rows ?? 0) : rows, describe(phase, beat));
    await pause(200);
  }
  task.end('ready');
  return (copiedAt - startedAt) / 1_000;
}

function describe(phase: string, beat: ProgressHeartbeat | undefined): string {
  const { rowsPerSecond, etaSeconds, lagMs, detail } = beat ?? {};
  const parts = [
    phase,
    rowsPerSecond === undefined ? '' : `${rowsPerSecond.toLocaleString('en')} rows/s`,
    etaSeconds === undefined ? '' : `${etaSeconds} s left`,
    lagMs === undefined ? '' : `lag ${lagMs} ms`,
    detail ?? '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

async function report(shop: Shop, measured: Measured, ui: string | null): Promise<boolean> {
  const { result, copySeconds, totalSeconds, swappedAt, historyEvents } = measured;
  const longest = shop.longestWriteMs(swappedAt - result.blockedMs - 50, swappedAt + 50);
  say(
    `Completed          ${result.completedAt}, attempt ${result.attempts}, old table kept as ${result.retainedTable}`,
  );
  say(
    `Copied             ${result.rowsCopied} rows in ${copySeconds.toFixed(1)} s, ${rate(result.rowsCopied / copySeconds)}`,
  );
  say(`Total              ${totalSeconds.toFixed(1)} s without the wait; verified: ${result.verified}`);
  say(
    `Blocked            ${longest.toFixed(0)} ms the longest write at the cut-over; ${result.blockedMs} ms server side`,
  );
  say(`History            ${historyEvents} events`);
  const { rowsRead, differences } = await shop.check();
  const { acknowledged } = shop.model;
  say(`Check              ${rowsRead} rows against the model of ${acknowledged} acknowledged transactions`);
  const strange = await shop.compareWithRetained(result.retainedTable ?? '', swappedAt - 1_000);
  const problems = [
    ...differences,
    ...shop.errors.map((error) => `a client saw: ${error}`),
    ...(result.verified ? [] : ['the migration was not verified']),
    ...strange.slice(0, 20).map((id) => `id ${id} differs from the retained table`),
  ];
  for (const problem of problems) say(pc.red(`  ${problem}`));
  say(problems.length === 0 ? pc.green('Nothing lost, nothing added.') : pc.red('The check failed.'));
  say(`Look at it         ${ui ?? ''}/namespaces/default/workflows (gone when the demo ends; stays with --keep)`);
  return problems.length === 0;
}

function rate(rowsPerSecond: number): string {
  return `${Math.round(rowsPerSecond).toLocaleString('en')} rows/s`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const program = new Command('npm run demo --')
  .description('Changes a busy table on local servers and checks that nothing was lost.')
  .option('--keep', 'leave everything running at the end')
  .parse();
const keep = program.opts<{ keep?: true }>().keep ?? false;

run(keep, createProgress()).then(
  (held) => {
    process.exitCode = held ? 0 : 1;
  },
  (error: unknown) => {
    // The clients of the shop would go on for ever.
    process.exit(reportEnd(error));
  },
);
