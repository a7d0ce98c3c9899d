/** A move, as the kernel has to know it. */
import { stopSentence } from '../operation/answers.js';
import type { Kind } from '../operation/kind.js';
import { decide } from './decide.js';
import { anyTrouble, attemptInFlight, failing, isReady, limitsOf, needsWindow, writesRefusedSince } from './facts.js';
import { phaseOf } from './phase.js';
import { fitting } from './remedies.js';
import type { MoveState } from './state.js';

export const move: Kind<MoveState> = {
  type: 'moveTables',
  noun: 'move',
  purpose: 'switch',
  phaseOf,
  isReady,
  limitsOf,
  needsWindow,
  ending: ({ completion, stop, closed }) =>
    completion !== null
      ? `the move is ${closed ? 'completed' : 'being completed'} since ${completion.at}`
      : stopSentence('the move', stop),
  isIdle: ({ running }) => running.main === null,
  isAttempting: (state) => attemptInFlight(state) !== null,
  troubleOf: anyTrouble,
  failing,
  heldBySystem: ({ gaveUp }) => (gaveUp === null ? null : { reason: gaveUp.reason, since: gaveUp.since }),
  switchesOf: ({ switchedAt, reversedAt, blockedMs }) => ({ switchedAt, reversedAt, blockedMs }),
  writesRefusedSince,
  endOf,
  stopped: (state, stop) => ({
    ...state,
    stop: { ...(stop.kind === 'failed' ? { ...stop, failure: fitting(state, stop.failure) } : stop), skip: [] },
  }),
};

/** What has ended does not go on at any time. */
function endOf(state: MoveState): ReturnType<Kind<MoveState>['endOf']> {
  if (decide(state, 0).main.kind !== 'end') return null;
  const outcome = state.completion === null ? (state.stop?.kind ?? 'cancelled') : 'completed';
  return { outcome, residuals: state.residuals };
}
