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
  /** What a small write of ours takes now, on the slowest of the servers; absent while none is measured. */
  readonly writeMs?: number;
  readonly detail?: string;
  /** What the work waits for, each since when and why; absent while it waits for nothing. */
  readonly waitsFor?: string;
}

/** What running work waits for (P11). */
export interface Wait {
  /** By which it is told from others: `throttle.lagMsMax`, `lock`, `feed`, `server`. */
  readonly for: string;
  /** ISO time. */
  readonly since: string;
  /** In words, with the figure and its limit, or with who holds it up. */
  readonly why: string;
}

/** How what was verified is verified again while it is held back or followed. */
export interface VerifyAgain {
  /** How long after the end of a verification the next one begins. */
  readonly everyMs: number;
  /** For which share of the time it reads at most, above 0 and at most 1. */
  readonly timeShareMax: number;
}

/** What was copied, and how much of it was compared. */
export interface Copied {
  readonly rowsCopied: number;
  /** The whole copy was compared with its source, and what changed after that again, apart from `notCompared`. */
  readonly verified: boolean;
  /** What was not compared (tables, columns, rows, later changes), one sentence each; empty as a rule. */
  readonly notCompared: readonly string[];
}

/** That part of something larger. */
export function copiedIn({ rowsCopied, verified, notCompared }: Copied): Copied {
  return { rowsCopied, verified, notCompared };
}

/** What the work has come to so far. */
export interface WorkDone extends Copied {
  /** What it has cost the application (P12), for each cluster that it was on. */
  readonly writeLatency: readonly WriteLatency[];
}

export const nothingDone: WorkDone = { rowsCopied: 0, verified: false, notCompared: [], writeLatency: [] };

/** That part of something larger. */
export function workDone(of: WorkDone): WorkDone {
  return { ...copiedIn(of), writeLatency: of.writeLatency };
}

/** What a run of `synchronise` tells; without what it has cost in histories of earlier versions. */
export interface Synchronised extends Copied, Partial<Pick<WorkDone, 'writeLatency'>> {
  /** `reached`: the goal was reached. `stopped`: the workflow asked for it; everything is at a checkpoint. */
  readonly outcome: 'reached' | 'stopped';
}
