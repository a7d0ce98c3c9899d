/**
 * Windows: when attempts may begin, and by when they have to end. What the time is in a zone depends on the worker's time
 * zone database, so that activities look at the clock: what they have seen is an event, and holds for a while.
 */
import { attemptBoundMs, type AttemptLimits, type AttemptWindow } from './limits.js';
import { isoTime } from './state.js';

/** Whether attempts may begin, and until when that holds (milliseconds since 1970). */
export interface WindowSight {
  readonly open: boolean;
  readonly untilMs: number;
  /** By when an attempt that begins now has to end; absent where its window does not end it. */
  readonly endsAtMs?: number | undefined;
  /** Why no window opens at all; absent where one does. */
  readonly problem?: string | undefined;
}

interface Seen {
  readonly window: WindowSight | null;
}

/** The state in which somebody has looked. */
export function windowSeen<State extends Seen>(state: State, seen: WindowSight): State {
  const { open, untilMs, endsAtMs, problem } = seen;
  const ends = endsAtMs === undefined ? {} : { endsAtMs };
  return { ...state, window: { open, untilMs, ...ends, ...(problem === undefined ? {} : { problem }) } };
}

export function hasWindow(limits: AttemptLimits | null): boolean {
  return (limits?.window ?? []).length > 0;
}

/** What was seen and still holds; null where somebody has to look. */
export function knownWindow({ window }: Seen, nowMs: number): WindowSight | null {
  return window !== null && nowMs < window.untilMs ? window : null;
}

/** Whether an attempt may begin, as far as windows go. @param needsWindow whether it may only begin in one. */
export function mayBegin(state: Seen, needsWindow: boolean, nowMs: number): boolean {
  return !needsWindow || knownWindow(state, nowMs)?.open === true;
}

/** When the window opens, as it was last seen (milliseconds since 1970); null where it is open, unknown or not needed. */
export function opensAtMs({ window }: Seen, needsWindow: boolean): number | null {
  return needsWindow && window !== null && !window.open && window.problem === undefined ? window.untilMs : null;
}

/** Whether no window opens at all, as far as it was seen. */
export function neverOpens({ window }: Seen): boolean {
  return window?.problem !== undefined;
}

/** By when an attempt that begins now has to end (milliseconds since 1970); undefined where no window ends it. */
export function endOfAttemptMs({ window }: Seen, needsWindow: boolean): number | undefined {
  return needsWindow ? window?.endsAtMs : undefined;
}

/** Why no attempt begins now, for people; null where the window keeps none back. */
export function closedSentence({ window }: Seen): string | null {
  if (window === null || window.open) return null;
  return window.problem === undefined
    ? `The window for attempts is closed until ${isoTime(window.untilMs)}.`
    : `No attempt begins, since no window opens: ${window.problem}.`;
}

const minutesOfDay = 24 * 60;

/** What is wrong with the windows among these limits, as the end of a sentence; null for nothing. */
export function windowProblem(limits: AttemptLimits): string | null {
  const boundMs = attemptBoundMs(limits);
  const short = (limits.window ?? []).find((window) => window.ends === true && lengthMs(window) <= boundMs);
  if (short === undefined) return null;
  const { from, to } = short;
  return `the window from ${from} to ${to} ends, and is not longer than an attempt may take, which is ${boundMs} ms`;
}

/** By the clock. */
function lengthMs({ from, to }: AttemptWindow): number {
  const minutes = minutesIn(to) - minutesIn(from);
  return (minutes > 0 ? minutes : minutes + minutesOfDay) * 60_000;
}

function minutesIn(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
