/** Events of a history, as far as a page tells of them, with their payloads decoded. */

/** Why something ended badly, in words. */
export interface Problem {
  /** The code of our error, or Temporal's word such as `TIMEOUT_TYPE_HEARTBEAT`. */
  readonly code: string;
  readonly message: string;
}

export type ActivityEnd = 'completed' | 'failed' | 'timedOut' | 'cancelled';
type WorkflowEnd = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timedOut' | 'continued';

interface Timed {
  /** ISO time. */
  readonly at: string;
}

export type HistoryEvent = Timed &
  (
    | {
        readonly kind: 'started';
        readonly type: string;
        readonly input: unknown;
        readonly identity: string;
        /** The run before it; null for the first one. */
        readonly continues: string | null;
      }
    | {
        readonly kind: 'scheduled';
        readonly id: string;
        readonly activity: string;
        readonly summary: string;
        readonly request: unknown;
      }
    | { readonly kind: 'begun'; readonly id: string; readonly tries: number; readonly problem: Problem | null }
    | {
        readonly kind: 'ended';
        readonly id: string;
        readonly how: ActivityEnd;
        readonly result: unknown;
        readonly problem: Problem | null;
      }
    | { readonly kind: 'cancelAsked'; readonly id: string }
    | {
        readonly kind: 'updateAccepted';
        readonly id: string;
        readonly name: string;
        readonly identity: string;
        readonly input: unknown;
      }
    | { readonly kind: 'updateCompleted'; readonly id: string; readonly answer: unknown }
    | { readonly kind: 'signaled'; readonly name: string; readonly identity: string; readonly input: unknown }
    | { readonly kind: 'cancelRequested'; readonly identity: string }
    | { readonly kind: 'childStarted'; readonly type: string; readonly workflowId: string }
    | {
        readonly kind: 'closed';
        readonly how: WorkflowEnd;
        readonly result: unknown;
        readonly problem: Problem | null;
      }
  );

/** The events of one kind, in their order. */
export function ofKind<Kind extends HistoryEvent['kind']>(
  events: readonly HistoryEvent[],
  kind: Kind,
): readonly Extract<HistoryEvent, { readonly kind: Kind }>[] {
  return events.filter((event): event is Extract<HistoryEvent, { readonly kind: Kind }> => event.kind === kind);
}
