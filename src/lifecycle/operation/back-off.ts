/** When the next attempt may start, and when there is none left (P3). */

/** The attempts of an operation, as they count now. */
export interface Attempts {
  /** Waiting time before attempt 1, 2, 3 …; the last one repeats. */
  readonly backoffMs: readonly number[];
  readonly maxAttempts: number;
  /** How many were made since somebody has asked for them. */
  readonly made: number;
  /** From when the waiting counts (milliseconds since 1970). */
  readonly sinceMs: number;
}

/** The earliest time of the next attempt in milliseconds since 1970. */
export function earliestAtMs({ backoffMs, made, sinceMs }: Attempts): number {
  return sinceMs + (backoffMs[Math.min(made, backoffMs.length - 1)] ?? 0);
}

/** Whether as many attempts were made as are allowed. */
export function areUsedUp({ made, maxAttempts }: Attempts): boolean {
  return made >= maxAttempts;
}
