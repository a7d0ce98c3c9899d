/** The lifecycle of a migration, driven (../operation/driver.ts). */
import { apply } from '../../../src/lifecycle/migration/apply.js';
import { migration as kind } from '../../../src/lifecycle/migration/kind.js';
import { isStoppable, type Activity } from '../../../src/lifecycle/migration/activity.js';
import { decide, work, worksAgain } from '../../../src/lifecycle/migration/decide.js';
import { isSameWork, toRun, type Decision } from '../../../src/lifecycle/operation/work.js';
import type { Command, CommandName } from '../../../src/lifecycle/migration/command.js';
import type { Happening } from '../../../src/lifecycle/migration/event.js';
import type { MigrationPhase } from '../../../src/lifecycle/migration/phase.js';
import { phaseOf } from '../../../src/lifecycle/migration/phase.js';
import type { MigrationState, MigrationTerms } from '../../../src/lifecycle/migration/state.js';
import type { Answer, Failure } from '../../../src/lifecycle/operation/state.js';
import type { Asked } from '../operation/dry-runs.js';
import { OperationDriver, type Lifecycle } from '../operation/driver.js';
import { initialState } from '../../../src/lifecycle/migration/state.js';

export const terms: MigrationTerms = {
  postponeLaunch: false,
  postponeCompletion: false,
  verify: true,
  cutOver: { lockTimeoutMs: 1_000, maxAttempts: 3, backoffMs: [0, 10_000, 30_000] },
  throttle: {},
};

const synced = { rowsCopied: 10, verified: true, notCompared: [] } as const;
export const swapped = { outcome: 'swapped', completedAt: '2026-11-21T01:00:00.000Z', blockedMs: 5 } as const;
export const blocked = {
  outcome: 'notSwapped',
  reason: 'blocked',
  detail: 'no lock within 1000 ms',
  blockers: [
    { id: 12, user: 'app', host: '10.0.0.5', ageSeconds: 3, statement: '', holds: 'SHARED_READ on shop.orders' },
  ],
} as const;

export function failure(kind: Failure['kind']): Failure {
  return { code: `SOME_${kind}`, kind, message: `Something ${kind}.`, remedy: 'Do something.', facts: {} };
}

/** An error of the server with this number, of which nobody knows that it passes. */
export function serverError(errno: number): Failure {
  const message = `The server refused a statement of ours (MySQL error ${errno}).`;
  return { code: 'SERVER_ERROR', kind: 'retryable', message, remedy: 'It is tried again.', facts: { errno } };
}

export function failed(code: string, kind: Failure['kind']): Happening {
  return { kind: 'activityFailed', failure: { ...failure(kind), code } };
}

export function command(id: number, name: CommandName, more: Partial<Command> = {}): Command {
  return {
    id,
    name,
    via: 'update',
    by: null,
    reason: null,
    dryRun: false,
    ignoreWindow: false,
    limits: {},
    throttle: {},
    notBuilt: [],
    ...more,
  };
}

/** How a command is taken at a time. */
export function askedAt(atMs: number): Asked<MigrationState, Command> {
  return {
    take: (state, given) => apply(state, { kind: 'command', command: given, atMs }),
    waitsFor: ({ pending }, id) => (pending.some((waiting) => waiting.id === id) ? 'attempt' : null),
  };
}

export const lifecycle: Lifecycle<MigrationState, 'main', Activity, Happening> = {
  kind,
  initialState,
  lanes: ['main'],
  apply,
  worksAgain,
  wanted: (state, nowMs) => toRun(decide(state, nowMs).main),
  running: ({ running }) => running,
  isSame: (one, other) => isSameWork(work, one, other),
  isStoppable,
  wellEnded: (activity, stopping) => wellEnded(activity, stopping, terms),
};

export class Driver extends OperationDriver<MigrationState, 'main', Activity, Happening> {
  constructor(onStart: (activity: Activity, driver: Driver) => void = () => undefined) {
    super(lifecycle, (activity) => onStart(activity, this));
    this.reconcile();
  }

  /** Whether what runs was asked to stop. */
  get stopping(): boolean {
    return this.stoppingIn.main === true;
  }

  get phase(): MigrationPhase {
    return phaseOf(this.state);
  }

  get running(): Activity | null {
    return this.state.running;
  }

  get wanted(): Decision<Activity> {
    return decide(this.state, this.nowMs);
  }

  /** What was started, as short words. */
  get order(): readonly string[] {
    return this.started.map((activity) => (activity.kind === 'synchronise' ? activity.goal : activity.kind));
  }

  /** Sends a command; the answer is undefined while it waits for the attempt. */
  send(name: CommandName, more: Partial<Command> = {}): Answer | undefined {
    this.ids += 1;
    this.happen({ kind: 'command', command: command(this.ids, name, more) });
    return this.answers.get(this.ids);
  }

  endWell(): void {
    this.endWellIn('main');
  }

  /** Lets everything end well until this runs. */
  runUntil(kind: Activity['kind'], goal?: string): void {
    for (let steps = 0; steps < 20; steps += 1) {
      const { running } = this.state;
      if (running?.kind === kind && (goal === undefined || (running.kind === 'synchronise' && running.goal === goal))) {
        return;
      }
      this.endWell();
    }
    throw new Error(`never came to ${kind}: ${this.order.join(', ')}`);
  }
}

/** How an activity ends when all is well. */
export function wellEnded(activity: Activity, stopping: boolean, given: MigrationTerms): Happening {
  switch (activity.kind) {
    case 'prepare':
      return stopping
        ? { kind: 'activityLost', cancelled: true, problem: 'it was stopped' }
        : { kind: 'prepared', terms: given };
    case 'synchronise': {
      const stopped = stopping || activity.goal === 'follow';
      return { kind: 'synchronised', outcome: stopped ? 'stopped' : 'reached', ...synced };
    }
    case 'watchPaused':
      return { kind: 'watchedPaused' };
    case 'attemptCutOver':
      return stopping
        ? { kind: 'attempted', result: { outcome: 'notSwapped', reason: 'stopped', detail: 'asked to', blockers: [] } }
        : { kind: 'attempted', result: swapped };
    case 'resolveCutOver':
      return { kind: 'resolved', result: { outcome: 'notSwapped' } };
    case 'finish':
      return { kind: 'finished', rowsCopied: 10, verified: true, notCompared: [] };
    case 'cleanUp':
      return { kind: 'cleanedUp' };
  }
}
