/**
 * When attempts may begin. Here and not in the workflow, since what the time is in a zone depends on the worker's time zone
 * database: the workflow only ever sees the answer.
 */
import { DateTime, IANAZone } from 'luxon';
import type { WindowSight } from '../../contract/operation/activities.js';
import { weekdays, type AttemptWindow } from '../../contract/operation/attempt-window.js';
import { windowLookAgainMs } from '../../limits/activities.js';

/** Whether the time zone is one that this worker knows. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/**
 * Whether an attempt that may last `attemptMs` may begin, and until when that holds (all in milliseconds since 1970). Never
 * throws: where no window opens the sight says why, and another worker may know better.
 */
export function lookAtWindows(windows: readonly AttemptWindow[], nowMs: number, attemptMs = 0): WindowSight {
  const unknown = windows.find(({ timeZone = 'UTC' }) => !isTimeZone(timeZone));
  if (unknown !== undefined) return never(nowMs, `this worker knows no time zone ${JSON.stringify(unknown.timeZone)}`);
  const spans = beginnings(windows, nowMs, attemptMs);
  const open = spans.filter(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  const [first] = open.sort((one, other) => (other.endsAtMs ?? Infinity) - (one.endsAtMs ?? Infinity));
  if (first !== undefined) {
    const { toMs: untilMs, endsAtMs } = first;
    return endsAtMs === undefined ? { open: true, untilMs } : { open: true, untilMs, endsAtMs };
  }
  const next = Math.min(...spans.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs));
  if (next === Infinity) return never(nowMs, `none is longer than an attempt may take, which is ${attemptMs} ms`);
  return { open: false, untilMs: next };
}

function never(nowMs: number, problem: string): WindowSight {
  return { open: false, untilMs: nowMs + windowLookAgainMs, problem };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When attempts may begin; where their windows end them, with when that is. */
function beginnings(windows: readonly AttemptWindow[], nowMs: number, attemptMs: number) {
  const spans = (ends: boolean): readonly Span[] =>
    joined(windows.filter((window) => (window.ends ?? false) === ends).flatMap((window) => spansOf(window, nowMs)));
  const ending = spans(true).map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs - attemptMs, endsAtMs: toMs }));
  return [
    ...spans(false).map((span) => ({ ...span, endsAtMs: undefined })),
    ...ending.filter(({ fromMs, toMs }) => toMs > fromMs),
  ];
}

/** In their order, and those that meet or overlap as one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = result.at(-1);
    if (last === undefined || span.fromMs > last.toMs) result.push(span);
    else result[result.length - 1] = { ...last, toMs: Math.max(last.toMs, span.toMs) };
  }
  return result;
}

/** Each time the window is open, from the one that began yesterday to the one in a fortnight. */
function spansOf({ from, to, days, timeZone = 'UTC' }: AttemptWindow, nowMs: number): readonly Span[] {
  const today = DateTime.fromMillis(nowMs, { zone: timeZone }).startOf('day');
  const spans: Span[] = [];
  for (let offset = -1; offset <= 14; offset += 1) {
    const day = today.plus({ days: offset });
    const weekday = weekdays[day.weekday - 1];
    if (weekday === undefined || days?.includes(weekday) === false) continue;
    const fromMs = at(day, from);
    const toMs = at(to > from ? day : day.plus({ days: 1 }), to);
    if (toMs > fromMs) spans.push({ fromMs, toMs });
  }
  return spans;
}

/** A time that the clocks leave out, when summer time begins, counts as one hour later. */
function at(day: DateTime, clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return day.set({ hour, minute }).toMillis();
}
