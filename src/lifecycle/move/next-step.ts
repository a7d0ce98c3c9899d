/** What people read about a move: why it is where it is, and what they can do about it. */
import { lastAttemptSentence } from '../operation/answers.js';
import { isoTime } from '../operation/state.js';
import { nextAttemptAtMs } from './back-off.js';
import type { Side } from '../../domain/servers.js';
import type { MoveCommandName } from './command.js';
import { components } from './command.js';
import {
  anyTrouble,
  attemptInFlight,
  isAttemptRetried,
  isReady,
  isRouted,
  lostSwitch,
  needsWindow,
  waitsForMoment,
  routerTrouble,
  writesOnTarget,
} from './facts.js';
import { isPaused } from '../operation/facts.js';
import { completeAtMs } from '../operation/complete-at.js';
import { closedSentence, opensAtMs } from '../operation/window.js';
import { phaseOf } from './phase.js';
import type { MoveState } from './state.js';
import { failingSentence, failingStep, heldStep, joined, pausedSentence } from '../operation/sentences.js';
import { move } from './kind.js';
import { nothingToSend, toSend, type NextStep } from '../operation/next-step.js';
import { endsWayBack } from './remedies.js';
import { wayOutWithout, waysOut } from './way-out.js';

/** What a person can or should do next. */
export function nextStep(state: MoveState): NextStep<MoveCommandName> {
  const phase = phaseOf(state);
  if (phase === 'needsOperator') return outOfTrouble(state);
  const failing = move.failing(state);
  if (failing !== null && !isAttemptHeld(state)) return toSend(failingStep(failing, waysOut(state)), 'retry');
  switch (phase) {
    case 'completed':
      return nothingToSend(
        state.residuals.length === 0
          ? 'it is done.'
          : 'it is done. The query doctor says how to look for what stays behind, and reconcile removes it.',
      );
    case 'cancelled':
    case 'failed':
      return nothingToSend(state.closed ? 'it has ended.' : 'what it made is being removed.');
    case 'switching':
      return nothingToSend('an attempt runs. pause stops it if it has not switched yet.', 'pause');
    case 'reversing':
      return nothingToSend('an attempt to reverse runs. pause stops it if nothing was moved yet.', 'pause');
    case 'completing':
      return nothingToSend(`it is being completed, ${waysOut(state)}.`);
    case 'forceCompleting':
      return forceGoesOn(state);
    default:
  }
  const held = heldStep(state);
  if (held !== null) return held;
  if (phase === 'switched') return whileSwitched(state);
  if (phase === 'queued' && state.terms !== null) return toSend('Send launch to start it.', 'launch');
  if (phase !== 'following') return nothingToSend('it goes on by itself until traffic can be switched.');
  if (state.wish !== null) {
    if (needsWindow(state) && state.window?.problem !== undefined) {
      return toSend('Send setLimits with a window that opens, or switchTraffic with ignoreWindow.', 'switchTraffic', {
        ignoreWindow: true,
      });
    }
    const waits = needsWindow(state) || waitsForMoment(state);
    const sooner = waits ? 'switchTraffic with ignoreWindow does not wait for its time; ' : '';
    return nothingToSend(`the next attempt starts by itself. ${sooner}reverseTraffic withdraws it.`);
  }
  return isReady(state)
    ? toSend('Send switchTraffic to move reads, writes or both.', 'switchTraffic')
    : nothingToSend('it is being verified, and traffic can be switched then.');
}

/** After the switch no attempt is made while the source is missed: what leads on is the way out of that. */
function isAttemptHeld(state: MoveState): boolean {
  return isAttemptRetried(state) && writesOnTarget(state) && state.unreachable.source !== null;
}

function outOfTrouble(state: MoveState): NextStep<MoveCommandName> {
  const trouble = anyTrouble(state);
  const remedy = trouble?.remedy ?? '';
  const side = goneSide(state);
  const way = side === null ? null : wayOutWithout(state, side);
  if (way !== null) return toSend(remedy, way.command, { ...way.options, reason: '' });
  const unclear = state.trouble !== null && state.unresolved !== null;
  if (!unclear && isWayBackOver(state)) return toSend(remedy, 'complete');
  if (!unclear && writesOnTarget(state) && trouble?.code === 'VERIFICATION_FAILED') return toSend(remedy, 'retry');
  if (unclear) return toSend(remedy, 'retry');
  return toSend(`${remedy} Then send retry to go on, ${waysOut(state)}.`, 'retry');
}

/** Which side has to be given up where what waits for a person stays as it is; null where it is not known. */
function goneSide(state: MoveState): Side | null {
  const { trouble, unresolved } = state;
  if (trouble === null) return routerTrouble(state) === null ? 'target' : null;
  if (unresolved === null) return lostSwitch(state);
  const [side = null, other] = unresolved.missing ?? [];
  return other === undefined ? side : null;
}

/**
 * What ends a move before its switch ends only the way back after it: the target goes on with the writes. Only where
 * nothing is known that stands in the way of `complete`; else `retry` leads to what is to be done about that.
 */
function isWayBackOver(state: MoveState): boolean {
  const { trouble, completion, traffic, unreachable, wish, pauseReasons } = state;
  const isFree = completion === null && wish?.direction !== 'reverse' && !pauseReasons.includes('operator');
  const answer = unreachable.source === null && unreachable.target === null;
  const isOver = trouble !== null && endsWayBack.includes(trouble.code);
  return isOver && writesOnTarget(state) && traffic.reads === 'target' && isFree && answer;
}

function forceGoesOn({ completion }: MoveState): NextStep<MoveCommandName> {
  const done = completion?.kind === 'force' ? completion.done : [];
  const wanted = completion?.kind === 'force' ? completion.wanted : [];
  const left = components.filter((part) => !done.includes(part));
  if (left.some((part) => wanted.includes(part)) || left.length === 0) {
    return nothingToSend('it is being completed without the source.');
  }
  return toSend(`Send forceComplete with a reason for what is left: ${left.join(', ')}.`, 'forceComplete', {
    components: left,
    reason: '',
  });
}

function whileSwitched(state: MoveState): NextStep<MoveCommandName> {
  const { source } = state.unreachable;
  if (source !== null) {
    const text = `The source cannot be reached since ${source.since}. Wait for it; or, where it is gone for good, send forceComplete with a reason.`;
    return toSend(text, 'forceComplete', { reason: '' });
  }
  if (state.wish !== null)
    return nothingToSend('reads and writes go back by themselves. switchTraffic withdraws that.');
  if (state.traffic.reads === 'source') return toSend('Send switchTraffic to move the reads, too.', 'switchTraffic');
  return toSend('Send complete to end the move, or reverseTraffic to go back.', 'complete');
}

/** Why it is in its phase; null where the phase says it all. */
export function reasonOf(state: MoveState): string | null {
  return joined(phaseReason(state), failingSentence(move.failing(state)));
}

function phaseReason(state: MoveState): string | null {
  const { unresolved, trouble, completion, stop } = state;
  if (unresolved !== null && trouble === null) {
    return `What became of the last attempt is being found out: ${unresolved.problem}. Writes may be refused since ${unresolved.since}.`;
  }
  const waiting = anyTrouble(state);
  if (waiting !== null) return waiting.message;
  if (completion?.kind === 'force') return `Completed without the source: ${completion.reason}`;
  if (completion !== null) return isRouted(state) ? null : routing(state);
  if (stop !== null)
    return state.exposed ? routing(state) : stop.kind === 'failed' ? stop.failure.message : stop.reason;
  if (isPaused(state)) return pausedSentence(state);
  const { source } = state.unreachable;
  if (writesOnTarget(state) && source !== null) {
    return `The source cannot be reached since ${source.since}: ${source.problem}. The target is not affected; what it writes is not reversed.`;
  }
  if (state.gaveUp !== null) return `Not tried any more since ${state.gaveUp.since}: ${state.gaveUp.reason}`;
  if (state.version > 0 && !isRouted(state)) return routing(state);
  const last = state.wish !== null && state.lastAttempt !== null ? `${lastAttemptSentence(state)}.` : null;
  return timeSentence(state) ?? last;
}

/** Of a switch that waits for nothing but its time. */
function timeSentence(state: MoveState): string | null {
  if (!isReady(state)) return null;
  if (waitsForMoment(state)) return `Traffic is not switched before ${state.completeAt ?? ''} (completeAt).`;
  return needsWindow(state) ? closedSentence(state) : null;
}

function routing({ version, routed, traffic }: MoveState): string {
  return `The router has confirmed version ${routed}, and is told version ${version}: reads to the ${traffic.reads}, writes to the ${traffic.writes}.`;
}

/** When the next attempt starts, for people; null where none is waited for. */
export function nextAttemptAt(state: MoveState): string | null {
  const waits = state.wish !== null && !isPaused(state) && attemptInFlight(state) === null;
  const open = state.stop === null && state.completion === null && anyTrouble(state) === null;
  if (!waits || !open) return null;
  const momentMs = waitsForMoment(state) ? (completeAtMs(state) ?? 0) : 0;
  return isoTime(Math.max(nextAttemptAtMs(state), momentMs, opensAtMs(state, needsWindow(state)) ?? 0));
}
