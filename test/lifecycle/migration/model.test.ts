import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandName } from '../../../src/lifecycle/migration/command.js';
import type { Happening } from '../../../src/lifecycle/migration/event.js';
import { nextStep } from '../../../src/lifecycle/migration/next-step.js';
import { phaseOf } from '../../../src/lifecycle/migration/phase.js';
import type { Activity } from '../../../src/lifecycle/migration/activity.js';
import type { MigrationState, MigrationTerms } from '../../../src/lifecycle/migration/state.js';
import type { Failure } from '../../../src/lifecycle/operation/state.js';
import { isoTime, progressSteps } from '../../../src/lifecycle/operation/state.js';
import { expectSameOutcome } from '../operation/dry-runs.js';
import {
  askedAt,
  blocked,
  command,
  Driver,
  failed,
  failure,
  serverError,
  swapped,
  terms,
  wellEnded,
} from './driver.js';
import {
  expectAnswered,
  expectGoesOn,
  expectKept,
  expectNotCalledWell,
  expectPossible,
  expectSeen,
} from '../operation/monitor.js';

/**
 * Random commands, ends of activities and time against a monitor that keeps its own books: what people were told, and
 * what the world did. It knows nothing of how the lifecycle decides. The numbers are
 * those of the SPECs, of migrations and of operations.
 */

const commandNames =
  'launch postpone resume pause unpause setLimits retry cancel verify setThrottle forceCutOver'.split(
    ' ',
  ) as CommandName[];

/** `usual`: as most often, an attempt is blocked then. `swap`: an attempt swaps, also when it was asked to stop. */
type End = 'usual' | 'swap' | 'terminal' | 'retryable' | 'needsOperator' | 'lost' | 'unclear' | 'unknown' | 'worker';

type Move =
  | {
      readonly kind: 'command';
      readonly name: CommandName;
      readonly maxAttempts: number;
      readonly ignoreWindow: boolean;
    }
  | { readonly kind: 'temporalCancel' }
  | { readonly kind: 'tick'; readonly ms: number }
  | { readonly kind: 'window'; readonly open: boolean; readonly ms: number }
  | { readonly kind: 'end'; readonly how: End };

const end = fc.record({
  kind: fc.constant('end' as const),
  how: fc.oneof(
    { weight: 30, arbitrary: fc.constant<End>('usual') },
    { weight: 8, arbitrary: fc.constantFrom<End>('lost', 'retryable', 'unknown', 'worker') },
    { weight: 4, arbitrary: fc.constantFrom<End>('swap', 'needsOperator', 'unclear') },
    { weight: 1, arbitrary: fc.constant<End>('terminal') },
  ),
});
const oneCommand = fc.record({
  kind: fc.constant('command' as const),
  name: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<CommandName>(...commandNames.filter((name) => name !== 'cancel')) },
    { weight: 2, arbitrary: fc.constant<CommandName>('cancel') },
  ),
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  ignoreWindow: fc.boolean(),
});
const tick = fc.record({ kind: fc.constant('tick' as const), ms: fc.integer({ min: 0, max: 90_000 }) });

const windowSeen = fc.record({
  kind: fc.constant('window' as const),
  open: fc.boolean(),
  ms: fc.integer({ min: 1, max: 200_000 }),
});

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 40, arbitrary: end },
  { weight: 20, arbitrary: tick },
  { weight: 5, arbitrary: windowSeen },
  { weight: 20, arbitrary: oneCommand },
  { weight: 1, arbitrary: fc.constant<Move>({ kind: 'temporalCancel' }) },
);

const scenario = fc.record({
  postponeLaunch: fc.boolean(),
  postponeCompletion: fc.boolean(),
  verify: fc.boolean(),
  window: fc.boolean(),
  completeAt: fc.option(fc.integer({ min: 0, max: 2_000_000 })),
  moves: fc.array(move, { minLength: 1, maxLength: 80, size: 'max' }),
});

function endOf(activity: Activity, how: End, stopping: boolean, given: MigrationTerms): Happening {
  if (how === 'lost') return { kind: 'activityLost', cancelled: stopping, problem: 'it was lost' };
  if (how === 'swap' && activity.kind === 'attemptCutOver') return { kind: 'attempted', result: swapped };
  if (how === 'swap' && activity.kind === 'resolveCutOver') return { kind: 'resolved', result: swapped };
  if (how === 'unclear') return failed('OUTCOME_UNCLEAR', 'needsOperator');
  if (how === 'worker') return failed('UNKNOWN_CLUSTER', 'terminal');
  if (how === 'unknown') return { kind: 'activityFailed', failure: serverError(3752) };
  if (how !== 'usual' && how !== 'swap') return { kind: 'activityFailed', failure: failure(how) };
  if (activity.kind === 'attemptCutOver' && !stopping) return { kind: 'attempted', result: blocked };
  return wellEnded(activity, stopping, given);
}

function isTerminal(end: object | null): boolean {
  const { failure = null } = (end ?? {}) as { readonly failure?: Failure | null };
  return failure !== null && failure.kind === 'terminal' && failure.code !== 'UNKNOWN_CLUSTER';
}

/** It ends, and what ends it fails: a cancel gives that up. */
function isEndingBadly({ swap, stop, retrying, trouble, unresolved }: MigrationState): boolean {
  if (swap === null && stop === null) return false;
  return retrying !== null || (trouble !== null && (unresolved === null || trouble.code !== 'OUTCOME_UNCLEAR'));
}

class Monitor {
  readonly driver: Driver;
  private held: boolean;
  private paused = false;
  private stopped = false;
  /** A preparation has just failed: for minutes, or in the same unknown way, which stops it as well. */
  private preparationFails = false;
  private unknown = false;
  private swappedOnce = false;
  private attemptsSinceResume = 0;
  private launched: boolean;
  private stopping = false;
  private earliestAttemptMs = 0;
  private maxAttempts = terms.cutOver.maxAttempts;
  private openUntilMs = 0;
  private ignoresWindow = false;
  private heldUntilMs = 0;
  private readonly given: MigrationTerms;
  private sent = 0;

  constructor(
    given: Omit<MigrationTerms, 'cutOver' | 'throttle'>,
    private readonly hasWindow: boolean,
    completeAfterMs: number | null,
  ) {
    const cutOver = { ...terms.cutOver, ...(hasWindow ? { window: [{ from: '02:00', to: '04:00' }] } : {}) };
    const startMs = new Driver().nowMs;
    this.heldUntilMs = completeAfterMs === null ? 0 : startMs + completeAfterMs;
    const completeAt = completeAfterMs === null ? null : isoTime(this.heldUntilMs);
    this.given = { ...given, cutOver, completeAt, throttle: {} };
    this.held = given.postponeCompletion;
    this.launched = !given.postponeLaunch;
    this.driver = new Driver((activity, { state }) => this.starts(activity, state));
  }

  play(step: Move): void {
    const { driver } = this;
    const before = driver.state;
    switch (step.kind) {
      case 'tick':
        driver.wait(step.ms);
        break;
      case 'temporalCancel':
        if (!this.swappedOnce) this.stopped = true;
        driver.happen({ kind: 'cancelRequested' });
        break;
      case 'command':
        this.command(step.name, step.maxAttempts, step.ignoreWindow);
        break;
      case 'window':
        this.sees(step.open, step.ms);
        break;
      case 'end':
        this.ends(step.how);
        break;
    }
    this.check(before, driver.state);
  }

  /** From here on everything goes well and a person does what the status says: the migration has to end (K10). */
  bringToEnd(): void {
    const { driver } = this;
    this.sees(true, 1e12);
    for (let steps = 0; steps < 200 && driver.wanted.main.kind !== 'end'; steps += 1) {
      if (driver.state.window === null) this.sees(true, 1e12);
      const before = driver.state;
      const step = nextStep(driver.state);
      if (driver.state.retrying !== null && driver.running !== null && !driver.stopping) driver.wait(60_000);
      if (driver.running?.kind === 'synchronise' && driver.running.goal === 'follow' && !driver.stopping) {
        // Between two attempts nothing has to be sent.
        if (step.command === null) driver.wait(600_000);
        else this.command(step.command.name, this.maxAttempts);
      } else if (driver.running === null || (driver.running.kind === 'watchPaused' && !driver.stopping)) {
        if (step.command === null) throw new Error(`nothing to do in ${driver.phase}`);
        this.command(step.command.name, this.maxAttempts);
      } else {
        this.ends(driver.running.kind === 'attemptCutOver' && !driver.stopping ? 'swap' : 'usual');
      }
      this.check(before, driver.state);
    }
    expect(driver.wanted.main.kind).toBe('end');
    expect(driver.answers.size).toBe(this.sent);
  }

  /** What may start (K1, K2, K8, I1, I2). */
  private starts(activity: Activity, state: MigrationState): void {
    expect(state.running, 'K1: one activity at a time').toBeNull();
    if (this.unknown) expect(activity.kind, 'K2: only the resolution follows a lost attempt').toBe('resolveCutOver');
    if (this.swappedOnce) expect(activity.kind, 'I2: after the swap only the records are closed').toBe('finish');
    else expect(activity.kind, 'I2: records are closed only after the swap').not.toBe('finish');
    if (activity.kind === 'cleanUp') {
      expect(this.stopped || this.preparationFails, 'K8: clean-up only after a stop').toBe(true);
    }
    if (this.stopped && !this.swappedOnce) {
      expect(['cleanUp', 'resolveCutOver'], 'K8: nothing new after a stop').toContain(activity.kind);
    }
    if (activity.kind === 'synchronise') expect(this.launched, 'I1: nothing is copied before launch').toBe(true);
    if (activity.kind !== 'attemptCutOver') return;
    expect(this.driver.nowMs, 'K3: the back-off is waited for').toBeGreaterThanOrEqual(this.earliestAttemptMs);
    expect(this.held, 'I1: no attempt while held back').toBe(false);
    expect(this.driver.nowMs, 'I1: no attempt before its moment').toBeGreaterThanOrEqual(this.heldUntilMs);
    if (this.hasWindow && !this.ignoresWindow) {
      expect(this.driver.nowMs, 'I1: no attempt outside of its window').toBeLessThan(this.openUntilMs);
    }
    expect(this.paused, 'I1: no attempt while paused').toBe(false);
    expect(state.trouble, 'I1: no attempt while a person is waited for').toBeNull();
    expect(this.isReady(state), 'I1: no attempt before it is ready').toBe(true);
    this.attemptsSinceResume += 1;
    expect(this.attemptsSinceResume, 'K3: bounded attempts').toBeLessThanOrEqual(this.maxAttempts);
  }

  private isReady({ progress }: MigrationState): boolean {
    return progress === 'verified' || (progress === 'indexed' && !this.given.verify);
  }

  /** Somebody looks at the clock. */
  private sees(open: boolean, ms: number): void {
    const untilMs = this.driver.nowMs + ms;
    this.openUntilMs = open ? untilMs : 0;
    this.driver.happen({ kind: 'windowSeen', open, untilMs });
  }

  private command(name: CommandName, maxAttempts: number, ignoreWindow = false): void {
    const { driver } = this;
    const { phase, state: before } = driver;
    // The books change before the command is sent: what it starts at once is judged by them.
    const open = !this.swappedOnce && !this.stopped;
    if (name === 'launch') this.launched = true;
    if (name === 'resume' && open) [this.held, this.attemptsSinceResume] = [false, 0];
    if (name === 'resume' || name === 'retry') this.earliestAttemptMs = 0;
    if (name === 'retry' && phase === 'needsOperator') this.attemptsSinceResume = 0;
    if (name === 'unpause' && open) this.paused = false;
    if (name === 'setLimits' && open) this.maxAttempts = maxAttempts;
    if (name === 'postpone' && open) this.held = true;
    if (name === 'resume' && open && ignoreWindow) this.ignoresWindow = true;
    if (name === 'resume' && open) this.heldUntilMs = 0;
    if (name === 'postpone' && open) this.ignoresWindow = false;
    if (name === 'pause' && open) this.paused = true;
    if (name === 'cancel' && !this.swappedOnce) this.stopped = true;
    this.sent += 1;
    const given = { limits: name === 'setLimits' ? { maxAttempts } : {}, ignoreWindow };
    // K14, in states that no walk comes to.
    expectSameOutcome(askedAt(driver.nowMs), driver.state, command(driver.ids + 1, name, given));
    const answer = driver.send(name, given);
    const stops = ['postpone', 'pause', 'cancel'].includes(name);
    const unclear = name === 'cancel' && this.unknown;
    // Where finding out fails the word may never come: only a first cancel waits for the next try. A worker that died is
    // no failure of that kind.
    const isFirstCancel = name === 'cancel' && before.stop === null;
    const isTold = before.retrying !== null && before.retrying.last.code !== 'WORK_LOST';
    const failing = this.unknown && isTold && !isFirstCancel;
    const leaves = isEndingBadly(before) && name === 'cancel';
    const waits = stops && (phase === 'cuttingOver' || unclear) && !failing && !leaves;
    expect(answer === undefined, `K4: ${name} in ${phase} waits for the attempt's word, or is answered`).toBe(waits);
    if (leaves) this.unknown = false;
    if (answer?.outcome === 'tooLate')
      expect(this.swappedOnce || this.stopped, 'K5: too late only when it ends').toBe(true);
  }

  private ends(how: End): void {
    const { driver } = this;
    const { running, stopping, nowMs } = driver;
    if (running === null) return;
    const happening = endOf(running, how, stopping, this.given);
    const noWord = happening.kind === 'activityFailed' || happening.kind === 'activityLost';
    if (running.kind === 'attemptCutOver') this.unknown = noWord;
    if (running.kind === 'resolveCutOver' && happening.kind === 'resolved') this.unknown = false;
    if ((happening.kind === 'attempted' || happening.kind === 'resolved') && happening.result.outcome === 'swapped') {
      [this.swappedOnce, this.stopped] = [true, false];
    } else if (happening.kind === 'attempted' || happening.kind === 'resolved') {
      this.earliestAttemptMs = nowMs + (terms.cutOver.backoffMs[Math.min(this.attemptsSinceResume, 2)] ?? 0);
    }
    // A terminal error stops; of an attempt it does so once the resolution has said that nothing was swapped.
    const { unresolved, terms: known } = driver.state;
    const terminal = isTerminal(happening);
    const lasts = ['synchronise', 'watchPaused'].includes(running.kind);
    // K12: what one worker lacks ends nothing that was prepared; K11: what passes, only a preparation.
    const isTypo = running.kind === 'prepare' && known === null && how === 'worker';
    if ((lasts && terminal) || (running.kind === 'prepare' && terminal) || isTypo) this.stopped = true;
    if (happening.kind === 'resolved' && !this.swappedOnce && isTerminal(unresolved)) this.stopped = true;
    // With a cancel on record, what stays unclear is ended all the same.
    if (running.kind === 'resolveCutOver' && how === 'unclear' && this.stopped) this.unknown = false;
    this.preparationFails = running.kind === 'prepare' && noWord;
    const before = driver.state;
    driver.happen(happening);
    if (this.preparationFails && driver.state.stop !== null) this.stopped = true;
    this.preparationFails = false;
    if (lasts) expectGoesOn(before, driver.state, happening);
    if (running.kind !== 'attemptCutOver') expectSeen(driver.state, happening, stopping);
  }

  private check(before: MigrationState, after: MigrationState): void {
    const { driver } = this;
    expectKept(before, after, after.swap !== null);
    expectAnswered(after, this.sent, driver.answers.size);
    const [was, is] = [before, after].map(({ progress }) => progressSteps.indexOf(progress));
    expect(is, 'I3: progress never goes back').toBeGreaterThanOrEqual(was ?? 0);
    if (before.readyAt !== null) expect(after.readyAt, 'I3: ready is said once').toBe(before.readyAt);
    if (after.readyAt !== null) expect(this.isReady(after), 'I3: ready is said when it is').toBe(true);
    if (before.stop !== null && after.swap === null)
      expect(after.stop, 'K8: the first stop counts').toEqual(before.stop);
    if (after.swap !== null) expect(after.stop, 'I2: nothing stops what has swapped').toBeNull();
    if (driver.running?.kind === 'attemptCutOver' && driver.stopping && !this.stopping) {
      expect(this.held || this.paused || this.stopped, 'I1: stopped because somebody asked').toBe(true);
    }
    this.stopping = driver.stopping;
    if (after.postponed?.by === 'system') this.ignoresWindow = false;
    const phase = phaseOf(after);
    if (phase !== 'cuttingOver') {
      expect(after.pending, 'K4: everything is answered once there is a word').toEqual([]);
    }
    if (driver.wanted.main.kind === 'end' && driver.running === null) {
      expect(this.unknown, 'K2: no end without the word on an attempt').toBe(false);
      expect(phase, 'I2: it ends as it has swapped').toBe(this.swappedOnce ? 'completed' : after.stop?.kind);
    }
    const { command, possible, sentence } = nextStep(after);
    const next = (command ?? possible)?.name;
    expectNotCalledWell(after, sentence);
    if (after.retrying !== null || after.trouble !== null) {
      expect(sentence, 'I4: cancel is a way out').toContain('cancel ends');
    }
    if (next === undefined) return;
    const probe = new Driver();
    probe.state = after;
    probe.nowMs = driver.nowMs;
    expectPossible(next, phase, probe.send(next));
  }
}

describe('random histories of a migration', () => {
  it('keep every invariant and can always be brought to an end', () => {
    fc.assert(
      fc.property(scenario, ({ moves, window, completeAt, ...given }) => {
        const monitor = new Monitor(given, window, completeAt);
        for (const step of moves) monitor.play(step);
        monitor.bringToEnd();
      }),
      { numRuns: 1_500 },
    );
  });
});
