/**
 * When attempts may begin. Here and not in the workflow, since what the time is in a zone depends on the worker's time zone
 * database: the workflow only ever sees the answer.
 */
import { DateTime, IANAZone } from 'luxon';
import { weekdays, type AttemptWindow } from '../../contract/move/attempt-window.js';
import type { WindowSight } from '../../contract/move/activities.js';

/** Whether the time zone is one that this worker knows. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Whether one of the windows is open, and until when that holds (both in milliseconds since 1970). */
export function lookAtWindows(windows: readonly AttemptWindow[], nowMs: number): WindowSight {
  const spans = windows.flatMap((window) => spansOf(window, nowMs)).sort((one, other) => one.fromMs - other.fromMs);
  let untilMs = nowMs;
  for (const { fromMs, toMs } of spans) if (fromMs <= untilMs && toMs > untilMs) untilMs = toMs;
  if (untilMs > nowMs) return { open: true, untilMs };
  const next = spans.find(({ fromMs }) => fromMs > nowMs);
  // The clock of every zone goes through every time of the day within two weeks.
  if (next === undefined) throw new RangeError('no window opens within two weeks');
  return { open: false, untilMs: next.fromMs };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
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
