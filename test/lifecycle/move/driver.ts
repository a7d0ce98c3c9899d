/**
 * Drives the pure lifecycle of a move as the workflow does (in each lane: stop what should not run, start what should), with
 * a clock and a world that the test plays. What it starts and answers is written down, for the tests to look at.
 */
import type { Lane, MainActivity, MoveActivity } from '../../../src/lifecycle/move/activity.js';
import { isSameActivity, isStoppable } from '../../../src/lifecycle/move/activity.js';
import { apply } from '../../../src/lifecycle/move/apply.js';
import type { MoveCommand, MoveCommandName } from '../../../src/lifecycle/move/command.js';
import type { MoveWork } from '../../../src/lifecycle/move/decide.js';
import { decide } from '../../../src/lifecycle/move/decide.js';
import type { MoveHappening, MoveTerms } from '../../../src/lifecycle/move/event.js';
import type { MovePhase } from '../../../src/lifecycle/move/phase.js';
import { phaseOf } from '../../../src/lifecycle/move/phase.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { initialState } from '../../../src/lifecycle/move/state.js';
import type { Answer, OutboxEntry } from '../../../src/lifecycle/operation/state.js';
import { answers, probed, terms, wellEnded } from './outcomes.js';

const startMs = Date.parse('2026-11-21T00:00:00.000Z');

const lanes = ['main', 'route', 'probe'] as const;

export class Driver {
  state: MoveState = initialState;
  nowMs = startMs;
  /** Which lanes were asked to stop what runs in them. */
  readonly stopping = { main: false, route: false, probe: false };
  readonly started: MoveActivity[] = [];
  readonly answers = new Map<number, Answer>();
  readonly audit: OutboxEntry[] = [];
  ids = 0;

  constructor(
    readonly given: MoveTerms = terms,
    private readonly onStart: (activity: MoveActivity, driver: Driver) => void = () => undefined,
  ) {
    this.reconcile();
  }

  get phase(): MovePhase {
    return phaseOf(this.state);
  }

  get main(): MainActivity | null {
    return this.state.running.main;
  }

  get wanted(): MoveWork {
    return decide(this.state, this.nowMs);
  }

  get ended(): boolean {
    const { main, route, probe } = this.state.running;
    return this.wanted.main.kind === 'end' && main === null && route === null && probe === null;
  }

  /** What was started, as short words: a goal for `synchronise`, the version for `route`. */
  get order(): readonly string[] {
    return this.started.map((activity) => {
      if (activity.kind === 'synchronise') return activity.goal;
      return activity.kind === 'route' ? `route ${activity.version}` : activity.kind;
    });
  }

  happen(happening: MoveHappening): void {
    this.take(happening);
    this.reconcile();
  }

  /** Sends a command; the answer is undefined while it waits for an attempt or a probe. */
  send(name: MoveCommandName, options: MoveCommand['options'] = {}, reason: string | null = null): Answer | undefined {
    this.ids += 1;
    // Updates and signals go the same way.
    const via = this.ids % 2 === 1 ? 'update' : 'signal';
    const command: MoveCommand = { id: this.ids, name, via, by: null, reason, options };
    this.happen({ kind: 'command', command });
    return this.answers.get(this.ids);
  }

  /** Sends a command and lets a probe for it end with what it sees. */
  ask(
    name: MoveCommandName,
    options: MoveCommand['options'] = {},
    reason: string | null = null,
    sight: Parameters<typeof probed>[0] = answers,
  ): Answer | undefined {
    const answer = this.send(name, options, reason);
    const id = this.ids;
    if (this.state.running.probe !== null) this.happen(probed(sight));
    return answer ?? this.answers.get(id);
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.reconcile();
  }

  /** Ends what runs in a lane as it ends when all is well: where it was asked to stop, it stops. */
  endWell(lane: Lane = 'main'): void {
    const activity = this.state.running[lane];
    if (activity === null) throw new Error(`nothing runs in ${lane}`);
    this.happen(wellEnded(activity, this.stopping[lane], this.given));
  }

  /** Lets everything end well, the router first, until this runs in the main lane. */
  runUntil(kind: MainActivity['kind'], goal?: string): void {
    for (let steps = 0; steps < 30; steps += 1) {
      const { main, route } = this.state.running;
      if (route !== null) {
        this.endWell('route');
        continue;
      }
      if (main?.kind === kind && (goal === undefined || (main.kind === 'synchronise' && main.goal === goal))) return;
      this.endWell();
    }
    throw new Error(`never came to ${kind}: ${this.order.join(', ')}`);
  }

  private take(happening: MoveHappening): void {
    const next = apply(this.state, { ...happening, atMs: this.nowMs });
    for (const entry of next.outbox) {
      this.audit.push(entry);
      if (entry.id === null) continue;
      if (this.answers.has(entry.id)) throw new Error(`command ${entry.id} was answered twice`);
      this.answers.set(entry.id, entry.answer);
    }
    this.state = apply(next, { kind: 'outboxTaken', atMs: this.nowMs });
  }

  private reconcile(): void {
    for (const lane of lanes) {
      const wanted: MoveActivity | null = this.wantedIn(lane);
      const running = this.state.running[lane];
      if (running !== null) {
        const same = wanted !== null && isSameActivity(running, wanted);
        if (!same && isStoppable(running)) this.stopping[lane] = true;
        continue;
      }
      this.stopping[lane] = false;
      if (wanted === null) continue;
      this.started.push(wanted);
      this.onStart(wanted, this);
      this.take({ kind: 'started', activity: wanted });
    }
  }

  private wantedIn(lane: Lane): MoveActivity | null {
    const { main, route, probe } = this.wanted;
    if (lane !== 'main') return lane === 'route' ? route : probe;
    return main.kind === 'wait' || main.kind === 'end' ? null : main;
  }
}
