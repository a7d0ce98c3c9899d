/** Run by joint-signal.test.ts with --expose-gc: collects garbage all the time while limits are waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { catchUpInTime } from '../../src/mysql/table/follow/catch-up.js';
import type { Follower } from '../../src/mysql/table/follow/follower.js';
import { JointSignal, withJointSignal } from '../../src/mysql/server/session/joint-signal.js';
import type { Session } from '../../src/mysql/server/session/session.js';

const limitMs = 150;
const collecting = setInterval(() => globalThis.gc?.(), 5);

async function polled(signal: AbortSignal, forMs = 3_000): Promise<string> {
  const startedAt = performance.now();
  while (!signal.aborted && performance.now() - startedAt < forMs) await sleep(5);
  return signal.aborted ? (signal.reason as Error).name : 'not ended';
}

async function listened(signal: AbortSignal): Promise<string> {
  const reason = new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve((signal.reason as Error).name));
  });
  return Promise.race([reason, sleep(3_000, 'not ended')]);
}

/** A source that nobody holds but who will end it. */
function endedLater(): AbortSignal {
  const source = new AbortController();
  setTimeout(() => source.abort(new TypeError('later')), limitMs);
  return source.signal;
}

function nested(): AbortSignal {
  const inner = new JointSignal([new AbortController().signal, endedLater()]);
  return new JointSignal([inner.signal, new AbortController().signal], { withinMs: 60_000 }).signal;
}

/** A run that fails at once while catching up waits: how many loops go on after it. */
async function leakedLoops(): Promise<number> {
  let looping = 0;
  const follower = {
    run: () => Promise.reject(new Error('failed')),
    catchUp: async (_looking: Session, signal: AbortSignal) => {
      looping += 1;
      while (!signal.aborted) await sleep(5);
      looping -= 1;
    },
  } as unknown as Follower;
  const { signal } = new AbortController();
  const compare = (): Promise<void> => Promise.resolve();
  await catchUpInTime({ follower, looking: {} as Session, compare, signal }).catch(() => undefined);
  await sleep(50);
  return looping;
}

const limit = { withinMs: limitMs };
const seen = {
  polled: await polled(new JointSignal([new AbortController().signal], limit).signal),
  listened: await listened(new JointSignal([new AbortController().signal], limit).signal),
  slept: await sleep(3_000, 'not ended', { signal: new JointSignal([], limit).signal }).catch(
    ({ name }: Error) => name,
  ),
  work: await withJointSignal([undefined], limit, polled),
  source: await polled(new JointSignal([new AbortController().signal, endedLater()]).signal),
  nested: await polled(nested()),
  leakedLoops: await leakedLoops(),
};
clearInterval(collecting);
process.stdout.write(JSON.stringify(seen));
process.exit(0);
