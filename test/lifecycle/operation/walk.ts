/**
 * Walks the states that an operation can come to: whatever runs ends in every way, every command is sent, time passes. The
 * lifecycle is driven as the workflow does it, but a state at a time is all that there is, so that each can be gone on from.
 */
import { hasCome } from '../../../src/lifecycle/operation/complete-at.js';
import type { OperationState } from '../../../src/lifecycle/operation/operation.js';
import { startMs, type Lifecycle, type Own } from './driver.js';

/** A state at a time; whether what runs was asked to stop follows from them. */
export interface Moment<State> {
  readonly state: State;
  readonly atMs: number;
}

export class Walker<State extends OperationState, Lane extends string, Activity, Happening> {
  constructor(readonly lifecycle: Lifecycle<State, Lane, Activity, Happening>) {}

  get first(): Moment<State> {
    return this.reconciled({ state: this.lifecycle.initialState, atMs: startMs });
  }

  /** After an event, with what the workflow starts then. */
  after(moment: Moment<State>, happening: Happening): Moment<State> {
    return this.reconciled(this.happened(moment, happening));
  }

  later({ state, atMs }: Moment<State>, ms: number): Moment<State> {
    return this.reconciled({ state, atMs: atMs + ms });
  }

  /** After an event, before anything is started; what is in the outbox stays there. */
  applied({ state, atMs }: Moment<State>, happening: Happening): Moment<State> {
    return { state: this.lifecycle.apply(state, { ...happening, atMs }), atMs };
  }

  running({ state }: Moment<State>, lane: Lane): Activity | null {
    return this.lifecycle.running(state, lane);
  }

  /** Whether what runs there was asked to stop. */
  isStopping({ state, atMs }: Moment<State>, lane: Lane): boolean {
    const { lifecycle } = this;
    const running = lifecycle.running(state, lane);
    if (running === null || !lifecycle.isStoppable(running)) return false;
    const wanted = lifecycle.wanted(state, atMs, lane);
    return wanted === null || !lifecycle.isSame(running, wanted);
  }

  /** Starts what is wanted. */
  reconciled(moment: Moment<State>): Moment<State> {
    const { lifecycle } = this;
    let now = moment;
    if (lifecycle.worksAgain(now.state, now.atMs)) now = this.taken(now, { kind: 'workedAgain' });
    if (hasCome(now.state, now.atMs)) now = this.taken(now, { kind: 'momentCame' });
    for (const lane of lifecycle.lanes) {
      const wanted = lifecycle.wanted(now.state, now.atMs, lane);
      if (this.running(now, lane) !== null || wanted === null) continue;
      return this.reconciled(this.taken(now, { kind: 'started', activity: wanted }));
    }
    return now;
  }

  private happened(moment: Moment<State>, happening: Happening): Moment<State> {
    return this.taken(this.applied(moment, happening), { kind: 'outboxTaken' });
  }

  private taken({ state, atMs }: Moment<State>, own: Own<Activity>): Moment<State> {
    return { state: this.lifecycle.apply(state, { ...own, atMs }), atMs };
  }
}

/** All moments that can be reached from some, the nearest first, with one for each key; as many as `max`. */
export function walk<One extends Moment<unknown>>(
  seeds: readonly One[],
  keyOf: (moment: One) => string,
  next: (moment: One) => Iterable<One>,
  max = Infinity,
): ReadonlyMap<string, One> {
  const seen = new Map(seeds.map((moment) => [keyOf(moment), moment]));
  // A map yields what is added while it is gone through.
  for (const moment of seen.values()) {
    if (seen.size >= max) break;
    for (const one of next(moment)) {
      const key = keyOf(one);
      if (!seen.has(key)) seen.set(key, one);
    }
  }
  return seen;
}
