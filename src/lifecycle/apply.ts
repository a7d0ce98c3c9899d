/**
 * How an event changes the state of a migration: one half of the reconciliation loop (decide.ts is the other). Every
 * event is taken in every state, since commands and the ends of activities cross on their way; SPEC.md has the
 * invariants that this keeps.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { accepted, answerAfterAttempt, done, lastAttemptSentence } from './answers.js';
import { attemptsUsedUp } from './back-off.js';
import { react } from './commands.js';
import type { MigrationEvent } from './event.js';
import { answered, recorded } from './outbox.js';
import type { AttemptEnd, Failure, MigrationState, Postponement, Stop } from './state.js';
import { attemptInFlight, hasReached, isoTime, isReady } from './state.js';

/** The state after `event`. Pure; never throws. */
export function apply(state: MigrationState, event: MigrationEvent): MigrationState {
  return settle(change(state, event), event.atMs);
}

function change(state: MigrationState, event: MigrationEvent): MigrationState {
  const { atMs } = event;
  switch (event.kind) {
    case 'started':
      return started(state, event.activity);
    case 'prepared': {
      const queued = event.terms.postponeLaunch && !state.launchAsked;
      const held = state.postponed ?? heldFromTheStart(event.terms.postponeCompletion && !state.resumeAsked, atMs);
      const idle = { ...state, running: null, terms: event.terms, postponed: held };
      return queued || hasReached(state, 'prepared') ? idle : { ...idle, progress: 'prepared' };
    }
    case 'synchronised':
      return synchronised(state, event);
    case 'watchedPaused':
      return { ...state, running: null };
    case 'attempted':
      return event.result.outcome === 'swapped'
        ? swapped(state, event.result)
        : attemptEnded(state, { ...event.result }, atMs);
    case 'resolved':
      return event.result.outcome === 'swapped' ? swapped(state, event.result) : notSwappedAfterAll(state, atMs);
    case 'finished': {
      const { rowsCopied, verified, notCompared = state.notCompared } = event;
      return { ...state, running: null, closed: true, rowsCopied, verified, notCompared };
    }
    case 'cleanedUp':
      return { ...state, running: null, closed: true };
    case 'activityFailed':
      return activityFailed(state, event.failure, atMs);
    case 'activityLost':
      return activityLost(state, event, atMs);
    case 'command': {
      const reacted = react(state, event.command, atMs);
      return reacted.answer === null
        ? { ...reacted.state, pending: [...state.pending, event.command] }
        : answered(reacted.state, event.command, reacted.answer);
    }
    case 'commandNotUnderstood': {
      const { code, message, audited } = event;
      const refused = answered(state, { ...event, id: null }, { outcome: 'refused', code, message, at: isoTime(atMs) });
      return audited ? refused : { ...refused, outbox: state.outbox };
    }
    case 'cancelRequested':
      return cancelRequested(state, atMs);
    case 'outboxTaken':
      return { ...state, outbox: [] };
  }
}

function started(state: MigrationState, activity: NonNullable<MigrationState['running']>): MigrationState {
  const next = { ...state, running: activity, grant: state.grant + 1 };
  if (activity.kind !== 'attemptCutOver') return next;
  return { ...next, attempts: state.attempts + 1, attemptsSinceResume: state.attemptsSinceResume + 1 };
}

function heldFromTheStart(asked: boolean, atMs: number): Postponement | null {
  return asked ? { by: 'operator', reason: 'started with postponeCompletion', since: isoTime(atMs) } : null;
}

function synchronised(
  state: MigrationState,
  event: Extract<MigrationEvent, { readonly kind: 'synchronised' }>,
): MigrationState {
  const { rowsCopied, verified, notCompared } = event;
  const next = { ...state, running: null, rowsCopied, verified, notCompared };
  const goal = state.running?.kind === 'synchronise' ? state.running.goal : 'follow';
  if (event.outcome !== 'reached' || goal === 'follow') return next;
  const verifyRequested = state.verifyRequested && goal !== 'verified';
  return { ...next, verifyRequested, progress: goal };
}

/** The point of no return: whatever was decided about stopping is void. */
function swapped(
  state: MigrationState,
  { completedAt, blockedMs }: { readonly completedAt: string; readonly blockedMs: number },
): MigrationState {
  const swap = { completedAt, blockedMs };
  return { ...state, running: null, unresolved: null, stop: null, trouble: null, lastAttempt: null, swap };
}

function attemptEnded(state: MigrationState, { reason, detail, blockers }: AttemptEnd, atMs: number): MigrationState {
  return { ...state, running: null, lastAttempt: { reason, detail, blockers }, backOffSinceMs: atMs };
}

function notSwappedAfterAll(state: MigrationState, atMs: number): MigrationState {
  const failure = state.unresolved?.failure ?? null;
  const detail = failure?.message ?? state.unresolved?.problem ?? 'the attempt was lost';
  const next = { ...attemptEnded(state, { reason: 'lost', detail, blockers: [] }, atMs), unresolved: null };
  return failure === null || failure.kind === 'retryable' ? next : stoppedBy(next, failure, atMs);
}

/** An error that ends the migration, or that a person has to look at; a decision to stop comes before both. */
function stoppedBy(state: MigrationState, failure: Failure, atMs: number): MigrationState {
  if (state.stop !== null) return state;
  if (failure.kind === 'needsOperator') return { ...state, trouble: failure };
  return { ...state, stop: { kind: 'failed', failure, at: isoTime(atMs) } };
}

function activityFailed(state: MigrationState, failure: Failure, atMs: number): MigrationState {
  const idle = { ...state, running: null };
  switch (state.running?.kind) {
    case 'prepare': {
      // A terminal error of the first preparation says that nothing was left behind.
      const nothingMade = state.terms === null && failure.kind === 'terminal';
      return { ...stoppedBy(idle, failure, atMs), closed: nothingMade };
    }
    case 'attemptCutOver':
      return { ...idle, unresolved: { failure, problem: failure.message } };
    case 'resolveCutOver':
    case 'finish':
      return { ...idle, trouble: { ...failure, kind: 'needsOperator' } };
    case 'cleanUp':
      // Where the preparation told us nothing, the next operation on the table finds and removes what there may be.
      return state.terms === null
        ? { ...idle, closed: true }
        : { ...idle, trouble: { ...failure, kind: 'needsOperator' } };
    case 'synchronise':
    case 'watchPaused':
    case undefined:
      // What lasts is tried again without limit: an error that passes is told only where it met a request to stop.
      return failure.kind === 'retryable' ? idle : stoppedBy(idle, failure, atMs);
  }
}

function activityLost(
  state: MigrationState,
  { cancelled, problem }: { readonly cancelled: boolean; readonly problem: string },
  atMs: number,
): MigrationState {
  const idle = { ...state, running: null };
  switch (state.running?.kind) {
    case 'attemptCutOver':
      return { ...idle, unresolved: { failure: null, problem } };
    case 'prepare':
      return cancelled ? idle : stoppedBy(idle, lostFailure('prepareMigration', problem), atMs);
    case 'cleanUp':
      return state.terms === null ? { ...idle, closed: true } : idle;
    default:
      // Everything is at a checkpoint, or is asked again: `decide` says what goes on.
      return idle;
  }
}

function lostFailure(work: string, problem: string): Failure {
  const { code, kind, message, remedy, facts } = new SwitchyardError('WORK_LOST', { work, problem });
  return { code, kind, message, remedy, facts };
}

/** Temporal's own Cancel: as the command, but nobody waits for an answer and the workflow ends as Canceled. */
function cancelRequested(state: MigrationState, atMs: number): MigrationState {
  if (state.swap !== null) return state;
  const reason = "Temporal's own Cancel";
  const stop: Stop = state.stop ?? { kind: 'cancelled', by: 'temporal', reason, at: isoTime(atMs) };
  return recorded({ ...state, stop, trouble: null }, 'cancel', reason, accepted(atMs, 'Cancel was requested.'));
}

/** What follows from a state whatever led to it. */
function settle(state: MigrationState, atMs: number): MigrationState {
  let next = state;
  if (isReady(next)) {
    next = { ...next, readyAt: next.readyAt ?? isoTime(atMs), backOffSinceMs: next.backOffSinceMs ?? atMs };
    next = postponedBySystem(next, atMs);
  }
  if (next.pending.length === 0 || attemptInFlight(next)) return next;
  const { pending } = next;
  next = { ...next, pending: [] };
  for (const command of pending) next = answered(next, command, answerAfterAttempt(next, command, atMs));
  return next;
}

/** Attempts are used up: held back, with the last reason and the blockers named, until somebody says `resume` (P3). */
function postponedBySystem(state: MigrationState, atMs: number): MigrationState {
  const over = state.swap !== null || state.stop !== null || state.trouble !== null;
  if (over || state.postponed !== null || attemptInFlight(state) || !attemptsUsedUp(state)) return state;
  const reason = `${state.attemptsSinceResume} attempts are used up; ${lastAttemptSentence(state)}`;
  const postponed = { by: 'system', reason, since: isoTime(atMs) } as const;
  return recorded({ ...state, postponed }, 'postpone', reason, done(atMs, `Postponed: ${reason}`));
}
