/** How far `synchronise` goes, what activities show on their way, and what a run comes to. */
import type { WriteLatency } from './write-latency.js';

/** How far `synchronise` goes before it returns, in this order. `follow` never returns by itself. */
export type SynchroniseGoal = 'copied' | 'indexed' | 'verified' | 'follow';

/** What an activity does, as people see it. */
type Stage =
  | 'preparing'
  | 'copying'
  | 'indexing'
  | 'verifying'
  | 'following'
  | 'paused'
  | 'cuttingOver'
  | 'switching'
  | 'reversing'
  | 'completing'
  | 'routing'
  | 'probing'
  | 'closing'
  | 'cleaningUp'
  | 'dropping';

/** What activities heartbeat, from their first moment on: flat and ordered for reading, since the UI shows it as it is. */
export interface ProgressHeartbeat {
  readonly stage: Stage;
  readonly percent?: number;
  readonly rows?: number;
  readonly rowsEstimated?: number;
  readonly rowsPerSecond?: number;
  readonly etaSeconds?: number;
  readonly lagMs?: number;
  readonly detail?: string;
  /** What the throttle waits for, and since when; absent while it lets the work go on. */
  readonly throttled?: string;
}

/** What was copied, and how much of it was compared. */
export interface Copied {
  readonly rowsCopied: number;
  readonly verified: boolean;
  /** What verification could not compare (columns, rows, later changes), one sentence each. */
  readonly notCompared: readonly string[];
}

/** What a run of `synchronise` tells. */
export interface Synchronised extends Copied {
  /** `reached`: the goal was reached. `stopped`: the workflow asked for it; everything is at a checkpoint. */
  readonly outcome: 'reached' | 'stopped';
  /** Absent in histories of earlier versions. */
  readonly writeLatency?: readonly WriteLatency[];
}
