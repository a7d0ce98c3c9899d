/** What a run of `synchronise` is for, what it reports on its way, and what it comes to. */

import type { ProgressHeartbeat, SynchroniseGoal } from '../../../domain/progress.js';

/** `caughtUp`: everything that was committed at the beginning is applied. */
export type Goal = SynchroniseGoal | 'caughtUp';

export interface Progress extends ProgressHeartbeat {
  readonly stage: 'copying' | 'indexing' | 'verifying' | 'following';
}

/** What a run for a goal shows before it has anything to report. */
export const firstStages: Readonly<Record<Goal, Progress['stage']>> = {
  copied: 'copying',
  indexed: 'indexing',
  verified: 'verifying',
  caughtUp: 'following',
  follow: 'following',
};
