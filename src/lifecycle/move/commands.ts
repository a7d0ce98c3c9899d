/**
 * What each command does in each phase. The table is total: a new phase or a new command does not compile before every
 * cell is decided (P2: no command is without an answer).
 */
import type { MoveCommandName } from './command.js';
import {
  cancel,
  complete,
  completeInTrouble,
  forceComplete,
  forceCompleteInTrouble,
  isCompleting,
  notOnTarget,
  promote,
  whileCleaningUp,
} from './end-reactions.js';
import { routerFails } from './facts.js';
import type { MovePhase } from './phase.js';
import { commandPhaseOf } from './phase.js';
import { withDryRun } from '../operation/dry-run.js';
import { planSteps } from './plan.js';
import type { Reaction } from './reaction.js';
import { comesTooLate, refusal, unlessEnding, writesNotSwitched } from './reaction.js';
import {
  askReverse,
  askSwitch,
  notKeptUp,
  notWhileSwitching,
  reverseInTrouble,
  reverseWhileCompleting,
  reverseRuns,
  switchedForGood,
  switchReads,
  takeBack,
} from './traffic-reactions.js';
import { goOn, pause, retryNow, retryRouter, setLimits, verificationTooLate, verifyAgain } from './work-reactions.js';
import { isCancelled, isLaunched, launch, setThrottle, stoppingTheAttempt, unpause } from '../operation/reactions.js';

type Row = Readonly<Record<MovePhase, Reaction>>;

const tooEarly = refusal('it is not ready yet; the option autoSwitch switches by itself once it is');
const attemptRuns = refusal('an attempt to move traffic runs; once it has ended this is possible');
const noPause = refusal('the move is being completed');
const troubled = refusal('a person is waited for; send retry first');
const beingForced = refusal('the move is being completed by force');

const ended = { completed: comesTooLate, cancelled: comesTooLate, failed: comesTooLate } as const;

/** One reaction for every phase before traffic can move. */
function before(reaction: Reaction) {
  return { queued: reaction, preparing: reaction, copying: reaction, indexing: reaction } as const;
}

/** One reaction for every phase in which the move goes on. */
function whileItGoesOn(reaction: Reaction): Row {
  return {
    ...before(reaction),
    following: reaction,
    switching: reaction,
    switched: reaction,
    reversing: reaction,
    completing: reaction,
    forceCompleting: reaction,
    needsOperator: unlessEnding(reaction),
    ...ended,
  };
}

const commandTable: Readonly<Record<MoveCommandName, Row>> = {
  launch: { ...whileItGoesOn(isLaunched), queued: launch, preparing: launch },
  pause: {
    ...whileItGoesOn(pause),
    switching: stoppingTheAttempt(pause),
    reversing: stoppingTheAttempt(pause),
    completing: noPause,
    forceCompleting: noPause,
  },
  unpause: whileItGoesOn(unpause),
  setLimits: whileItGoesOn(setLimits),
  setThrottle: whileItGoesOn(setThrottle),
  retry: {
    ...whileItGoesOn(retryNow(retryRouter)),
    needsOperator: goOn,
    cancelled: retryNow(retryWhileEnding()),
    failed: retryNow(retryWhileEnding()),
  },
  verify: {
    ...whileItGoesOn(verificationTooLate),
    ...before(verifyAgain),
    following: verifyAgain,
    switching: attemptRuns,
    needsOperator: unlessEnding(verifyAgain),
  },
  switchTraffic: {
    ...whileItGoesOn(switchedForGood),
    ...before(tooEarly),
    following: askSwitch,
    switching: askSwitch,
    switched: switchReads,
    reversing: attemptRuns,
    needsOperator: unlessEnding(troubled),
  },
  reverseTraffic: {
    ...whileItGoesOn(notKeptUp),
    ...before(takeBack),
    following: takeBack,
    switching: notWhileSwitching,
    switched: askReverse,
    reversing: reverseRuns,
    completing: reverseWhileCompleting,
    forceCompleting: reverseWhileCompleting,
    needsOperator: reverseInTrouble,
  },
  complete: {
    ...whileItGoesOn(writesNotSwitched),
    switching: attemptRuns,
    switched: complete,
    reversing: attemptRuns,
    completing: isCompleting,
    forceCompleting: beingForced,
    needsOperator: completeInTrouble,
  },
  forceComplete: {
    ...whileItGoesOn(writesNotSwitched),
    following: promote,
    switching: attemptRuns,
    switched: forceComplete,
    reversing: attemptRuns,
    completing: forceComplete,
    forceCompleting: forceComplete,
    needsOperator: forceCompleteInTrouble,
  },
  cancel: {
    ...whileItGoesOn(cancel),
    switched: notOnTarget,
    reversing: notOnTarget,
    completing: comesTooLate,
    forceCompleting: comesTooLate,
    needsOperator: cancel,
    cancelled: whileCleaningUp(isCancelled),
    failed: whileCleaningUp(comesTooLate),
  },
};

/** A router that failed holds the clean-up up, too. */
function retryWhileEnding(): Reaction {
  return (state, command, moment) => (routerFails(state) ? retryRouter : comesTooLate)(state, command, moment);
}

/** Takes a command. */
export const react: Reaction = withDryRun(
  (state, command, moment) => commandTable[command.name][commandPhaseOf(state)](state, command, moment),
  planSteps,
);
