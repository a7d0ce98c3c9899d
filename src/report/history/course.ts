/** The course of an operation, out of its activities: intervals by phase, and attempts. Pure. */
import type { Blocker } from '../../domain/attempt.js';
import type { Attempt, Interval, IntervalClass } from '../data.js';
import { field, numberField, textField, type Ran } from './runs.js';

type Shown = readonly [phase: string, kind: IntervalClass];

/** By the names of activities; what is not here is no part of the course: audit lines, windows, notices. */
const shownAs: Readonly<Record<string, Shown>> = {
  prepareMigration: ['preparing', 'end'],
  prepareMove: ['preparing', 'end'],
  watchPaused: ['paused', 'hold'],
  watchPausedMove: ['paused', 'hold'],
  watchServers: ['watchingServers', 'hold'],
  attemptCutOver: ['cuttingOver', 'attempt'],
  resolveCutOver: ['findingOut', 'attempt'],
  attemptSwitch: ['switching', 'attempt'],
  attemptReverse: ['reversing', 'attempt'],
  resolveSwitch: ['findingOut', 'attempt'],
  startReverse: ['followingBack', 'follow'],
  followReverse: ['followingBack', 'follow'],
  routeTraffic: ['tellingRouter', 'end'],
  finishMigration: ['completing', 'end'],
  completeMove: ['completing', 'end'],
  finishMove: ['completing', 'end'],
  forceCompleteMove: ['completingByForce', 'end'],
  cleanUpMigration: ['cleaningUp', 'end'],
  cleanUpMove: ['cleaningUp', 'end'],
};

const goals: Readonly<Record<string, Shown>> = {
  copied: ['copying', 'work'],
  indexed: ['indexing', 'work'],
  verified: ['verifying', 'work'],
  follow: ['following', 'follow'],
};

const unknownShown: Shown = ['working', 'work'];

function shown({ activity, request }: Ran): Shown | undefined {
  if (activity !== 'synchronise' && activity !== 'synchroniseMove') return shownAs[activity];
  return goals[textField(request, 'goal') ?? ''] ?? unknownShown;
}

/** By their begin. */
export function intervalsOf(ran: readonly Ran[]): readonly Interval[] {
  const intervals = ran.flatMap((one): readonly Interval[] => {
    const as = shown(one);
    if (as === undefined) return [];
    const [phase, kind] = as;
    const { summary, scheduledAt, begunAt, tries } = one;
    const from = begunAt ?? scheduledAt;
    return [{ phase, class: kind, summary, from, to: endOf(one, kind), tries, ...outcomeOf(one) }];
  });
  return [...intervals].sort((one, other) => Date.parse(one.from) - Date.parse(other.from));
}

/** Nobody waits for what only follows or watches once it is asked to stop: it hears of that much later. */
function endOf({ endedAt, stopAskedAt }: Ran, kind: IntervalClass): string | null {
  if (stopAskedAt === null || (kind !== 'follow' && kind !== 'hold')) return endedAt;
  return endedAt === null || Date.parse(stopAskedAt) < Date.parse(endedAt) ? stopAskedAt : endedAt;
}

function outcomeOf({ end, endedAt, stopAskedAt, result, problem }: Ran): Pick<Interval, 'outcome' | 'problem'> {
  // Whoever came next has taken over: that is how it ends.
  if (problem?.code === 'FENCED') return { outcome: 'takenOver', problem: null };
  const words = problem === null ? null : `${problem.code}: ${problem.message}`;
  if (end !== null)
    return { outcome: end === 'completed' ? (textField(result, 'outcome') ?? 'done') : end, problem: words };
  return { outcome: endedAt === null && stopAskedAt === null ? 'goesOn' : 'left', problem: words };
}

const attemptKinds: Readonly<Record<string, Attempt['what']>> = {
  attemptCutOver: 'cut-over',
  attemptSwitch: 'switch',
  attemptReverse: 'reverse',
};

/** With what was found out later of those that had no word of their own. */
export function attemptsOf(ran: readonly Ran[]): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (const one of ran) {
    const what = attemptKinds[one.activity];
    if (what !== undefined) attempts.push(attemptOf(one, what));
    else if (one.activity === 'resolveCutOver' || one.activity === 'resolveSwitch') resolve(attempts, one);
  }
  return attempts;
}

const successes: readonly unknown[] = ['swapped', 'switched'];

function attemptOf({ request, scheduledAt, begunAt, endedAt, result, problem }: Ran, what: Attempt['what']): Attempt {
  const outcome = textField(result, 'outcome');
  const succeeded = successes.includes(outcome);
  const word = succeeded ? outcome : textField(result, 'reason');
  const ended = endedAt === null ? 'goesOn' : 'noWord';
  const said = problem === null ? '' : `${problem.code}: ${problem.message}`;
  return {
    ...{ what, number: numberField(request, 'attempt'), startedAt: begunAt ?? scheduledAt, endedAt, succeeded },
    outcome: word ?? ended,
    detail: textField(result, 'detail') ?? said,
    blockedMs: numberField(result, 'blockedMs'),
    blockers: blockersIn(result),
  };
}

/** The only word on the last attempt. */
function resolve(attempts: Attempt[], { result }: Ran): void {
  const last = attempts.pop();
  if (last === undefined) return;
  const outcome = textField(result, 'outcome');
  const succeeded = successes.includes(outcome);
  const found = outcome === null ? '' : ` It was found out afterwards: ${succeeded ? outcome : 'it came to nothing'}.`;
  const blockedMs = last.blockedMs ?? numberField(result, 'blockedMs');
  const detail = `${last.detail}${outcome === 'unknown' ? ' Nobody can tell yet.' : found}`.trim();
  attempts.push({
    ...last,
    blockedMs,
    detail,
    succeeded,
    outcome: succeeded && outcome !== null ? outcome : last.outcome,
  });
}

function blockersIn(result: unknown): readonly Blocker[] {
  const blockers = field(result, 'blockers');
  return Array.isArray(blockers) ? (blockers as readonly Blocker[]) : [];
}
