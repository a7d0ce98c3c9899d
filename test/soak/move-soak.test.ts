/**
 * Random commands and faults on moves, one after the other, for as long as SWITCHYARD_SOAK_MINUTES says (`npm run
 * test:soak`): nothing acknowledged is lost, nothing is invented, every move comes to the end that is asked for, and no
 * minute is without a side that takes writes. SEED repeats the choices, though not the moments at which they meet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { seededRandom } from '../../src/dev/shop/random.js';
import { drainTimeoutMsDefault, lockTimeoutMsDefault } from '../../src/limits/activities.js';
import { underLockMs } from '../../src/limits/mysql.js';
import { attemptHeartbeatTimeoutMs, resolveHeartbeatTimeoutMs } from '../../src/limits/workflows.js';
import { startOwnMysql } from '../support/own-mysql.js';
import { faults } from './faults.js';
import { SoakedMove, type Servers, type Side } from './soaked-move.js';
import { WriteGaps } from './write-gaps.js';

const minutes = Number(process.env['SWITCHYARD_SOAK_MINUTES'] ?? 30);
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
/**
 * Nobody is without a writable side for longer than an attempt may block writes (P3), also where its worker has died in it:
 * then it is noticed, and what became of it is found out, perhaps by a worker that dies, too. What stops a server, or all
 * writes on it, is not ours, but what comes after it is.
 */
const gapMaxMs =
  lockTimeoutMsDefault + drainTimeoutMsDefault + underLockMs + attemptHeartbeatTimeoutMs + resolveHeartbeatTimeoutMs;

const reason = 'soak';
const commands: readonly (readonly [string, object])[] = [
  ['switchTraffic', {}],
  ['switchTraffic', {}],
  ['switchTraffic', { reads: true }],
  ['switchTraffic', { dryRun: true }],
  ['reverseTraffic', {}],
  ['reverseTraffic', {}],
  ['pause', { reason }],
  ['unpause', {}],
  ['unpause', {}],
  ['verify', {}],
  ['setThrottle', { rowsPerSecondMax: 5_000 }],
  ['setThrottle', { rowsPerSecondMax: null }],
  ['retry', {}],
  ['complete', { dryRun: true }],
  ['forceComplete', { reason, dryRun: true }],
  ['cancel', { dryRun: true }],
];

const ends = ['complete', 'complete', 'cancel', 'forceComplete'] as const;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function among<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/** Some commands, and faults that each last a while; at most two at once. */
async function trouble(move: SoakedMove, gaps: WriteGaps): Promise<void> {
  let running: { readonly name: string; readonly done: Promise<void> } | null = null;
  // Most troubles are those of traffic that moves.
  if (random() < 0.6) say(`  switchTraffic: ${await move.command('switchTraffic', {})}`);
  const steps = 4 + Math.floor(random() * 8);
  for (let step = 0; step < steps; step += 1) {
    if (running === null && random() < 0.6) {
      const fault = among(faults);
      const ended = gaps.note(fault.name, fault.stopsWrites);
      running = { name: fault.name, done: fault.run(move, 200 + random() * 6_000).finally(ended) };
      running.done.catch(() => undefined);
    }
    const [name, input] = among(commands);
    const answer = await Promise.race([move.command(name, input), sleep(4_000).then(() => 'still asked')]);
    say(`  ${name} ${JSON.stringify(input)}${running === null ? '' : `, ${running.name}`}: ${answer}`);
    await sleep(random() * 1_500);
    if (running !== null && random() < 0.7) {
      await running.done;
      running = null;
    }
  }
  await running?.done;
}

/** Ends the move in a way that is chosen. @returns the side that has the table then. */
async function endOf(move: SoakedMove, gaps: WriteGaps): Promise<Side> {
  const how = among(ends);
  say(`  the end: ${how}`);
  await move.bring('unpause', {}, ({ paused }) => paused === null);
  if (how === 'cancel') {
    await move.bring('reverseTraffic', {}, ({ phase }) => phase === 'following' || phase === 'copying');
    await move.bring('cancel', {}, ({ phase }) => phase === 'cancelled');
    expect(await move.result()).toMatchObject({ outcome: 'cancelled' });
    return 'source';
  }
  await move.bring('switchTraffic', {}, ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
  if (how === 'forceComplete') {
    const ended = gaps.note('the source killed for good', false);
    await move.servers.source.server.kill('SIGKILL');
    await move.bring('forceComplete', { reason }, ({ phase }) => /^(forceCompleting|completed)$/.test(phase));
    expect(await move.result()).toMatchObject({ outcome: 'completed', forced: true });
    await move.servers.source.server.start();
    ended();
    await move.reconcile();
  } else {
    await move.bring('complete', {}, ({ phase }) => /^(completing|completed)$/.test(phase));
    expect(await move.result()).toMatchObject({ outcome: 'completed', forced: false });
  }
  return 'target';
}

async function oneMove(servers: Servers, number: number): Promise<{ writes: number; longestMs: number }> {
  const move = await SoakedMove.open(servers, seed + number);
  const gaps = new WriteGaps(move.shop.model);
  try {
    // Some are troubled while they copy.
    if (random() < 0.7) await move.until('verified', ({ verified, phase }) => verified && phase === 'following');
    await trouble(move, gaps);
    const side = await endOf(move, gaps);
    expect(await move.differences(side)).toEqual([]);
    gaps.stop();
    for (const { ms, ownMs, during } of gaps.gaps) {
      say(`  ${ms} ms without a write, ${ownMs} of them ours: ${during.join(', ')}`);
    }
    expect(gaps.longestMs).toBeLessThan(gapMaxMs);
    return { writes: move.shop.model.acknowledged, longestMs: gaps.longestMs };
  } finally {
    gaps.stop();
    await move.close();
  }
}

it(
  `moves are troubled for ${minutes} minutes, seed ${seed}`,
  async () => {
    const deadline = performance.now() + minutes * 60_000;
    const source = await startOwnMysql([], 'commerce');
    const target = await startOwnMysql([], 'customer');
    try {
      let [moves, writes, longestMs] = [0, 0, 0];
      while (performance.now() < deadline) {
        moves += 1;
        say(`move ${moves}`);
        const one = await oneMove({ source, target }, moves);
        writes += one.writes;
        longestMs = Math.max(longestMs, one.longestMs);
      }
      say(`${moves} moves, ${writes} writes acknowledged, 0 lost, 0 invented; ${longestMs} ms without a write at most`);
    } finally {
      await source.stop();
      await target.stop();
    }
  },
  (minutes + 15) * 60_000,
);
