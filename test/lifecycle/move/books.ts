/** What the world has done, for the monitor to judge by: who has the writes, what the router knows, what was seen. */
import type { Direction, Side } from '../../../src/domain/servers.js';
import type { MoveActivity } from '../../../src/lifecycle/move/activity.js';
import type { MoveHappening, MoveTerms } from '../../../src/lifecycle/move/event.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';

export class Books {
  /** Who has the writes by the journal; and whether nobody knows, since an attempt ended without a word. */
  writes: Side = 'source';
  unknown: Direction | null = null;
  verified = false;
  paused = false;
  /** A cancel was accepted. */
  stopped = false;
  sourceSeenGone = false;
  targetSeenGone = false;
  overridden = false;
  attempts = 0;
  earliestMs = 0;
  /** What the router has confirmed, and whether it may point to the target. */
  confirmed = 0;
  exposed = false;

  constructor(private readonly given: MoveTerms) {}

  /** What the world did, before the lifecycle hears of it. */
  learn(activity: MoveActivity, happening: MoveHappening, state: MoveState, nowMs: number): void {
    const noWord = happening.kind === 'activityFailed' || happening.kind === 'activityLost';
    if (activity.kind === 'attemptSwitch' && noWord && activity.writes) this.unknown = 'forward';
    if (activity.kind === 'attemptReverse' && noWord) this.unknown = 'reverse';
    if (happening.kind === 'synchronised' && happening.outcome === 'reached') {
      this.verified ||= activity.kind === 'synchronise' && activity.goal === 'verified';
    }
    if (happening.kind === 'routed' && activity.kind === 'route') {
      this.confirmed = activity.version;
      if (activity.reads === 'source' && activity.writes === 'source') this.exposed = false;
    }
    if (happening.kind === 'forceCompleted' && happening.components.includes('routing')) {
      this.confirmed = state.version;
    }
    if (happening.kind === 'probed' && activity.kind === 'probe') {
      if (activity.for === 'forceComplete') this.probedForForce(happening.source !== null, state);
      if (activity.for === 'reverseTraffic') this.probedForLoss(happening.target !== null, state);
    }
    // A stream that was stopped says nothing about a server that it has not heard of.
    const looked = happening.kind === 'watchedServers';
    const streamed = happening.kind === 'reverseFollowed' && happening.outcome !== 'stopped';
    if ((looked || streamed) && happening.target === null) this.targetSeenGone = false;
    if (happening.kind === 'attempted' || happening.kind === 'resolved') this.word(activity, happening, nowMs);
  }

  /** Who gives the target up goes on: that ends a pause. */
  private probedForLoss(gone: boolean, state: MoveState): void {
    this.targetSeenGone = gone;
    const real = state.pending.some(({ command: { name, dryRun } }) => name === 'reverseTraffic' && !dryRun);
    if (gone && real) this.paused = false;
  }

  /** An override is the person's who sent the command that waits for this probe. */
  private probedForForce(gone: boolean, state: MoveState): void {
    this.sourceSeenGone = gone;
    const waiting = state.pending.filter(({ command }) => command.name === 'forceComplete');
    this.overridden = waiting.some(({ command: { options } }) => options.overrideReachableSource === true);
  }

  private word(
    activity: MoveActivity,
    { result }: Extract<MoveHappening, { readonly kind: 'attempted' | 'resolved' }>,
    nowMs: number,
  ): void {
    if (result.outcome === 'unknown') return;
    const reverse = activity.kind === 'attemptReverse' || this.unknown === 'reverse';
    const readsOnly = activity.kind === 'attemptSwitch' && !activity.writes;
    this.unknown = null;
    const { backoffMs } = this.given.switch;
    this.earliestMs = nowMs + (backoffMs[Math.min(this.attempts, backoffMs.length - 1)] ?? 0);
    if (result.outcome !== 'switched') return;
    [this.attempts, this.earliestMs] = [0, 0];
    if (readsOnly) return;
    this.writes = reverse ? 'source' : 'target';
    [this.stopped, this.paused] = [false, false];
    if (reverse) this.verified = false;
  }
}
