/**
 * What of a change is worth telling to people and programs outside (P11): said once here, for the log, for the metrics
 * and for whoever is notified. Pure, and the same for every kind of operation.
 */
import type { Wait } from '../../domain/progress.js';
import type { Kind, Outcome } from './kind.js';
import type { OperationState } from './operation.js';
import type { Retrying } from './retrying.js';
import { isoTime, type Failure, type LastAttempt, type OutboxEntry } from './state.js';
import { waitsFor } from './waits.js';

/** How an attempt has ended: it has done what it was for, or why it came to nothing. */
type AttemptOutcome = 'done' | LastAttempt['reason'];

/** One thing that has happened; times are ISO times. */
export type News =
  | { readonly kind: 'phaseChanged'; readonly from: string; readonly to: string }
  /** A command, or something that no command asked for, has its answer. */
  | { readonly kind: 'answered'; readonly entry: OutboxEntry }
  | {
      readonly kind: 'attemptEnded';
      readonly outcome: AttemptOutcome;
      /** Null where it has come to what it was for. */
      readonly detail: string | null;
      /** How long writers have waited for it; null where nobody has measured that. */
      readonly blockedMs: number | null;
    }
  /** What was asked for cannot be taken back without a reverse: the tables were swapped, or the target has the writes. */
  | { readonly kind: 'switched'; readonly at: string; readonly blockedMs: number }
  /** The source has the writes again. */
  | { readonly kind: 'reversed'; readonly at: string; readonly blockedMs: number }
  /** The attempts are used up: held back until somebody says that it goes on. */
  | { readonly kind: 'postponedBySystem'; readonly since: string; readonly reason: string }
  | { readonly kind: 'needsOperator'; readonly code: string; readonly message: string; readonly remedy: string }
  /** Work has failed, once more or for the first time, and is tried again by itself. */
  | {
      readonly kind: 'retrying';
      readonly since: string;
      readonly failures: number;
      readonly code: string;
      readonly message: string;
      readonly nextAt: string;
    }
  /** What was tried again has worked. */
  | { readonly kind: 'worksAgain'; readonly since: string; readonly failures: number }
  /** What runs waits for something else than before; never empty. */
  | { readonly kind: 'waits'; readonly waits: readonly Wait[] }
  /** Nobody takes the writes, as far as anybody can tell; and that this is over. */
  | { readonly kind: 'writesRefused'; readonly since: string }
  | { readonly kind: 'writesTaken'; readonly since: string }
  /** It is over. */
  | { readonly kind: Extract<Outcome, 'completed'>; readonly residuals: readonly string[] }
  | { readonly kind: Extract<Outcome, 'cancelled'>; readonly reason: string | null }
  | { readonly kind: Extract<Outcome, 'failed'>; readonly failure: Failure };

/** What has happened between two states of one operation, in the order in which it is told; empty for nothing. */
export function newsBetween<State extends OperationState>(
  kind: Kind<State>,
  before: State,
  after: State,
): readonly News[] {
  return [
    ...after.outbox.slice(before.outbox.length).map((entry): News => ({ kind: 'answered', entry })),
    ...ofAttempt(kind, before, after),
    ...ofTrouble(kind, before, after),
    ...ofWrites(kind, before, after),
    ...ofWaits(kind, before, after),
    ...ofPhase(kind, before, after),
    ...ofEnd(kind, before, after),
  ];
}

function* ofPhase<State>(kind: Kind<State>, before: State, after: State): Iterable<News> {
  const [from, to] = [kind.phaseOf(before), kind.phaseOf(after)];
  if (from !== to) yield { kind: 'phaseChanged', from, to };
}

function* ofAttempt<State extends OperationState>(kind: Kind<State>, before: State, after: State): Iterable<News> {
  const [was, is] = [kind.switchesOf(before), kind.switchesOf(after)];
  const { blockedMs } = is;
  const hasSwitched = is.switchedAt !== null && is.switchedAt !== was.switchedAt;
  const hasReversed = is.reversedAt !== null && is.reversedAt !== was.reversedAt;
  if (before.attemptStartedAt !== null && after.attemptStartedAt === null) {
    yield endOfAttempt(before.lastAttempt, after.lastAttempt, hasSwitched || hasReversed ? blockedMs : null);
  }
  if (hasSwitched) yield { kind: 'switched', at: is.switchedAt, blockedMs };
  if (hasReversed) yield { kind: 'reversed', at: is.reversedAt, blockedMs };
}

function endOfAttempt(before: LastAttempt | null, after: LastAttempt | null, blockedMs: number | null): News {
  if (after === null || after === before) return { kind: 'attemptEnded', outcome: 'done', detail: null, blockedMs };
  const { reason, detail } = after;
  return { kind: 'attemptEnded', outcome: reason, detail, blockedMs: after.blockedMs ?? null };
}

function* ofTrouble<State extends OperationState>(kind: Kind<State>, before: State, after: State): Iterable<News> {
  const held = kind.heldBySystem(after);
  if (held !== null && held.since !== kind.heldBySystem(before)?.since) yield { kind: 'postponedBySystem', ...held };
  yield* ofRetrying(kind.failing(before)?.retrying ?? null, kind.failing(after)?.retrying ?? null);
  const trouble = kind.troubleOf(after);
  if (trouble !== null && trouble.code !== kind.troubleOf(before)?.code) {
    const { code, message, remedy } = trouble;
    yield { kind: 'needsOperator', code, message, remedy };
  }
}

function* ofRetrying(before: Retrying<unknown> | null, after: Retrying<unknown> | null): Iterable<News> {
  if (after !== null) {
    const { since, failures, last, nextAtMs } = after;
    if (failures === before?.failures && since === before.since) return;
    const { code, message } = last;
    yield { kind: 'retrying', since, failures, code, message, nextAt: isoTime(nextAtMs) };
  } else if (before !== null) {
    const { since, failures } = before;
    yield { kind: 'worksAgain', since, failures };
  }
}

function* ofWrites<State>(kind: Kind<State>, before: State, after: State): Iterable<News> {
  const [was, is] = [kind.writesRefusedSince(before), kind.writesRefusedSince(after)];
  if (was === null && is !== null) yield { kind: 'writesRefused', since: is };
  if (was !== null && is === null) yield { kind: 'writesTaken', since: was };
}

function* ofWaits<State extends OperationState>(kind: Kind<State>, before: State, after: State): Iterable<News> {
  const waits = waitsFor(after, kind.isIdle(after));
  if (waits.length > 0 && after.waits !== before.waits) yield { kind: 'waits', waits };
}

function* ofEnd<State extends OperationState>(kind: Kind<State>, before: State, after: State): Iterable<News> {
  const end = kind.endOf(after);
  if (end === null || kind.endOf(before) !== null) return;
  if (end.outcome === 'completed') yield { kind: 'completed', residuals: end.residuals };
  else if (after.stop?.kind === 'failed') yield { kind: 'failed', failure: after.stop.failure };
  else yield { kind: 'cancelled', reason: after.stop?.kind === 'cancelled' ? after.stop.reason : null };
}
