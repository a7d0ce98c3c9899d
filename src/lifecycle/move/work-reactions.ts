/** What the commands about the work itself do: starting, pausing, limits, verifying, going on. */
import { countedFrom } from './back-off.js';
import type { ThrottleLimits } from './command.js';
import { isReady } from './facts.js';
import { isPaused } from '../operation/facts.js';
import type { Reaction } from './reaction.js';
import { isAccepted, isDone, refusal } from './reaction.js';
import type { MoveState } from './state.js';

export const launch: Reaction = (state, _command, moment) =>
  isDone(
    { ...state, launchAsked: true },
    moment,
    state.launchAsked ? 'Launched already.' : 'Launched: it starts now, if it waited for that.',
  );

export const isLaunched: Reaction = (state, _command, moment) =>
  isDone(state, moment, 'Launched already; nothing was changed.');

export const pause: Reaction = (state, _command, moment) => {
  if (state.pauseReasons.includes('operator')) return isDone(state, moment, 'Paused already; unpause goes on.');
  const next: MoveState = { ...state, pauseReasons: [...state.pauseReasons, 'operator'] };
  return state.running.main === null
    ? isDone(next, moment, 'Paused; unpause goes on.')
    : isAccepted(next, moment, 'Pausing: what runs ends at its next safe point, and no attempt starts until unpause.');
};

export const unpause: Reaction = (state, _command, moment) => {
  if (!isPaused(state)) return isDone(state, moment, 'It was not paused; nothing was changed.');
  return isDone({ ...state, pauseReasons: [] }, moment, 'It goes on.');
};

export const setThrottle: Reaction = (state, { options }, moment) => {
  const given = Object.entries(options.throttle ?? {}).filter(([, value]) => value !== undefined);
  const limits: ThrottleLimits = { ...state.throttle.limits, ...Object.fromEntries(given) };
  const old = state.throttle.limits as Readonly<Record<string, unknown>>;
  const changed = given.some(([name, value]) => (old[name] ?? null) !== value);
  const revision = changed ? state.throttle.revision + 1 : state.throttle.revision;
  const words = Object.entries(limits).filter(([, value]) => value != null);
  const text = words.length === 0 ? 'none' : words.map(([name, value]) => `${name} ${value}`).join(', ');
  return isDone({ ...state, throttle: { revision, limits } }, moment, `The limits are now: ${text}.`);
};

/** From the last safe point, with everything that belongs to attempts reset. */
export const goOn: Reaction = (state, _command, moment) => {
  const { unresolved } = state;
  const next: MoveState = {
    ...countedFrom(state, moment.atMs),
    trouble: null,
    routeTrouble: null,
    lastAttempt: null,
    unresolved: unresolved === null ? null : { ...unresolved, againAtMs: moment.atMs },
  };
  return isAccepted(next, moment, 'Tried again from the last safe point; attempts are counted from here.');
};

/** Outside of a stop only a router that failed can be tried again. */
export const retryRouter: Reaction = (state, command, moment) =>
  state.routeTrouble === null
    ? refusal('nothing waits for an operator')(state, command, moment)
    : isAccepted({ ...state, routeTrouble: null }, moment, `The router is told again of version ${state.version}.`);

export const verifyAgain: Reaction = (state, command, moment) => {
  if (state.traffic.writes === 'target') return verificationTooLate(state, command, moment);
  const when = isReady(state) ? 'now' : 'when the copy and its indexes are done, before any attempt';
  const hold = isPaused(state) ? ', once it goes on after unpause' : '';
  const trouble = state.trouble === null ? '' : ', after retry';
  const message = `Verification runs ${when}${hold}${trouble}; its end is in the status.`;
  return isAccepted({ ...state, verifyRequested: true }, moment, message);
};

export const verificationTooLate = refusal('the writes are on the target; a move is verified before that');
