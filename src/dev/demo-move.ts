/**
 * `npm run demo -- move`: a busy table moves from `commerce` to `customer`; after the switch commerce is killed, and the
 * move is completed without it; then commerce comes back, and `reconcile` cleans it up. With `--happy` nothing dies:
 * there, back, there again, complete.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { CommandAnswer } from '../contract/operation/commands.js';
import type { MoveTablesResult } from '../contract/move/input.js';
import type { ReconcileInput, ReconcileResult } from '../contract/reconcile.js';
import { moveTablesWorkflowId, taskQueueDefault, workflowTypes } from '../contract/names.js';
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
import { findLeftBehind, refusalOfWrites, run } from './left-behind.js';
import { until } from './move-status.js';
import type { ShopAccess } from './shop/access.js';
import { Shop } from './shop/shop.js';
import { FollowedRoute } from './shop/write-route.js';

/** How long the demo shows that writes go on after traffic has moved, each time. */
const shownMs = 4_000;

export interface MoveDemoOptions extends DemoOptions {
  readonly happy: boolean;
}

interface Scene extends Demo {
  readonly shop: Shop;
  readonly handle: WorkflowHandle;
  /** What did not hold. */
  readonly problems: string[];
}

/** Whether all of it held. */
export function demoMove(options: MoveDemoOptions): Promise<boolean> {
  const { happy } = options;
  return runDemo(options, (demo) => playMove(demo, happy), happy ? undefined : 'commerce');
}

async function playMove(demo: Demo, happy: boolean): Promise<boolean> {
  const { commerce, customer } = demo.stack.clusters;
  const access = shopAccess(commerce);
  const target = shopAccess(customer);
  const route = await FollowedRoute.watch({
    home: { cluster: 'commerce', database: demoDatabase, table: 'orders' },
    places: { commerce: access, customer: target },
    rules: { host: customer.host, port: customer.port, ...customer.app },
  });
  try {
    const shop = new Shop({ access, route, rows: demo.rows, clients: demoClients });
    await openShop(shop, demo.rows);
    await run(customer, `CREATE DATABASE ${demoDatabase}`);
    const handle = await startMove(demo);
    const scene: Scene = { ...demo, shop, handle, problems: [] };
    await copyAndVerify(scene);
    await (happy ? thereAndBack(scene) : loseTheSource(scene));
    return await checkAtTheEnd(scene, target);
  } finally {
    await route.close();
  }
}

function startMove({ client }: Demo): Promise<WorkflowHandle> {
  const place = (cluster: string): object => ({ cluster, database: demoDatabase });
  say('Move', `${demoDatabase}.orders from commerce to customer; the clients follow the routes and the fences`);
  return client.workflow.start(workflowTypes.moveTables, {
    taskQueue: taskQueueDefault,
    workflowId: moveTablesWorkflowId(demoDatabase),
    args: [{ name: demoDatabase, source: place('commerce'), target: place('customer'), tables: ['orders'] }],
    staticSummary: 'Demo: move shop.orders to customer',
  });
}

/** One bar for the copy with its indexes, one for the verification. */
async function copyAndVerify({ handle, rows, progress }: Scene): Promise<void> {
  const startedAt = performance.now();
  const copy = progress.begin('Copy', rows, 'rows');
  const copied = await until(
    handle,
    'the copy',
    ({ phase }) => phase === 'following',
    async ({ phase }) => {
      const beat = await readProgress(handle);
      copy.update(phase === 'copying' ? (beat?.rows ?? 0) : rows, describeWork(phase, beat));
    },
  );
  copy.end('done');
  const seconds = (performance.now() - startedAt) / 1_000;
  say(
    'Copied',
    `${copied.rowsCopied} rows in ${seconds.toFixed(1)} s with indexes, ${rate(copied.rowsCopied / seconds)}`,
  );
  let compared = 0;
  const verify = progress.begin('Verify', rows, 'rows');
  const verified = await until(
    handle,
    'the verification',
    (status) => status.verified,
    async () => {
      const beat = await readProgress(handle);
      if (beat?.stage === 'verifying') compared = beat.rows ?? compared;
      verify.update(compared, describeWork(beat?.stage ?? 'following', beat));
    },
  );
  verify.update(rows, '');
  verify.end('done');
  const verifySeconds = (performance.now() - startedAt) / 1_000 - seconds;
  const except = verified.notCompared.length === 0 ? 'nothing left out' : verified.notCompared.join(' ');
  say('Verified', `every row on both sides in ${verifySeconds.toFixed(1)} s; ${except}`);
}

/** Moves the traffic, and shows how it goes on for some seconds. */
async function moveTraffic(scene: Scene, command: 'switchTraffic' | 'reverseTraffic'): Promise<void> {
  const { handle, shop, problems } = scene;
  const [from, refused] = [performance.now(), shop.refused];
  expectAnswer(scene, command, await send(handle, command), ['done', 'accepted']);
  const there = command === 'switchTraffic';
  const status = await until(
    handle,
    command,
    ({ phase, wish }) => wish === null && phase === (there ? 'switched' : 'following'),
  );
  const to = performance.now();
  const before = shop.model.acknowledged;
  await pause(shownMs);
  const meanwhile = shop.model.acknowledged - before;
  const longest = shop.longestWriteMs(from, to).toFixed(0);
  const turnedAway = shop.refused - refused;
  say(
    there ? 'Switched' : 'Reversed',
    `attempt ${status.attempts}; ${longest} ms the longest write of a client meanwhile; ${status.blockedMs} ms server side; ` +
      `${turnedAway} writes refused, and tried again on the other side`,
  );
  if (turnedAway === 0) problems.push(`${command}: no client met a fence`);
  if (meanwhile === 0) problems.push(`${command}: no write was acknowledged after it`);
  await sayBehind(scene, there, meanwhile);
}

/** The other side follows. */
async function sayBehind({ handle }: Scene, there: boolean, meanwhile: number): Promise<void> {
  const here = there ? 'customer' : 'commerce';
  const other = there ? 'commerce' : 'customer';
  const followed = await until(handle, `${other} to follow`, ({ reverse, verified }) =>
    there ? reverse.caughtUp : verified,
  );
  const beat = await readProgress(handle);
  const lag = beat?.lagMs === undefined ? '' : `, lag ${beat.lagMs} ms`;
  const replication = there ? 'reverse replication has caught up' : `verified again: ${followed.verified}`;
  say(
    'Following',
    `${meanwhile} transactions on ${here} in ${shownMs / 1_000} s, which ${other} follows${lag}; ${replication}`,
  );
}

async function thereAndBack(scene: Scene): Promise<void> {
  await moveTraffic(scene, 'switchTraffic');
  await moveTraffic(scene, 'reverseTraffic');
  await moveTraffic(scene, 'switchTraffic');
  expectAnswer(scene, 'complete', await send(scene.handle, 'complete'), ['done', 'accepted']);
  const result = await endOfMove(scene, false);
  if (result.residuals.length > 0) scene.problems.push('an ordinary end has residuals');
  for (const line of await findLeftBehind(scene.stack.clusters.commerce, demoDatabase)) say('Left on commerce', line);
}

async function loseTheSource(scene: Scene): Promise<void> {
  const { handle, stack, shop } = scene;
  await moveTraffic(scene, 'switchTraffic');
  await stack.clusters.commerce.kill('SIGKILL');
  const [killedAt, before] = [performance.now(), shop.model.acknowledged];
  say('Killed', 'mysqld of commerce, by SIGKILL');
  const seen = await until(handle, 'the outage', ({ unreachable }) => unreachable.source !== null);
  say('Status', `after ${((performance.now() - killedAt) / 1_000).toFixed(1)} s: ${seen.reason ?? '(no reason)'}`);
  say('Next step', seen.nextStep);
  if (seen.nextCommand?.name !== 'forceComplete') scene.problems.push('the status does not name forceComplete');
  expectAnswer(scene, 'complete', await send(handle, 'complete'), ['refused'], 'SOURCE_UNREACHABLE');
  say('Meanwhile', `${shop.model.acknowledged - before} transactions on customer since commerce died`);
  if (shop.model.acknowledged === before) scene.problems.push('no write was acknowledged after commerce died');
  const reason = 'demo: commerce was killed and does not come back';
  expectAnswer(scene, 'forceComplete', await send(handle, 'forceComplete', { reason }), ['done', 'accepted']);
  const result = await endOfMove(scene, true);
  if (result.residuals.length === 0) scene.problems.push('a forced end names no residuals');
  for (const residual of result.residuals) say('Residual', residual);
  await lookAtTheSource(scene);
}

/** The source is back: what is still there, that it takes no writes, and what cleans it up. */
async function lookAtTheSource(scene: Scene): Promise<void> {
  const { stack, problems } = scene;
  const { commerce } = stack.clusters;
  await commerce.start();
  say('Back', 'commerce was started again, on the data that it had');
  for (const line of await findLeftBehind(commerce, demoDatabase)) say('Left on commerce', line);
  const refusal = await refusalOfWrites(commerce, demoDatabase, 'orders');
  say('A write there', refusal === null ? 'is taken' : `is refused: ${refusal}`);
  if (refusal === null) problems.push('the old source takes writes');
  await cleanTheSourceUp(scene);
}

async function cleanTheSourceUp({ client, stack, problems }: Scene): Promise<void> {
  const { residuals } = await client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileResult>>(
    workflowTypes.reconcile,
    {
      taskQueue: taskQueueDefault,
      workflowId: 'reconcile/commerce',
      args: [{ cluster: 'commerce' }],
      staticSummary: 'Demo: clean commerce up',
    },
  );
  for (const { outcome, why, parts } of residuals) {
    say('reconcile', `${outcome}, since ${why}`);
    for (const part of parts) say('Cleaned up', part);
  }
  if (residuals.length === 0) problems.push('reconcile found nothing on commerce');
  if (residuals.some(({ outcome }) => outcome !== 'removed')) problems.push('reconcile left something on commerce');
  const left = await findLeftBehind(stack.clusters.commerce, demoDatabase);
  for (const line of left) say('Still there', line);
  if (left.some((line) => /^triggers|table_locks|streams/.test(line))) problems.push('commerce is not clean');
}

async function endOfMove({ handle, problems }: Scene, forced: boolean): Promise<MoveTablesResult> {
  const result = (await handle.result()) as MoveTablesResult;
  const { historyLength } = await handle.describe();
  say(
    'Completed',
    `${result.outcome}; forced: ${result.forced}; verified: ${result.verified}; ${historyLength} events`,
  );
  if (result.outcome !== 'completed') problems.push(`the move ended as ${result.outcome}`);
  if (result.forced !== forced) problems.push(`forced is ${result.forced}`);
  if (!result.verified) problems.push('the move was not verified');
  return result;
}

async function checkAtTheEnd({ shop, problems, stack }: Scene, target: ShopAccess): Promise<boolean> {
  // Some writes after the end belong to the check.
  await pause(1_000);
  await shop.stopClients();
  const wrong = await checkShop(shop, target);
  return sayVerdict([...wrong, ...problems], stack.temporal.ui);
}

function expectAnswer(
  { problems }: Scene,
  command: string,
  { outcome, code }: CommandAnswer,
  wanted: readonly CommandAnswer['outcome'][],
  wantedCode?: string,
): void {
  if (!wanted.includes(outcome)) problems.push(`${command} was answered ${outcome} (${code})`);
  else if (wantedCode !== undefined && code !== wantedCode) problems.push(`${command} was answered with ${code}`);
}
