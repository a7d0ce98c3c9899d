/**
 * What each command does in each phase. The table is total: a new phase or a new command does not compile before every
 * cell is decided (P2: no command is without an answer).
 */
import type { Command, CommandName } from './command.js';
import type { MigrationPhase } from './phase.js';
import { phaseOf } from './phase.js';
import type { Reacted, Reaction } from './reactions.js';
import {
  allow,
  cancel,
  cancelOr,
  changeCutOver,
  comesTooLate,
  goOnFromTrouble,
  holdBack,
  isCancelled,
  isLaunched,
  isNotBuilt,
  launch,
  noVerificationNow,
  nothingToRetry,
  pause,
  retryNow,
  stoppingTheAttempt,
  unlessEnding,
  unpause,
  verifyAgain,
} from './reactions.js';
import type { MigrationState } from './state.js';

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
  setCutOver: whileItGoesOn(changeCutOver),
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
  setThrottle: { ...whileItGoesOn(isNotBuilt), completed: isNotBuilt, cancelled: isNotBuilt, failed: isNotBuilt },
  forceCutOver: { ...whileItGoesOn(isNotBuilt), completed: isNotBuilt, cancelled: isNotBuilt, failed: isNotBuilt },
};

/** Takes a command and the time (milliseconds since 1970); the answer is null when it waits for the attempt's word. */
export function react(state: MigrationState, command: Command, atMs: number): Reacted {
  return commandTable[command.name][phaseOf(state)](state, command, atMs);
}
