/** The lifecycle of a move, driven (../operation/driver.ts). */
import type { Lane, MainActivity, MoveActivity } from '../../../src/lifecycle/move/activity.js';
import { isSameActivity, isStoppable } from '../../../src/lifecycle/move/activity.js';
import { move as kind } from '../../../src/lifecycle/move/kind.js';
import { apply } from '../../../src/lifecycle/move/apply.js';
import type { MoveCommand, MoveCommandName } from '../../../src/lifecycle/move/command.js';
import type { MoveWork } from '../../../src/lifecycle/move/decide.js';
import { decide, wantedIn, worksAgain } from '../../../src/lifecycle/move/decide.js';
import type { Asked } from '../operation/dry-runs.js';
import { OperationDriver, type Lifecycle } from '../operation/driver.js';
import type { MoveHappening, MoveTerms } from '../../../src/lifecycle/move/event.js';
import type { MovePhase } from '../../../src/lifecycle/move/phase.js';
import { phaseOf } from '../../../src/lifecycle/move/phase.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { initialState } from '../../../src/lifecycle/move/state.js';
import type { Answer } from '../../../src/lifecycle/operation/state.js';
import { answers, probed, terms, wellEnded } from './outcomes.js';

export function lifecycleOf(given: MoveTerms): Lifecycle<MoveState, Lane, MoveActivity, MoveHappening> {
  return {
    kind,
    initialState,
    lanes: ['main', 'route', 'probe'],
    apply,
    worksAgain,
    wanted: (state, nowMs, lane) => wantedIn(decide(state, nowMs), lane),
    running: ({ running }, lane) => running[lane],
    isSame: isSameActivity,
    isStoppable,
    wellEnded: (activity, stopping) => wellEnded(activity, stopping, given),
  };
}

/** What a command says, and whether it is a dry run. */
export type Given = MoveCommand['options'] & Partial<Pick<MoveCommand, 'dryRun' | 'limits' | 'throttle'>>;

export function command(
  id: number,
  name: MoveCommandName,
  { dryRun = false, limits = {}, throttle = {}, ...options }: Given = {},
  reason: string | null = null,
): MoveCommand {
  return { id, name, via: 'update', by: null, reason, dryRun, limits, throttle, options };
}

/** How a command is taken at a time. */
export function askedAt(atMs: number): Asked<MoveState, MoveCommand> {
  return {
    take: (state, given) => apply(state, { kind: 'command', command: given, atMs }),
    waitsFor: ({ pending }, id) => pending.find((waiting) => waiting.command.id === id)?.waitsFor ?? null,
  };
}

/** What a payload says beyond who and why. */
export function optionsIn({ reason: _reason, ...options }: Readonly<Record<string, unknown>>): Given {
  return options;
}

export class Driver extends OperationDriver<MoveState, Lane, MoveActivity, MoveHappening> {
  constructor(
    readonly given: MoveTerms = terms,
    onStart: (activity: MoveActivity, driver: Driver) => void = () => undefined,
  ) {
    super(lifecycleOf(given), (activity) => onStart(activity, this));
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

  /** Sends a command; the answer is undefined while it waits for an attempt or a probe. */
  send(name: MoveCommandName, given: Given = {}, reason: string | null = null): Answer | undefined {
    this.ids += 1;
    // Updates and signals go the same way.
    const via = this.ids % 2 === 1 ? 'update' : 'signal';
    this.happen({ kind: 'command', command: { ...command(this.ids, name, given, reason), via } });
    return this.answers.get(this.ids);
  }

  /** Sends a command and lets a probe for it end with what it sees. */
  ask(
    name: MoveCommandName,
    options: Given = {},
    reason: string | null = null,
    sight: Parameters<typeof probed>[0] = answers,
  ): Answer | undefined {
    const answer = this.send(name, options, reason);
    const id = this.ids;
    if (this.state.running.probe !== null) this.happen(probed(sight));
    return answer ?? this.answers.get(id);
  }

  endWell(lane: Lane = 'main'): void {
    this.endWellIn(lane);
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
}
