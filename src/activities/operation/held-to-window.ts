/** Attempts that have to end with their window: whatever a worker that was busy, or away, makes of them. */
import { withJointSignal } from '../../mysql/server/session/joint-signal.js';

/** What an attempt says that was stopped. */
interface Ended {
  readonly outcome: string;
  readonly reason?: string;
  readonly detail?: string;
}

/**
 * Runs an attempt, and stops it at `endsAtMs` (milliseconds since 1970) as a command would: it still says whether it came to
 * its end. @param tooLate what it says where the window has ended before it could begin.
 */
export async function heldToWindow<Result extends Ended, TooLate extends Ended>(
  endsAtMs: number | undefined,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<Result>,
  tooLate: (detail: string) => TooLate,
): Promise<Result | TooLate> {
  if (endsAtMs === undefined) return attempt(signal);
  const window = `the window ended at ${new Date(endsAtMs).toISOString()}`;
  const leftMs = endsAtMs - Date.now();
  if (leftMs <= 0) return tooLate(`${window}, before it could begin`);
  return withJointSignal([signal], { withinMs: leftMs, message: window }, async (held) => {
    const result = await attempt(held);
    const isHeld = held.aborted && !signal.aborted && result.reason === 'stopped';
    return isHeld ? tooLate(`${window}: ${result.detail ?? ''}`) : result;
  });
}
