/** What every demo is made of: servers and a worker, a busy shop, a bar, the check, and the lines in which it tells. */
import type { ProgressHeartbeat } from '../domain/progress.js';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import pc from 'picocolors';
import type { CommandAnswer } from '../contract/operation/commands.js';
import { startLocalStack, type LocalStack } from './local-stack.js';
import type { MysqlServer } from './mysql-server.js';
import type { Progress } from './progress.js';
import type { ShopAccess } from './shop/access.js';
import type { Shop } from './shop/shop.js';
import { startWorkerOf } from './start-worker.js';
import { untilSomethingEnds } from './until-something-ends.js';

export const demoDatabase = 'shop';
export const demoClients = 6;

export interface DemoOptions {
  /** Everything goes on running at the end. */
  readonly keep: boolean;
  readonly rows: number;
  readonly progress: Progress;
}

export interface Demo extends DemoOptions {
  readonly stack: LocalStack;
  readonly client: Client;
}

/**
 * Starts the servers and a worker, and plays.
 * @param play whether all of it held.
 * @param mayEnd a cluster that the demo kills.
 */
export async function runDemo(
  options: DemoOptions,
  play: (demo: Demo) => Promise<boolean>,
  mayEnd?: keyof LocalStack['clusters'],
): Promise<boolean> {
  const { keep, progress } = options;
  const stack = await startLocalStack({ keep, stopOnSignals: true, progress });
  let held = false;
  try {
    const worker = await startWorkerOf(stack);
    say('Temporal UI', stack.temporal.ui ?? '(none)');
    const playing = withClient(stack, (client) => play({ ...options, stack, client }));
    held = await Promise.race([playing, untilSomethingEnds(stack, worker, mayEnd)]);
    return held;
  } finally {
    if (keep && held) tell(`Everything goes on running; data and logs are in ${stack.folder}. Ctrl-C ends it.`);
    else await stack.stop({ keepLogs: !held });
  }
}

async function withClient<Result>(
  { temporal }: LocalStack,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    return await work(new Client({ connection, namespace: temporal.namespace }));
  } finally {
    await connection.close();
  }
}

/** How an application reaches the shop on this cluster. */
export function shopAccess({ host, port, app }: MysqlServer): ShopAccess {
  return { host, port, ...app, database: demoDatabase };
}

/** Fills the table and lets the clients write. */
export async function openShop(shop: Shop, rows: number): Promise<void> {
  say('Filling', `${demoDatabase}.orders with ${rows.toLocaleString('en')} rows …`);
  await shop.open();
  shop.startClients();
  say('Clients', `${demoClients} insert, update and delete all the time`);
}

/** Sends a command as an update, and prints its answer. */
export async function send(handle: WorkflowHandle, command: string, input: object = {}): Promise<CommandAnswer> {
  const answer = await handle.executeUpdate<CommandAnswer, [object]>(command, { args: [{ by: 'demo', ...input }] });
  say(command, `${answer.outcome}: ${answer.message}`);
  return answer;
}

/** What goes on, for the end of a bar's line. */
export function describeWork(phase: string, beat: ProgressHeartbeat | undefined): string {
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

/** The independent check of the table. @param at where it is now. @returns what is wrong, also with the clients. */
export async function checkShop(shop: Shop, at?: ShopAccess): Promise<readonly string[]> {
  const { rowsRead, differences } = await shop.check(at);
  const { acknowledged } = shop.model;
  say('Check', `${rowsRead} rows against the model of ${acknowledged} acknowledged transactions`);
  return [...differences, ...shop.errors.map((error) => `a client saw: ${error}`)];
}

/** Prints the problems, the verdict and where to look. @returns whether there are none. */
export function sayVerdict(problems: readonly string[], ui: string | null): boolean {
  for (const problem of problems) tell(pc.red(`  ${problem}`));
  tell(problems.length === 0 ? pc.green('Nothing lost, nothing added.') : pc.red('The check failed.'));
  say('Look at it', `${ui ?? ''}/namespaces/default/workflows (gone when the demo ends; stays with --keep)`);
  return problems.length === 0;
}

/** Rows per second in words. */
export function rate(rowsPerSecond: number): string {
  return `${Math.round(rowsPerSecond).toLocaleString('en')} rows/s`;
}

/** One line of standard output: what it is about, and what there is to say. */
export function say(label: string, text: string): void {
  tell(`${label.padEnd(18)} ${text}`);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
