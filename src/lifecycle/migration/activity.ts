/** The activities of a migration, as data. */
import type { SynchroniseGoal } from '../../domain/progress.js';
import type { Meaning } from '../operation/work.js';

/** An activity of the data plane; at most one runs at a time. */
export type Activity =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'synchronise'; readonly goal: SynchroniseGoal; readonly throttleRevision: number }
  | { readonly kind: 'watchPaused' }
  | { readonly kind: 'attemptCutOver' }
  | { readonly kind: 'resolveCutOver' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'cleanUp' };

export const meaning: Readonly<Record<Activity['kind'], Meaning>> = {
  prepare: 'preparation',
  synchronise: 'lasting',
  watchPaused: 'lasting',
  attemptCutOver: 'attempt',
  resolveCutOver: 'resolution',
  finish: 'ending',
  cleanUp: 'ending',
};

/** Whether an activity may be cancelled when something else is wanted; the others are waited for. */
export function isStoppable({ kind }: Activity): boolean {
  return meaning[kind] !== 'resolution' && meaning[kind] !== 'ending';
}
