/** Attempts that have to end with their window: whatever a worker that was busy, or away, makes of them. */

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
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = setTimeout(stop, leftMs);
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    const result = await attempt(over.signal);
    const isHeld = over.signal.aborted && !signal.aborted && result.reason === 'stopped';
    return isHeld ? tooLate(`${window}: ${result.detail ?? ''}`) : result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
