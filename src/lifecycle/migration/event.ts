/** What can happen to a migration. Each event says when (workflow time, milliseconds since 1970). */
import type { Copied } from '../../domain/progress.js';
import type { CutOverResolution, Swapped } from '../../domain/attempt.js';
import type { CommonHappening, EndWithoutResult } from '../operation/event.js';
import type { Command } from './command.js';
import type { Activity } from './activity.js';
import type { MigrationTerms } from './state.js';
import type { AttemptEnd } from '../operation/state.js';

/** An event without its time. */
export type Happening =
  | CommonHappening<Activity, Command>
  // Ends of activities, in their own words.
  | { readonly kind: 'prepared'; readonly terms: MigrationTerms }
  | { readonly kind: 'attempted'; readonly result: Swapped | ({ readonly outcome: 'notSwapped' } & AttemptEnd) }
  | { readonly kind: 'resolved'; readonly result: CutOverResolution }
  // What was not compared is absent in histories of earlier versions.
  | ({ readonly kind: 'finished' } & Omit<Copied, 'notCompared'> & Partial<Pick<Copied, 'notCompared'>>)
  | { readonly kind: 'cleanedUp'; readonly leftBehind?: readonly string[] }
  | EndWithoutResult;

export type MigrationEvent = Happening & { readonly atMs: number };
