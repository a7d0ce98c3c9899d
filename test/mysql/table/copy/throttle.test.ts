import { afterEach, expect, inject, it } from 'vitest';
import { Throttle, type ThrottleLimits } from '../../../../src/mysql/table/copy/throttle.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';

let looking: Session | undefined;
afterEach(() => looking?.close());

async function throttle(limits: ThrottleLimits, lagMs = (): number => 0, signal = new AbortController().signal) {
  looking = await Session.open(inject('stack').commerce.switchyard, controlVariables);
  return new Throttle({ limits, lagMs, looking, signal });
}

it('holds several lanes to one rate', async () => {
  const shared = await throttle({ rowsPerSecondMax: 1_000 });
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    for (let chunk = 0; chunk < 3; chunk += 1) {
      await shared.pass();
      shared.copied(100);
    }
  };
  await Promise.all([lane(), lane()]);
  await shared.pass();
  expect(performance.now() - startedAt).toBeGreaterThan(550);
});

it('waits while the feed lags, and goes on', async () => {
  let lag = 5_000;
  setTimeout(() => {
    lag = 10;
  }, 300);
  const startedAt = performance.now();
  await (await throttle({ lagMsMax: 1_000 }, () => lag)).pass();
  expect(performance.now() - startedAt).toBeGreaterThan(250);
});

it('waits while the server is busy, until the signal', async () => {
  // Our own look is one running thread at least.
  const stop = new AbortController();
  const waiting = (await throttle({ threadsRunningMax: 0 }, () => 0, stop.signal)).pass();
  const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 400, 'still waiting'))]);
  expect(first).toBe('still waiting');
  stop.abort();
  await waiting;
});

it('without a limit lets everything through', async () => {
  await (await throttle({ rowsPerSecondMax: null, threadsRunningMax: 1_000_000 })).pass();
});
