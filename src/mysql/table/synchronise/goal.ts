/** What a run of `synchronise` is for, what it reports on its way, and what it comes to. */

/**
 * Stages in their order; `follow` comes after all and never ends by itself. `caughtUp`: everything that was committed
 * at the beginning is applied.
 */
export type Goal = 'copied' | 'indexed' | 'verified' | 'caughtUp' | 'follow';

export interface Progress {
  readonly stage: 'copying' | 'indexing' | 'verifying' | 'following';
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

/** What a run for a goal shows before it has anything to report. */
export const firstStages: Readonly<Record<Goal, Progress['stage']>> = {
  copied: 'copying',
  indexed: 'indexing',
  verified: 'verifying',
  caughtUp: 'following',
  follow: 'following',
};

export interface SynchroniseOutcome {
  readonly outcome: 'reached' | 'stopped';
  readonly rowsCopied: number;
  readonly verified: boolean;
  readonly notCompared: readonly string[];
}
