/**
 * Plays moves against books of its own: what people were told, and what the world did. It knows nothing of how the lifecycle
 * decides. The numbers are those of the SPECs, of moves and of operations.
 */
import { expect } from 'vitest';
import type { Lane, MoveActivity } from '../../../src/lifecycle/move/activity.js';
import type { MoveCommandName } from '../../../src/lifecycle/move/command.js';
import type { MoveTerms } from '../../../src/lifecycle/move/event.js';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import { phaseOf } from '../../../src/lifecycle/move/phase.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { expectSameOutcome } from '../operation/dry-runs.js';
import {
  expectAnswered,
  expectGoesOn,
  expectKept,
  expectNotCalledWell,
  expectPossible,
  expectSeen,
} from '../operation/monitor.js';
import { Books } from './books.js';
import { askedAt, command, Driver, optionsIn, type Given } from './driver.js';
import type { End } from './ends.js';
import { endOf } from './ends.js';

export type Move =
  | {
      readonly kind: 'command';
      readonly name: MoveCommandName;
      readonly options: Given;
      readonly reason: string | null;
    }
  | { readonly kind: 'temporalCancel' }
  | { readonly kind: 'window'; readonly open: boolean; readonly ms: number }
  | { readonly kind: 'tick'; readonly ms: number }
  | { readonly kind: 'end'; readonly lane: Lane; readonly how: End };

/** In the main lane, by the direction in which rows are written. */
const forward = ['synchronise', 'attemptSwitch'];
const backward = ['startReverse', 'followReverse', 'attemptReverse'];
const lasting = ['synchronise', 'watchPaused', 'startReverse', 'followReverse', 'watchServers'];
const endings = ['complete', 'forceComplete', 'finish', 'cleanUp'];

export class Monitor {
  readonly driver: Driver;
  private readonly books: Books;
  private launched: boolean;
  private openUntilMs = 0;
  private told = 0;
  /** Commands so far. */
  sent = 0;
  private over: string | null = null;

  constructor(private readonly given: MoveTerms) {
    this.launched = !given.postponeLaunch;
    this.books = new Books(given);
    this.driver = new Driver(given, (activity, { state }) => this.starts(activity, state));
  }

  play(move: Move): void {
    const before = this.driver.state;
    switch (move.kind) {
      case 'tick':
        this.driver.wait(move.ms);
        break;
      case 'temporalCancel':
        this.driver.happen({ kind: 'cancelRequested' });
        break;
      case 'window': {
        const untilMs = this.driver.nowMs + move.ms;
        this.openUntilMs = move.open ? untilMs : 0;
        this.driver.happen({ kind: 'windowSeen', open: move.open, untilMs });
        break;
      }
      case 'command':
        this.command(move.name, move.options, move.reason);
        break;
      case 'end':
        this.ends(move.lane, move.how);
        break;
    }
    this.check(before, this.driver.state);
  }

  private starts(activity: MoveActivity, state: MoveState): void {
    expect(this.over, 'M5: nothing starts after the end').toBeNull();
    if (activity.kind === 'probe') return;
    if (activity.kind === 'route') {
      expect(activity.version, 'M4: the router is never told an older version').toBeGreaterThanOrEqual(this.told);
      this.told = activity.version;
      if (activity.reads === 'target' || activity.writes === 'target') this.books.exposed = true;
      return;
    }
    const { kind } = activity;
    expect(state.running.main, 'K1: one activity in the main lane').toBeNull();
    if (this.books.unknown !== null)
      expect(kind, 'K2: only the resolution follows an attempt without a word').toBe('resolveSwitch');
    if (forward.includes(kind))
      expect(this.books.writes, 'M1: forward only while the source has the writes').toBe('source');
    if (backward.includes(kind))
      expect(this.books.writes, 'M1: back only while the target has the writes').toBe('target');
    if (kind === 'synchronise') expect(this.launched, 'M2: nothing is copied before launch').toBe(true);
    if (this.books.stopped) expect(['cleanUp', 'resolveSwitch'], 'K8: nothing new after a stop').toContain(kind);
    if (endings.includes(kind)) this.endingStarts(activity);
    if (kind === 'attemptSwitch' || kind === 'attemptReverse') this.attemptStarts(activity, state);
  }

  private endingStarts(activity: MoveActivity): void {
    if (activity.kind === 'cleanUp') {
      expect(this.books.writes, 'M3: nothing is undone after the journal').toBe('source');
      const skips = activity.skip.includes('router');
      expect(this.books.exposed && !skips, 'M6: nothing is removed that the router may point to').toBe(false);
      return;
    }
    expect(this.books.writes, 'M3: only a switched move is completed').toBe('target');
    if (activity.kind === 'complete') {
      expect(this.isTold(this.driver.state), 'M4: completed only when the router knows, or was left out').toBe(true);
      expect(this.driver.state.traffic.reads, 'M3: completed only when reads are switched').toBe('target');
    }
    if (activity.kind === 'forceComplete') {
      expect(this.books.sourceSeenGone || this.books.overridden, 'M7: forced only when the source is gone').toBe(true);
      const { completion } = this.driver.state;
      const reason = completion?.kind === 'force' ? completion.reason.trim() : '';
      expect(reason, 'M7: forced only with a reason').not.toBe('');
    }
  }

  private attemptStarts(activity: MoveActivity, state: MoveState): void {
    const { kind } = activity;
    expect(this.books.paused, 'M2: no attempt while paused').toBe(false);
    expect(state.trouble, 'M2: no attempt while a person is waited for').toBeNull();
    expect(state.completion, 'M5: no attempt once it is being completed').toBeNull();
    if (kind === 'attemptSwitch') {
      const held = this.given.switch.window !== undefined && this.openUntilMs <= this.driver.nowMs;
      const ignored = state.wish?.direction === 'forward' && state.wish.ignoreWindow === true;
      expect(held && !ignored, 'M2: no switch outside of its window').toBe(false);
      expect(this.books.verified || !this.given.verifyBeforeSwitch, 'M2: no switch without verification').toBe(true);
      expect(this.books.confirmed, 'M4: no switch before the router knows the rules before').toBe(state.version);
    } else if (kind === 'attemptReverse' && activity.acceptLoss) {
      expect(this.books.targetSeenGone, 'M8: only a target that is gone is given up').toBe(true);
    } else {
      expect(state.reverseCaughtUp, 'M2: no reverse before the reverse stream has caught up').toBe(true);
    }
    this.books.attempts += 1;
    expect(this.books.attempts, 'K3: attempts are bounded').toBeLessThanOrEqual(this.given.switch.maxAttempts);
    expect(this.driver.nowMs, 'K3: the back-off is waited for').toBeGreaterThanOrEqual(this.books.earliestMs);
  }

  private command(name: MoveCommandName, options: Given, reason: string | null): void {
    const { driver } = this;
    const real = options.dryRun !== true;
    const { paused } = this.books;
    // The books change before the command is sent: what it starts at once is judged by them.
    if (name === 'launch' && real) this.launched = true;
    if (name === 'pause' && real) this.books.paused = true;
    if (name === 'unpause' && real) this.books.paused = false;
    if (['switchTraffic', 'reverseTraffic', 'retry'].includes(name))
      [this.books.attempts, this.books.earliestMs] = [0, 0];
    this.sent += 1;
    // K14, in states that no walk comes to.
    expectSameOutcome(askedAt(driver.nowMs), driver.state, command(driver.ids + 1, name, options, reason));
    const answer = driver.send(name, options, reason);
    if (answer?.outcome === 'refused' || answer?.outcome === 'tooLate') this.books.paused = paused;
    if (name === 'cancel' && real && answer?.outcome === 'accepted') this.books.stopped = true;
    if (name === 'forceComplete' && answer?.outcome === 'accepted') {
      expect((reason ?? '').trim(), 'M7: forced only with a reason').not.toBe('');
    }
    if (answer?.outcome === 'tooLate') {
      const ends = driver.state.completion !== null || driver.state.stop !== null;
      expect(ends, `K5: ${name} is too late only when it ends`).toBe(true);
    }
  }

  private ends(lane: Lane, how: End): void {
    const { driver } = this;
    const activity = driver.state.running[lane];
    if (activity === null) return;
    const happening = endOf(activity, how, driver.stoppingIn[lane] === true, this.given);
    this.books.learn(activity, happening, driver.state, driver.nowMs);
    const before = driver.state;
    const stopping = driver.stoppingIn[lane] === true;
    driver.happen(happening);
    if (lasting.includes(activity.kind)) expectGoesOn(before, driver.state, happening);
    const isAttempt = activity.kind === 'attemptSwitch' || activity.kind === 'attemptReverse';
    if (lane === 'main' && !isAttempt) expectSeen(driver.state, happening, stopping);
  }

  private check(before: MoveState, after: MoveState): void {
    const { driver } = this;
    const phase = phaseOf(after);
    // A switch takes a stop back; an attempt in the other direction may bring it about, too.
    expectKept(before, after, after.stop === null);
    expectAnswered(after, this.sent, driver.answers.size);
    expect(after.version, 'M4: versions only rise').toBeGreaterThanOrEqual(before.version);
    const moved = before.traffic.reads !== after.traffic.reads || before.traffic.writes !== after.traffic.writes;
    if (moved) expect(after.version, 'M4: each change has a version').toBeGreaterThan(before.version);
    if (this.books.unknown === null)
      expect(after.traffic.writes, 'M3: writes go where the journal says').toBe(this.books.writes);
    for (const { waitsFor } of after.pending) {
      const word = waitsFor === 'attempt' ? ['switching', 'reversing'].includes(phase) : after.running.probe !== null;
      expect(word, `K4: who waits for ${waitsFor} will hear`).toBe(true);
    }
    if (after.stop !== null && after.loss === null)
      expect(this.books.writes, 'M3: no stop after the journal').toBe('source');
    // Giving the target up takes the place of an end that is not over, which goes on where the target answers.
    const givesUp = after.loss !== null || (after.wish?.direction === 'reverse' && after.wish.completion !== undefined);
    if (before.completion !== null && !givesUp) expect(after.completion, 'M5: a completion stays').not.toBeNull();
    if (before.completion?.kind === 'force' && !givesUp) {
      expect(after.completion, 'M5: a forced completion stays').toMatchObject({
        kind: 'force',
        at: before.completion.at,
      });
    }
    if (after.loss !== null) expect(after.loss.reason, 'M8: a loss has a reason').not.toBe('');
    if (this.over !== null) expect(phase, 'M5: the end stays').toBe(this.over);
    if (after.closed) this.over ??= phase;
    if (driver.ended) this.ended(after);
    this.nextStepIsPossible(after);
  }

  /** Who leaves the router out has said so, and it is on the list of what stays behind. */
  private isTold({ version, completion, routerNotTold }: MoveState): boolean {
    const isLeftOut = completion?.kind === 'complete' && completion.skipRouter === true && routerNotTold !== null;
    return this.books.confirmed === version || isLeftOut;
  }

  private ended(after: MoveState): void {
    expect(this.books.unknown, 'K2: no end without the word on an attempt').toBeNull();
    expect(after.pending, 'K4: no end with an answer due').toEqual([]);
    if (this.books.writes === 'target') expect(this.isTold(after), 'M4: the last route was not lost').toBe(true);
    else
      expect(this.books.exposed && after.stop?.skip.includes('router') !== true, 'M4: the way home was not lost').toBe(
        false,
      );
  }

  private nextStepIsPossible(after: MoveState): void {
    const { command, possible, sentence } = nextStep(after);
    const named = command ?? possible;
    expectNotCalledWell(after, sentence);
    if (named === null) return;
    const probe = new Driver(this.given);
    probe.state = after;
    probe.nowMs = this.driver.nowMs;
    probe.ids = this.sent;
    const answer = probe.send(named.name, optionsIn(named.input), 'as the status says');
    expectPossible(named.name, phaseOf(after), answer);
  }
}
