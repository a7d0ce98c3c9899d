/** What the commands about the work itself do: starting, pausing, limits, verifying, going on. */
import { countedFrom } from './back-off.js';
import * as kernel from '../operation/reactions.js';
import { isAccepted } from '../operation/reactions.js';
import { isAttemptRetried, untried } from './facts.js';
import { move } from './kind.js';
import type { Moment, Reaction } from './reaction.js';
import { refusal } from './reaction.js';
import type { MoveState } from './state.js';

export const pause: Reaction = kernel.pause(move);
const verifyBeforeSwitch: Reaction = kernel.verifyAgain(move);

/** Also of attempts to reverse. */
export const setLimits: Reaction = kernel.setLimits(move, ({ gaveUp }) =>
  gaveUp === null ? null : 'It is not tried any more until it is asked for again.',
);

/** From the last safe point, with everything that belongs to attempts reset. */
export const goOn: Reaction = (state, _command, moment) => {
  const { unresolved } = state;
  const next: MoveState = {
    ...countedFrom(kernel.goneOn(state), moment.atMs),
    ...toldAtOnce(state, moment),
    unresolved: unresolved === null ? null : { ...unresolved, againAtMs: moment.atMs },
  };
  return isAccepted(next, moment, 'Tried again from the last safe point; attempts are counted from here.');
};

/** Now instead of at its time, and the router that failed with it; `otherwise` where nothing is tried again. */
export function retryNow(otherwise: Reaction): Reaction {
  const retry: Reaction = kernel.retryNow(move, otherwise);
  return (state, command, moment) => {
    if (state.retrying === null) return otherwise(state, command, moment);
    // An attempt has a back-off of its own beside that.
    const now = isAttemptRetried(state) ? countedFrom(state, moment.atMs) : state;
    return retry({ ...now, ...toldAtOnce(state, moment) }, command, moment);
  };
}

/** Outside of a stop only a router that failed can be tried again. */
export const retryRouter: Reaction = (state, command, moment) =>
  state.routeTrouble === null && state.routeRetrying === null
    ? refusal('nothing waits for an operator')(state, command, moment)
    : isAccepted(
        { ...state, ...toldAtOnce(state, moment) },
        moment,
        `The router is told again of version ${state.version}.`,
      );

/** It goes on failing since then, until it was told. */
function toldAtOnce({ routeRetrying }: MoveState, { atMs }: Moment): Pick<MoveState, keyof typeof untried> {
  if (routeRetrying === null) return untried;
  return { ...untried, routeRetrying: { ...routeRetrying, nextAtMs: Math.min(routeRetrying.nextAtMs, atMs) } };
}

export const verifyAgain: Reaction = (state, command, moment) =>
  (state.traffic.writes === 'target' ? verificationTooLate : verifyBeforeSwitch)(state, command, moment);

export const verificationTooLate = refusal('the writes are on the target; a move is verified before that');
