/** What can happen to a migration. Each event says when (workflow time, milliseconds since 1970). */
import type { CommonHappening } from '../operation/event.js';
import type { Command } from './command.js';
import type { Activity } from './activity.js';
import type { MigrationTerms } from './state.js';
import type { AttemptEnd, Failure } from '../operation/state.js';

interface Swapped {
  readonly outcome: 'swapped';
  readonly completedAt: string;
  readonly blockedMs: number;
}

/** An event without its time. */
export type Happening =
  | CommonHappening<Activity, Command>
  // Ends of activities, in their own words.
  | { readonly kind: 'prepared'; readonly terms: MigrationTerms }
  | { readonly kind: 'attempted'; readonly result: Swapped | ({ readonly outcome: 'notSwapped' } & AttemptEnd) }
  | { readonly kind: 'resolved'; readonly result: Swapped | { readonly outcome: 'notSwapped' } }
  | {
      readonly kind: 'finished';
      readonly rowsCopied: number;
      readonly verified: boolean;
      readonly notCompared?: readonly string[];
    }
  | { readonly kind: 'cleanedUp'; readonly leftBehind?: readonly string[] }
  // Ends of activities without a result: with an error of the catalogue, or without a word (timed out, cancelled).
  | { readonly kind: 'activityFailed'; readonly failure: Failure }
  | { readonly kind: 'activityLost'; readonly cancelled: boolean; readonly problem: string };

export type MigrationEvent = Happening & { readonly atMs: number };
