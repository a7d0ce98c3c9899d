/** The limits of attempts and of their number: what was asked for at the start, and what `setLimits` has said since. */
import { attemptMarginMs } from '../../limits/lifecycle.js';
/** From `from` to `to` ("22:00"), past midnight where `to` is not later, on the days on which it begins (every day). */
export interface AttemptWindow {
  readonly from: string;
  readonly to: string;
  readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[] | undefined;
  /** A name of the IANA database; UTC where it is absent. */
  readonly timeZone?: string | undefined;
  /** Attempts have to end in it, too: none begins that could last longer, and one that runs is stopped. */
  readonly ends?: boolean | undefined;
}

/** Complete: every default filled in. */
export interface AttemptLimits {
  /** How long one attempt may wait for its locks. Writes wait behind it meanwhile. */
  readonly lockTimeoutMs: number;
  /** How long the last changes may take under the locks; only of a move. */
  readonly drainTimeoutMs?: number | undefined;
  /** Attempts before the completion is held back, or given up until it is asked for again. */
  readonly maxAttempts: number;
  /** Waiting time before attempt 1, 2, 3 …; the last one repeats. */
  readonly backoffMs: readonly number[];
  /** When attempts to complete may begin; absent or null: always. */
  readonly window?: readonly AttemptWindow[] | null | undefined;
}

/** What `setLimits` sets; what is absent stays. */
export type LimitsChange = { readonly [Name in keyof AttemptLimits]?: AttemptLimits[Name] | undefined };

/** The limits that the next attempt gets, of those of the start. */
export function limitsNow<Limits extends AttemptLimits>(atStart: Limits, change: LimitsChange): Limits {
  return { ...atStart, ...(change as Partial<Limits>) };
}

/** What was said before and what is said now, which comes first. */
export function changedLimits(before: LimitsChange, given: LimitsChange): LimitsChange {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...before, ...said };
}

/** For people. */
export function limitsWords({ lockTimeoutMs, drainTimeoutMs, maxAttempts, backoffMs, window }: AttemptLimits): string {
  const drain = drainTimeoutMs === undefined ? [] : [`drainTimeoutMs ${drainTimeoutMs}`];
  return [
    `lockTimeoutMs ${lockTimeoutMs}`,
    ...drain,
    `maxAttempts ${maxAttempts}`,
    `backoffMs ${backoffMs.join(', ')}`,
    ...(window ?? []).map(windowWords),
  ].join(', ');
}

function windowWords({ from, to, days, timeZone = 'UTC', ends }: AttemptWindow): string {
  const on = days === undefined ? [] : [`on ${days.join(' ')}`];
  return [`window ${from} to ${to}`, ...on, timeZone, ...(ends === true ? ['ends'] : [])].join(' ');
}

/** How long one attempt may take, whatever happens: what is longer is ended by Temporal. */
export function attemptBoundMs({ lockTimeoutMs, drainTimeoutMs = 0 }: AttemptLimits): number {
  return lockTimeoutMs + drainTimeoutMs + attemptMarginMs;
}
