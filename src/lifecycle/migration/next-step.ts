/** What people read about a migration: why it is where it is, and what they can do about it. */
import { lastAttemptSentence } from '../operation/answers.js';
import { nextAttemptAtMs } from './back-off.js';
import type { CommandName } from './command.js';
import { phaseOf } from './phase.js';
import type { MigrationState } from './state.js';
import { attemptInFlight, isReady, needsWindow } from './facts.js';
import { completeAtMs } from '../operation/complete-at.js';
import { closedSentence, opensAtMs } from '../operation/window.js';
import { isoTime } from '../operation/state.js';
import { failingSentence, failingStep, heldStep, joined, pausedSentence } from '../operation/sentences.js';
import { migration } from './kind.js';
import { nothingToSend, toSend, type NextStep } from '../operation/next-step.js';

/** What a person can or should do next; `cleanup` is the id of the workflow that drops the old table, where it is known. */
export function nextStep(state: MigrationState, cleanup: string | null = null): NextStep<CommandName> {
  const phase = phaseOf(state);
  if (state.closed && state.running !== null) return nothingToSend('it ends as soon as what runs has ended.');
  const failing = migration.failing(state);
  if (failing !== null) return toSend(failingStep(failing, cancelWords(state)), 'retry');
  switch (phase) {
    case 'needsOperator':
      return toSend(`${state.trouble?.remedy ?? ''} Then send retry to go on; ${cancelWords(state)}.`, 'retry');
    case 'completed':
      return nothingToSend(
        `it is done. The workflow ${cleanup ?? 'tableCleanup'} keeps the old table for a while and then drops it.`,
      );
    case 'cancelled':
    case 'failed':
      return nothingToSend(state.closed ? 'it has ended.' : 'what it made is being removed.');
    case 'cuttingOver':
      return nothingToSend('a cut-over attempt runs. postpone stops it if it has not swapped yet.', 'postpone');
    default:
  }
  const held = heldStep(state);
  if (held !== null) return held;
  switch (phase) {
    case 'queued':
      return state.terms === null
        ? nothingToSend('it is about to start.')
        : toSend('Send launch to start it.', 'launch');
    case 'postponed':
      if (state.postponed === null) {
        const from = `it completes by itself from ${state.completeAt ?? ''} on.`;
        return nothingToSend(`${from} resume completes it now, postpone holds it back.`, 'resume');
      }
      return toSend('Send resume to let it complete.', 'resume');
    case 'ready':
      return whileReady(state);
    default:
      return state.postponed === null
        ? nothingToSend('it goes on by itself. postpone holds the completion back.', 'postpone')
        : nothingToSend('it goes on by itself until it is ready. resume allows the completion.', 'resume');
  }
}

function whileReady(state: MigrationState): NextStep<CommandName> {
  const goesOn = 'the next attempt starts by itself.';
  const input = { ignoreWindow: true };
  if (!needsWindow(state)) return nothingToSend(`${goesOn} postpone holds it back, resume starts it now.`, 'resume');
  if (state.window?.problem === undefined) {
    return nothingToSend(`${goesOn} resume with ignoreWindow does not wait for the window.`, 'resume', input);
  }
  return toSend('Send setLimits with a window that opens, or resume with ignoreWindow.', 'resume', input);
}

/** What `cancel` does while something fails, or waits for a person. */
function cancelWords({ swap, stop, unresolved, trouble }: MigrationState): string {
  if (swap !== null) return 'cancel ends the workflow without that: the migration is completed';
  const isUnclear = unresolved !== null && trouble?.code === 'OUTCOME_UNCLEAR';
  if (isUnclear) return 'cancel ends the migration and drops nothing that may not be its own';
  if (stop !== null) return 'cancel ends it as it is, and leaves what was made to reconcile';
  return unresolved === null ? 'cancel ends the migration' : 'cancel ends it once that is found out';
}

/** Why it is in its phase, and what fails; null where the phase says it all. */
export function reasonOf(state: MigrationState): string | null {
  if (state.trouble !== null) return state.trouble.message;
  return joined(phaseReason(state), failingSentence(migration.failing(state)));
}

function phaseReason(state: MigrationState): string | null {
  if (state.unresolved !== null)
    return `What became of the last attempt is being found out: ${state.unresolved.problem}`;
  if (attemptInFlight(state)) return stopsAttempt(state) ? 'The attempt is being stopped.' : null;
  if (state.swap !== null) return state.closed ? null : 'The new table is in place; the records are being closed.';
  if (state.stop !== null) return state.stop.kind === 'failed' ? state.stop.failure.message : state.stop.reason;
  if (state.pauseReasons.length > 0) return pausedSentence(state);
  switch (phaseOf(state)) {
    case 'queued':
      return state.terms === null ? null : 'It was started with postponeLaunch; its input and its table were checked.';
    case 'postponed':
      return state.postponed === null
        ? `Held back until ${state.completeAt ?? ''} (completeAt).`
        : `Held back by the ${state.postponed.by}: ${state.postponed.reason}`;
    case 'ready':
      if (needsWindow(state) && closedSentence(state) !== null) return closedSentence(state);
      return state.lastAttempt === null
        ? null
        : `The next attempt starts at ${nextAttemptAt(state) ?? 'once'}; ${lastAttemptSentence(state)}.`;
    default:
      return null;
  }
}

function stopsAttempt(state: MigrationState): boolean {
  return state.postponed !== null || state.pauseReasons.length > 0 || state.stop !== null;
}

/** When the next attempt starts, for people; null where none is waited for. */
export function nextAttemptAt(state: MigrationState): string | null {
  const waits = isReady(state) && state.postponed === null && state.pauseReasons.length === 0;
  const open = state.stop === null && state.swap === null && state.trouble === null && !attemptInFlight(state);
  const atMs = nextAttemptAtMs(state);
  if (!waits || !open || atMs === null) return null;
  return isoTime(Math.max(atMs, completeAtMs(state) ?? 0, opensAtMs(state, needsWindow(state)) ?? 0));
}
