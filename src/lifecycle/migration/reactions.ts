/** What commands do. Which of these applies in which phase is the table in commands.ts. */
import { cancel as kernelCancel } from '../operation/cancel.js';
import * as kernel from '../operation/reactions.js';
import { isAccepted, isDone, isRefused, type Moment, type Reacted } from '../operation/reactions.js';
import { isoTime } from '../operation/state.js';
import { attemptsUsedUp, countedFrom } from './back-off.js';
import type { Command } from './command.js';
import { isReady, needsWindow } from './facts.js';
import { joined } from '../operation/sentences.js';
import { mayBegin } from '../operation/window.js';
import { migration } from './kind.js';
import type { MigrationState } from './state.js';

export type Reaction = kernel.Reaction<MigrationState, Command>;

const refusal = (problem: string): Reaction => kernel.refusal(migration, problem);
export const comesTooLate: Reaction = kernel.comesTooLate(migration);
export const unlessEnding = (reaction: Reaction): Reaction => kernel.unlessEnding(migration, reaction);
export const pause: Reaction = kernel.pause(migration);
export const verifyAgain: Reaction = kernel.verifyAgain(migration);

export const isNotBuilt: Reaction = (state, command, moment) =>
  isRefused(state, moment, 'NOT_BUILT_YET', { what: `Command ${command.name}` });

export const holdBack: Reaction = (state, command, moment) => {
  const already = state.postponed?.by === 'operator';
  const postponed = {
    by: 'operator',
    reason: command.reason ?? (already ? state.postponed.reason : 'asked by an operator'),
    since: already ? state.postponed.since : isoTime(moment.atMs),
  } as const;
  const what = already ? `Held back since ${postponed.since}` : 'Held back';
  const message = isReady(state)
    ? `${what}: no cut-over attempt starts until resume. Following goes on.`
    : `${what} once ready: the work goes on, and no cut-over attempt starts until resume.`;
  return isDone({ ...state, postponed, ignoreWindow: false }, moment, message);
};

export const allow: Reaction = (state, { ignoreWindow }, moment) => {
  const was =
    state.postponed === null && state.completeAt === null ? 'It was not held back' : 'The completion is allowed';
  const next: MigrationState = {
    ...state,
    resumeAsked: true,
    postponed: null,
    completeAt: null,
    ignoreWindow: state.ignoreWindow || ignoreWindow,
    ...countedFrom(state, moment.atMs),
  };
  const when = isReady(state) ? 'the attempts are counted from here' : 'attempts start once it is ready';
  const waits = mayBegin(next, needsWindow(next), moment.atMs)
    ? null
    : 'Attempts start in the window; ignoreWindow does not wait for it.';
  return isDone(next, moment, joined(`${was}; ${when}.`, waits) ?? '');
};

const limitsAreSet: Reaction = kernel.setLimits(migration, (next) =>
  next.postponed?.by === 'system' && !attemptsUsedUp(next) ? 'It stays postponed until resume.' : null,
);

export const setLimits: Reaction = (state, command, moment) => {
  const { notBuilt } = command;
  return notBuilt.length > 0
    ? isRefused(state, moment, 'NOT_BUILT_YET', { what: `setLimits with ${notBuilt.join(', ')}` })
    : limitsAreSet(state, command, moment);
};

/** From the last safe point. */
export const goOnFromTrouble: Reaction = (state, _command, moment) => {
  const next: MigrationState = { ...kernel.goneOn(state), ...countedFrom(state, moment.atMs) };
  return isAccepted(next, moment, triedAgainWords(state));
};

function triedAgainWords({ unresolved, swap, stop }: MigrationState): string {
  if (unresolved !== null) return 'It is looked again whether the last attempt swapped.';
  if (swap !== null) return 'It is tried again to close the records.';
  if (stop !== null) return 'It is tried again to remove what was made.';
  return 'Tried again from the last safe point; the attempts are counted from here.';
}

export const retryNow = (otherwise: Reaction): Reaction => kernel.retryNow(migration, otherwise);

export const nothingToRetry = refusal('nothing waits for an operator');

const stopForGood: Reaction = kernelCancel(migration);

/** Stops for good. What ends already and cannot be ended properly ends as it is. */
export const cancel: Reaction = (state, command, moment) => {
  if (cannotBeEnded(state)) return leaveBehind(state, moment);
  return (state.swap === null ? stopForGood : comesTooLate)(state, command, moment);
};

/** The same for what has ended or is about to: `otherwise` where it ends well. */
export function cancelOr(otherwise: Reaction): Reaction {
  return (state, command, moment) =>
    cannotBeEnded(state) ? leaveBehind(state, moment) : otherwise(state, command, moment);
}

/** Whether what ends it (after a swap or a stop) fails; what is merely unclear is looked into once more first. */
function cannotBeEnded({ swap, stop, trouble, retrying, unresolved }: MigrationState): boolean {
  if (swap === null && stop === null) return false;
  const isUnclear = unresolved !== null && trouble?.code === 'OUTCOME_UNCLEAR';
  return (trouble !== null && !isUnclear) || retrying !== null;
}

/** Ends although the server cannot be reached: whose workflow is gone is cleaned up after by the next one (P4). */
function leaveBehind(state: MigrationState, moment: Moment): Reacted<MigrationState> {
  const why = (state.trouble ?? state.retrying?.last)?.message ?? 'it was given up';
  const sentence = `${leftWords(state)} (${why}): the next operation on the table sees to that, or reconcile.`;
  const next = { ...state, closed: true, trouble: null, retrying: null, unresolved: null, leftBehind: [sentence] };
  return isAccepted(next, moment, `It ends as it is. ${sentence}`);
}

function leftWords({ swap, unresolved }: MigrationState): string {
  if (swap !== null) return 'The records of the migration are still open';
  if (unresolved !== null) return 'It was not found out whether the last attempt swapped, and nothing was removed';
  return 'What was made for the migration was not removed';
}

export const noVerificationNow = refusal('a cut-over attempt runs; postpone it first');
