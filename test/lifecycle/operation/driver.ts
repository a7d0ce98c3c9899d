/**
 * Drives the pure lifecycle of an operation as the workflow does (in each lane: stop what should not run, start what
 * should), with a clock and a world that the test plays. What it starts and answers is written down, for the tests to look
 * at. A kind says what its lifecycle is.
 */
import { hasCome } from '../../../src/lifecycle/operation/complete-at.js';
import type { Kind } from '../../../src/lifecycle/operation/kind.js';
import { newsBetween, type News } from '../../../src/lifecycle/operation/news.js';
import type { OperationState } from '../../../src/lifecycle/operation/operation.js';
import type { Answer, OutboxEntry } from '../../../src/lifecycle/operation/state.js';
import { Heard } from './heard.js';

export const startMs = Date.parse('2026-11-21T00:00:00.000Z');

/** The events that the driver makes by itself. */
export type Own<Activity> =
  | { readonly kind: 'started'; readonly activity: Activity }
  | { readonly kind: 'workedAgain' }
  | { readonly kind: 'momentCame' }
  | { readonly kind: 'outboxTaken' };

/** The lifecycle of a kind. */
export interface Lifecycle<State, Lane extends string, Activity, Happening> {
  readonly kind: Kind<State>;
  readonly initialState: State;
  readonly lanes: readonly Lane[];
  apply(state: State, event: (Happening | Own<Activity>) & { readonly atMs: number }): State;
  worksAgain(state: State, nowMs: number): boolean;
  wanted(state: State, nowMs: number, lane: Lane): Activity | null;
  running(state: State, lane: Lane): Activity | null;
  isSame(one: Activity, other: Activity): boolean;
  isStoppable(activity: Activity): boolean;
  /** How an activity ends when all is well. */
  wellEnded(activity: Activity, stopping: boolean): Happening;
}

export abstract class OperationDriver<
  State extends OperationState,
  Lane extends string,
  Activity extends { readonly kind: string },
  Happening,
> {
  state: State;
  nowMs = startMs;
  /** Which lanes were asked to stop what runs in them. */
  readonly stoppingIn: Partial<Record<Lane, boolean>> = {};
  readonly started: Activity[] = [];
  readonly answers = new Map<number, Answer>();
  readonly audit: OutboxEntry[] = [];
  /** Commands so far; the last one has this id. */
  ids = 0;
  private heard: Heard<State>;
  /** What a test has not put in its place. */
  private known: State;

  protected constructor(
    private readonly lifecycle: Lifecycle<State, Lane, Activity, Happening>,
    private readonly onStart: (activity: Activity) => void,
  ) {
    this.state = lifecycle.initialState;
    this.known = this.state;
    this.heard = new Heard(lifecycle.kind, this.state);
  }

  /** All that was worth telling so far. */
  get news(): readonly News[] {
    return this.heard.news;
  }

  happen(happening: Happening): void {
    this.take(happening);
    this.reconcile();
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.reconcile();
  }

  /** Ends what runs in a lane as it ends when all is well: where it was asked to stop, it stops. */
  protected endWellIn(lane: Lane): void {
    const activity = this.lifecycle.running(this.state, lane);
    if (activity === null) throw new Error(`nothing runs in ${lane}`);
    this.happen(this.lifecycle.wellEnded(activity, this.stoppingIn[lane] === true));
  }

  protected take(happening: Happening | Own<Activity>): void {
    const { apply } = this.lifecycle;
    const next = apply(this.state, { ...happening, atMs: this.nowMs });
    if (this.state !== this.known) this.heard = new Heard(this.lifecycle.kind, this.state);
    this.heard.hear(newsBetween(this.lifecycle.kind, this.state, next));
    this.heard.expectKnown(next);
    for (const entry of next.outbox) {
      this.audit.push(entry);
      if (entry.id === null) continue;
      if (this.answers.has(entry.id)) throw new Error(`command ${entry.id} was answered twice`);
      this.answers.set(entry.id, entry.answer);
    }
    this.state = apply(next, { kind: 'outboxTaken', atMs: this.nowMs });
    this.known = this.state;
  }

  protected reconcile(): void {
    const { lifecycle } = this;
    if (lifecycle.worksAgain(this.state, this.nowMs)) this.take({ kind: 'workedAgain' });
    if (hasCome(this.state, this.nowMs)) this.take({ kind: 'momentCame' });
    for (const lane of lifecycle.lanes) {
      const wanted = lifecycle.wanted(this.state, this.nowMs, lane);
      const running = lifecycle.running(this.state, lane);
      if (running !== null) {
        const same = wanted !== null && lifecycle.isSame(running, wanted);
        if (!same && lifecycle.isStoppable(running)) this.stoppingIn[lane] = true;
        continue;
      }
      this.stoppingIn[lane] = false;
      if (wanted === null) continue;
      this.started.push(wanted);
      this.onStart(wanted);
      this.take({ kind: 'started', activity: wanted });
    }
  }
}
