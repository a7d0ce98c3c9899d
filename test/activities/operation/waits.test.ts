/** How often a workflow is told what its activity waits for: soon, at changes only, and ever less where they go on. */
import { describe, expect, it } from 'vitest';
import { WaitTeller } from '../../../src/activities/operation/waits.js';
import { waitTellIntervalMs, waitTellIntervalMsMax, waitToldAfterMs } from '../../../src/limits/activities.js';
import type { Wait } from '../../../src/domain/progress.js';

const everyMs = 250;

function waitFor(what: string, sinceMs: number): Wait {
  return { for: what, since: new Date(sinceMs).toISOString(), why: `it is ${what}` };
}

/** What is told, and when, while a clock goes on; `waits` says what is waited for at a time. */
function told(
  forMs: number,
  waits: (nowMs: number) => readonly Wait[],
  tell: () => Promise<void> = () => Promise.resolve(),
): [atMs: number, ...what: string[]][] {
  const all: [number, ...string[]][] = [];
  let nowMs = 0;
  const teller = new WaitTeller((list) => {
    all.push([nowMs, ...list.map(({ for: what }) => what)]);
    return tell();
  }, nowMs);
  for (; nowMs <= forMs; nowMs += everyMs) teller.look(waits(nowMs), nowMs);
  return all;
}

describe('what an activity waits for', () => {
  it('is told once it has lasted, and its end; after some seconds also that it waits for nothing', () => {
    const waits = (nowMs: number): readonly Wait[] =>
      nowMs > 21_000 && nowMs < 60_000 ? [waitFor('lock', 21_000)] : [];
    expect(told(3_600_000, waits)).toEqual([[waitToldAfterMs], [21_000 + waitToldAfterMs, 'lock'], [60_000]]);
    expect(told(waitToldAfterMs - everyMs, waits)).toEqual([]);
  });

  it('is not told where it passes soon, or where only its figure changes', () => {
    const short = (nowMs: number): readonly Wait[] => [waitFor('lock', nowMs - (nowMs % (waitToldAfterMs - everyMs)))];
    expect(told(60_000, short)).toEqual([[waitToldAfterMs]]);
    const same = (nowMs: number): readonly Wait[] => [{ ...waitFor('feed', 0), why: `${nowMs} ms behind` }];
    expect(told(3_600_000, same)).toEqual([[waitToldAfterMs, 'feed']]);
  });

  it('is told less and less often where it keeps changing, and soon again after a calm time', () => {
    const day = 86_400_000;
    const flaps = (nowMs: number): readonly Wait[] =>
      nowMs < day && nowMs % 20_000 < 10_000 ? [waitFor('throttle.lagMsMax', nowMs - (nowMs % 20_000))] : [];
    const all = told(day + 3 * waitTellIntervalMsMax, flaps);
    expect(all.length).toBeLessThan(day / waitTellIntervalMsMax + 10);
    expect(all.at(-1)).toHaveLength(1);
    const later = (nowMs: number): readonly Wait[] => {
      if (nowMs < 100_000) return flaps(nowMs);
      return nowMs > 1_000_000 ? [waitFor('lock', 1_000_000)] : [];
    };
    const last = told(1_100_000, later).at(-1);
    expect(last).toEqual([1_000_000 + waitToldAfterMs, 'lock']);
  });

  it('is told again where nobody heard it', async () => {
    let tries = 0;
    const tell = (): Promise<void> => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('nobody is there')) : Promise.resolve();
    };
    const teller = new WaitTeller(tell, 0);
    teller.look([waitFor('lock', 0)], waitToldAfterMs);
    await Promise.resolve().then(() => undefined);
    teller.look([waitFor('lock', 0)], waitToldAfterMs + everyMs);
    expect(tries).toBe(1);
    teller.look([waitFor('lock', 0)], waitToldAfterMs + waitTellIntervalMs);
    teller.look([waitFor('lock', 0)], waitToldAfterMs + 2 * waitTellIntervalMs);
    expect(tries).toBe(2);
  });
});
