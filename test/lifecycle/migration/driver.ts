/**
 * Drives the pure lifecycle as the workflow does (stop what should not run, start what should), with a clock and a world
 * that the test plays. What it starts and answers is written down, for the tests to look at.
 */
import { apply } from '../../../src/lifecycle/migration/apply.js';
import type { Work } from '../../../src/lifecycle/migration/decide.js';
import { decide, isSameWork, isStoppable, worksAgain } from '../../../src/lifecycle/migration/decide.js';
import type { Command, CommandName } from '../../../src/lifecycle/migration/command.js';
import type { Happening } from '../../../src/lifecycle/migration/event.js';
import type { MigrationPhase } from '../../../src/lifecycle/migration/phase.js';
import { phaseOf } from '../../../src/lifecycle/migration/phase.js';
import type { Activity, MigrationState, MigrationTerms } from '../../../src/lifecycle/migration/state.js';
import type { Answer, Failure } from '../../../src/lifecycle/operation/state.js';
import { initialState } from '../../../src/lifecycle/migration/state.js';

const startMs = Date.parse('2026-11-21T00:00:00.000Z');

export const terms: MigrationTerms = {
  postponeLaunch: false,
  postponeCompletion: false,
  verify: true,
  cutOver: { lockTimeoutMs: 1_000, maxAttempts: 3, backoffMs: [0, 10_000, 30_000] },
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
  return { id, name, via: 'update', by: null, reason: null, change: {}, notBuilt: [], ...more };
}

export class Driver {
  state: MigrationState = initialState;
  nowMs = startMs;
  /** Whether what runs was asked to stop. */
  stopping = false;
  readonly started: Activity[] = [];
  readonly answers = new Map<number, Answer>();
  private ids = 0;

  constructor(private readonly onStart: (activity: Activity, driver: Driver) => void = () => undefined) {
    this.reconcile();
  }

  get phase(): MigrationPhase {
    return phaseOf(this.state);
  }

  get running(): Activity | null {
    return this.state.running;
  }

  get wanted(): Work {
    return decide(this.state, this.nowMs);
  }

  /** What was started, as short words. */
  get order(): readonly string[] {
    return this.started.map((activity) => (activity.kind === 'synchronise' ? activity.goal : activity.kind));
  }

  happen(happening: Happening): void {
    this.take(happening);
    this.reconcile();
  }

  /** Sends a command; the answer is undefined while it waits for the attempt. */
  send(name: CommandName, more: Partial<Command> = {}): Answer | undefined {
    this.ids += 1;
    this.happen({ kind: 'command', command: command(this.ids, name, more) });
    return this.answers.get(this.ids);
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.reconcile();
  }

  /** Ends what runs as it ends when all is well: where it was asked to stop, it stops. */
  endWell(): void {
    const { running } = this.state;
    if (running === null) throw new Error('nothing runs');
    this.happen(wellEnded(running, this.stopping, terms));
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

  private take(happening: Happening): void {
    const next = apply(this.state, { ...happening, atMs: this.nowMs });
    for (const { id, answer } of next.outbox) {
      if (id === null) continue;
      if (this.answers.has(id)) throw new Error(`command ${id} was answered twice`);
      this.answers.set(id, answer);
    }
    this.state = apply(next, { kind: 'outboxTaken', atMs: this.nowMs });
  }

  private reconcile(): void {
    if (worksAgain(this.state, this.nowMs)) this.take({ kind: 'workedAgain' });
    const { running } = this.state;
    const { wanted } = this;
    if (running !== null) {
      if (!isSameWork(running, wanted) && isStoppable(running)) this.stopping = true;
      return;
    }
    this.stopping = false;
    if (wanted.kind === 'wait' || wanted.kind === 'end') return;
    const activity: Activity =
      wanted.kind === 'synchronise' ? { kind: 'synchronise', goal: wanted.goal } : { kind: wanted.kind };
    this.started.push(activity);
    this.onStart(activity, this);
    this.take({ kind: 'started', activity });
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
