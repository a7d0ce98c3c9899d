/** A migration, as the kernel has to know it. */
import { stopSentence } from '../operation/answers.js';
import type { Kind } from '../operation/kind.js';
import { decide } from './decide.js';
import { attemptInFlight, isReady, limitsOf, needsWindow } from './facts.js';
import { phaseOf } from './phase.js';
import type { MigrationState } from './state.js';

export const migration: Kind<MigrationState> = {
  type: 'onlineDdl',
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
  troubleOf: ({ trouble }) => trouble,
  failing: ({ retrying, running }) => (retrying === null ? null : { retrying, isIdle: running === null }),
  heldBySystem: ({ postponed }) =>
    postponed?.by === 'system' ? { reason: postponed.reason, since: postponed.since } : null,
  switchesOf: ({ swap }) => ({
    switchedAt: swap?.completedAt ?? null,
    reversedAt: null,
    blockedMs: swap?.blockedMs ?? 0,
  }),
  // An attempt without a word has either swapped or not, and one of the two tables takes the writes.
  writesRefusedSince: () => null,
  endOf,
  stopped: (state, stop) => ({ ...state, stop }),
};

/** What has ended does not go on at any time. */
function endOf(state: MigrationState): ReturnType<Kind<MigrationState>['endOf']> {
  if (decide(state, 0).main.kind !== 'end') return null;
  const outcome = state.swap === null ? (state.stop?.kind ?? 'cancelled') : 'completed';
  return { outcome, residuals: state.leftBehind };
}
