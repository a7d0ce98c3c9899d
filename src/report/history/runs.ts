/** What ran in the runs of an operation: its activities, and what became of each. Pure. */
import { ofKind, type ActivityEnd, type HistoryEvent, type Problem } from './events.js';

/** One activity. */
export interface Ran {
  readonly activity: string;
  readonly summary: string;
  readonly request: unknown;
  readonly scheduledAt: string;
  /** Null where it has no end, too: Temporal writes both at once. */
  readonly begunAt: string | null;
  /** Null while it goes on; nothing does after the end of its run. */
  readonly endedAt: string | null;
  /** When it was asked to stop; null where it never was. */
  readonly stopAskedAt: string | null;
  /** Null where it has no end of its own. */
  readonly end: ActivityEnd | null;
  readonly result: unknown;
  /** Null where it is not known yet. */
  readonly tries: number | null;
  readonly problem: Problem | null;
}

/** In the order in which they were asked for. @param events of one run: ids are the run's own. */
export function ranIn(events: readonly HistoryEvent[]): readonly Ran[] {
  const begun = new Map(ofKind(events, 'begun').map((event) => [event.id, event]));
  const asked = new Map(ofKind(events, 'cancelAsked').map((event) => [event.id, event.at]));
  const [closed] = ofKind(events, 'closed');
  const ended = new Map(ofKind(events, 'ended').map((event) => [event.id, event]));
  return ofKind(events, 'scheduled').map(({ id, at, activity, summary, request }) => {
    const begin = begun.get(id);
    const end = ended.get(id);
    return {
      ...{ activity, summary, request, scheduledAt: at, begunAt: begin?.at ?? null },
      stopAskedAt: asked.get(id) ?? null,
      ...{ endedAt: end?.at ?? closed?.at ?? null, end: end?.how ?? null, result: end?.result },
      ...{ tries: begin?.tries ?? null, problem: end?.problem ?? begin?.problem ?? null },
    };
  });
}

/** A field of what was decoded; undefined where it has none. */
export function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The same where it is a text; else null. */
export function textField(of: unknown, name: string): string | null {
  const value = field(of, name);
  return typeof value === 'string' ? value : null;
}

/** The same where it is a number; else null. */
export function numberField(of: unknown, name: string): number | null {
  const value = field(of, name);
  return typeof value === 'number' ? value : null;
}

/** The texts of a list; none where it is no list. */
export function textsField(of: unknown, name: string): readonly string[] {
  const value = field(of, name);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
