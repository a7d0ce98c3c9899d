/**
 * What each command does in each phase. The table is total: a new phase or a new command does not compile before every
 * cell is decided (P2: no command is without an answer).
 */
import { withDryRun } from '../operation/dry-run.js';
import type { CommandName } from './command.js';
import type { MigrationPhase } from './phase.js';
import { phaseOf } from './phase.js';
import { isCancelled, isLaunched, launch, setThrottle, stoppingTheAttempt, unpause } from '../operation/reactions.js';
import {
  allow,
  cancel,
  cancelOr,
  comesTooLate,
  goOnFromTrouble,
  holdBack,
  isNotBuilt,
  noVerificationNow,
  nothingToRetry,
  pause,
  retryNow,
  setLimits,
  unlessEnding,
  verifyAgain,
  type Reaction,
} from './reactions.js';

type Row = Readonly<Record<MigrationPhase, Reaction>>;

const ended = { completed: comesTooLate, cancelled: comesTooLate, failed: comesTooLate } as const;

/** A row of one reaction for every phase in which the migration goes on. */
function whileItGoesOn(reaction: Reaction): Row {
  return {
    queued: reaction,
    preparing: reaction,
    copying: reaction,
    indexing: reaction,
    verifying: reaction,
    ready: reaction,
    postponed: reaction,
    cuttingOver: reaction,
    needsOperator: unlessEnding(reaction),
    ...ended,
  };
}

const commandTable: Readonly<Record<CommandName, Row>> = {
  launch: { ...whileItGoesOn(isLaunched), queued: launch, preparing: launch },
  postpone: { ...whileItGoesOn(holdBack), cuttingOver: stoppingTheAttempt(holdBack) },
  resume: whileItGoesOn(allow),
  pause: { ...whileItGoesOn(pause), cuttingOver: stoppingTheAttempt(pause) },
  unpause: whileItGoesOn(unpause),
  setLimits: whileItGoesOn(setLimits),
  retry: {
    ...whileItGoesOn(retryNow(nothingToRetry)),
    needsOperator: goOnFromTrouble,
    completed: retryNow(comesTooLate),
    cancelled: retryNow(comesTooLate),
    failed: retryNow(comesTooLate),
  },
  cancel: {
    ...whileItGoesOn(cancel),
    needsOperator: cancel,
    completed: cancelOr(comesTooLate),
    cancelled: cancelOr(isCancelled),
    failed: cancelOr(comesTooLate),
  },
  verify: { ...whileItGoesOn(verifyAgain), cuttingOver: noVerificationNow },
  setThrottle: whileItGoesOn(setThrottle),
  forceCutOver: { ...whileItGoesOn(isNotBuilt), completed: isNotBuilt, cancelled: isNotBuilt, failed: isNotBuilt },
};

/** Takes a command. */
export const react: Reaction = withDryRun((state, command, moment) =>
  commandTable[command.name][phaseOf(state)](state, command, moment),
);
