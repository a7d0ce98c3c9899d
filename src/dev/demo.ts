/**
 * Changes a table of 200,000 rows while six clients write to it, with the completion held back and then
 * let go, and checks at the end that nothing was lost. Exit code 0 only if all of it held.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { onlineDdlWorkflowId, taskQueueDefault, workflowTypes } from '../contract/names.js';
import type { OnlineDdlResult } from '../contract/migration/input.js';
import type { OnlineDdlStatus } from '../contract/migration/status.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { demoRowsDefault } from '../limits/dev.js';
import { demoMove } from './demo-move.js';
import {
  checkShop,
  demoClients,
  demoDatabase,
  describeWork,
  openShop,
  rate,
  runDemo,
  say,
  sayVerdict,
  send,
  shopAccess,
  type Demo,
  type DemoOptions,
} from './demo-run.js';
import { readProgress } from '../client/progress.js';
import { createProgress, type Progress } from './progress.js';
import { reportEnd } from './report-end.js';
import { alterOrders } from './shop/orders.js';
import { Shop } from './shop/shop.js';
import type { DemoArguments } from './options.js';

/** How long the demo shows that writes go on while the completion is held back. */
const heldBackMs = 3_000;

interface Measured {
  readonly result: OnlineDdlResult;
  readonly copySeconds: number;
  readonly totalSeconds: number;
  readonly swappedAt: number;
  readonly historyEvents: number;
}

async function migrateAndCheck({ stack, client, rows, progress }: Demo): Promise<boolean> {
  const shop = new Shop({ access: shopAccess(stack.clusters.commerce), rows, clients: demoClients });
  await openShop(shop, rows);
  const measured = await migrate(client, shop, progress);
  // Some writes to the new table belong to the check.
  await pause(1_000);
  await shop.stopClients();
  const held = await report(shop, measured, stack.temporal.ui);
  say('Other demos', '"npm run demo -- move": to another cluster, and the source dies; "npm run demo -- move --happy"');
  return held;
}

async function migrate(client: Client, shop: Shop, progress: Progress): Promise<Measured> {
  say('Statement', alterOrders);
  const startedAt = performance.now();
  const handle = await client.workflow.start(workflowTypes.onlineDdl, {
    taskQueue: taskQueueDefault,
    workflowId: onlineDdlWorkflowId('commerce', demoDatabase, 'orders'),
    args: [
      { cluster: 'commerce', database: demoDatabase, statement: alterOrders, options: { postponeCompletion: true } },
    ],
    staticSummary: 'Demo: change shop.orders',
  });
  const copySeconds = await watchUntilPostponed(handle, shop.model.seededRows, progress);
  const { acknowledged } = shop.model;
  await pause(heldBackMs);
  say(
    'Held back',
    `ready; ${shop.model.acknowledged - acknowledged} transactions in ${heldBackMs / 1_000} s meanwhile`,
  );
  await send(handle, 'resume');
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
async function watchUntilPostponed(handle: WorkflowHandle, rows: number, progress: Progress): Promise<number> {
  const startedAt = performance.now();
  let copiedAt = startedAt;
  const task = progress.begin('Migration', rows, 'rows');
  for (;;) {
    const { phase, error } = await handle.query<OnlineDdlStatus>('status');
    if (error !== null) throw new SwitchyardError('DEV_RUN_FAILED', { problem: `${error.code}: ${error.message}` });
    if (phase === 'postponed') break;
    const beat = await readProgress(handle);
    if (phase === 'copying' || phase === 'preparing') copiedAt = performance.now();
    task.update(phase === 'copying' ? (beat?.rows ?? 0) : rows, describeWork(phase, beat));
    await pause(200);
  }
  task.end('ready');
  return (copiedAt - startedAt) / 1_000;
}

async function report(shop: Shop, measured: Measured, ui: string | null): Promise<boolean> {
  const { result, copySeconds, totalSeconds, swappedAt, historyEvents } = measured;
  const longest = shop.longestWriteMs(swappedAt - result.blockedMs - 50, swappedAt + 50);
  say('Completed', `${result.completedAt}, attempt ${result.attempts}, old table kept as ${result.retainedTable}`);
  say('Copied', `${result.rowsCopied} rows in ${copySeconds.toFixed(1)} s, ${rate(result.rowsCopied / copySeconds)}`);
  say('Total', `${totalSeconds.toFixed(1)} s without the wait; verified: ${result.verified}`);
  say('Blocked', `${longest.toFixed(0)} ms the longest write at the cut-over; ${result.blockedMs} ms server side`);
  say('History', `${historyEvents} events`);
  const wrong = await checkShop(shop);
  const strange = await shop.compareWithRetained(result.retainedTable ?? '', swappedAt - 1_000);
  const problems = [
    ...wrong,
    ...(result.verified ? [] : ['the migration was not verified']),
    ...strange.slice(0, 20).map((id) => `id ${id} differs from the retained table`),
  ];
  return sayVerdict(problems, ui);
}

/** @param given `happy` is for the demo of a move. */
export function demo({ move, happy = false, keep = false, rows = demoRowsDefault }: DemoArguments): void {
  const options: DemoOptions = { keep, rows, progress: createProgress() };
  end(move ? demoMove({ ...options, happy }) : runDemo(options, migrateAndCheck));
}

function end(playing: Promise<boolean>): void {
  playing.then(
    (held) => {
      process.exitCode = held ? 0 : 1;
    },
    (error: unknown) => {
      // The clients of the shop would go on for ever.
      process.exit(reportEnd(error));
    },
  );
}
