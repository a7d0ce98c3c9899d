/** Everything that the page of one operation shows, as plain data: where it comes from is the gatherer's matter. */
import type { Blocker } from '../domain/attempt.js';
import type { OperationKind } from '../domain/residual.js';
import type { SampledSeries } from '../domain/samples.js';
import type { WriteLatency } from '../domain/write-latency.js';

/** A name and what there is to say; an empty text is shown as a dash. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What kind of thing an interval is, which gives it its place and its colour. */
export type IntervalClass = 'work' | 'follow' | 'hold' | 'attempt' | 'end';

/** One activity: what went on from when to when. */
export interface Interval {
  /** A phase in the words of people, such as `copying`. */
  readonly phase: string;
  readonly class: IntervalClass;
  /** What Temporal shows for it. */
  readonly summary: string;
  readonly from: string;
  /** Null while it goes on. */
  readonly to: string | null;
  /** How it ended, in a word or two. */
  readonly outcome: string;
  /** How often it was begun; null where that is not known yet. */
  readonly tries: number | null;
  /** What went wrong last; null for nothing. */
  readonly problem: string | null;
}

/** An attempt to swap tables or to move traffic. */
export interface Attempt {
  readonly what: 'cut-over' | 'switch' | 'reverse';
  readonly number: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `swapped`, `switched`, or why it came to nothing. */
  readonly outcome: string;
  readonly succeeded: boolean;
  readonly detail: string;
  /** How long writers have waited for it; null where nobody has measured that. */
  readonly blockedMs: number | null;
  readonly blockers: readonly Blocker[];
}

/** A command, or a decision of the system, with its answer. */
export interface AuditEntry {
  readonly at: string;
  readonly command: string;
  readonly via: string;
  readonly by: string | null;
  readonly reason: string | null;
  readonly outcome: string;
  readonly message: string;
  /** Where it is written: in the audit log of the cluster, in the history alone, or nobody has looked at the log. */
  readonly record: 'log' | 'history' | 'notLookedAt';
}

/** How far one table is, by the records of the cluster. */
export interface TableProgress {
  readonly table: string;
  readonly rowsCopied: number;
  readonly copiedAt: string | null;
  readonly indexedAt: string | null;
  readonly verifiedAt: string | null;
  readonly notCompared: readonly string[];
}

export interface Verification {
  readonly rowsCopied: number | null;
  readonly verified: boolean | null;
  readonly notCompared: readonly string[];
  /** Rows that the last look over the whole table has compared, as far as samples tell; null where they do not. */
  readonly rowsCompared: number | null;
  /** What a comparison has found, in the words of its error; null where it found no difference. */
  readonly differences: string | null;
  readonly tables: readonly TableProgress[];
}

/** Samples, and on which cluster they were kept. */
export interface KeptSeries extends SampledSeries {
  readonly keptOn: string;
}

export type Outcome = 'running' | 'completed' | 'cancelled' | 'failed' | 'terminated' | 'timedOut';

export interface ReportData {
  readonly madeAt: string;
  readonly kind: OperationKind;
  /** What people call it. */
  readonly name: string;
  readonly workflowId: string;
  readonly operationId: string | null;
  readonly outcome: Outcome;
  readonly phase: string | null;
  /** Why it is in that phase; null where the phase says it all. */
  readonly reason: string | null;
  readonly nextStep: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The statement of a migration; null for a move. */
  readonly statement: string | null;
  readonly tables: readonly string[];
  /** Who, where, when: what stands at the top. */
  readonly header: readonly Fact[];
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
  readonly warnings: readonly string[];
  /** What is done at this moment; empty where nothing is. */
  readonly now: readonly Fact[];
  readonly intervals: readonly Interval[];
  readonly attempts: readonly Attempt[];
  /** Who held up the last attempt, or holds up what goes on. */
  readonly blockers: readonly Blocker[];
  readonly audit: readonly AuditEntry[];
  readonly series: readonly KeptSeries[];
  readonly writeLatency: readonly WriteLatency[];
  readonly verification: Verification;
  readonly settings: readonly Fact[];
  readonly plan: readonly string[];
  /** What has stayed behind, one sentence each. */
  readonly residuals: readonly string[];
  /** What is kept on purpose for a time, one sentence each. */
  readonly retained: readonly string[];
  /** What this page does not show, and why; one sentence each. */
  readonly gaps: readonly string[];
}
