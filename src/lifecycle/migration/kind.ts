/** A migration, as the kernel has to know it. */
import { stopSentence } from '../operation/answers.js';
import type { Kind } from '../operation/kind.js';
import { attemptInFlight, isReady, limitsOf, needsWindow } from './facts.js';
import { phaseOf } from './phase.js';
import type { MigrationState } from './state.js';

export const migration: Kind<MigrationState> = {
  noun: 'migration',
  purpose: 'swap',
  phaseOf,
  isReady,
  limitsOf,
  needsWindow,
  ending: ({ swap, stop }) =>
    swap !== null ? `the migration completed at ${swap.completedAt}` : stopSentence('the migration', stop),
  isIdle: ({ running }) => running === null,
  isAttempting: attemptInFlight,
  stopped: (state, stop) => ({ ...state, stop }),
};
