/**
 * How an activity tells its workflow what it waits for: heartbeats are not shown to workflows. A signal, at changes only,
 * so that a history stays small; without a handler of its own, so that it is not offered to people as a command.
 */
import { z } from 'zod';
import { waitCharactersMax } from '../../limits/contract.js';
import { waitsToldMax } from '../../limits/shared.js';
import type { Wait } from '../../domain/progress.js';
import type { WaitsTold } from '../../lifecycle/operation/state.js';

export const waitsToldSignal = 'waitsTold';

const wait = z.strictObject({
  for: z.string().max(waitCharactersMax),
  since: z.iso.datetime(),
  why: z.string().max(waitCharactersMax),
});

export const waitsToldSchema: z.ZodType<WaitsTold> = z.strictObject({
  grant: z.number().int().min(0),
  waits: z.array(wait).max(waitsToldMax),
});

/** For people: `throttle.threadsRunningMax since 2026-11-29T21:40:07.113Z: 57 threads run on the source, at most 40`. */
export function waitWords(waits: readonly Wait[]): string {
  return waits.map(({ for: what, since, why }) => `${what} since ${since}: ${why}`).join('; ');
}
