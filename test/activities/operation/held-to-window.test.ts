import { describe, expect, it } from 'vitest';
import { heldToWindow } from '../../../src/activities/operation/held-to-window.js';

const tooLate = (detail: string) => ({ outcome: 'notSwapped', reason: 'window', detail }) as const;
const stopped = { outcome: 'notSwapped', reason: 'stopped', detail: 'stopped before the lock' } as const;
const swapped = { outcome: 'swapped' } as const;

/** An attempt that only ends when it is stopped. */
const untilStopped = (signal: AbortSignal): Promise<typeof stopped> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(stopped)));

describe('an attempt that its window ends', () => {
  it('is not begun where the window has ended', async () => {
    const never = () => Promise.reject(new Error('it was begun'));
    const { reason, detail } = await heldToWindow(Date.now() - 1, new AbortController().signal, never, tooLate);
    expect([reason, detail]).toEqual([
      'window',
      expect.stringMatching(/^the window ended at .*Z, before it could begin$/),
    ]);
  });

  it('is stopped when the window ends, and says so', async () => {
    const ended = await heldToWindow(Date.now() + 20, new AbortController().signal, untilStopped, tooLate);
    expect(ended).toMatchObject({
      reason: 'window',
      detail: expect.stringContaining('stopped before the lock') as string,
    });
  });

  it('says what it says by itself where a command stops it, or it has come to its end', async () => {
    const asked = new AbortController();
    const held = heldToWindow(Date.now() + 60_000, asked.signal, untilStopped, tooLate);
    asked.abort();
    expect(await held).toEqual(stopped);
    const late = (signal: AbortSignal) => untilStopped(signal).then(() => swapped);
    expect(await heldToWindow(Date.now() + 20, new AbortController().signal, late, tooLate)).toEqual(swapped);
    const atOnce = (signal: AbortSignal) => Promise.resolve(signal.aborted ? stopped : swapped);
    expect(await heldToWindow(Date.now() + 60_000, AbortSignal.abort(), atOnce, tooLate)).toEqual(stopped);
  });
});
