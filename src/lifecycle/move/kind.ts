/** A move, as the kernel has to know it. */
import { stopSentence } from '../operation/answers.js';
import type { Kind } from '../operation/kind.js';
import { attemptInFlight, isReady, limitsOf, needsWindow } from './facts.js';
import { phaseOf } from './phase.js';
import type { MoveState } from './state.js';

export const move: Kind<MoveState> = {
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
  stopped: (state, stop) => ({ ...state, stop: { ...stop, skip: [] } }),
};
