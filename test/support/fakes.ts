/**
 * Activities without a database, steered by hand: each has an answer of its own until a test gives another one, or holds
 * the calls and ends each of them itself.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Copied, SynchroniseGoal, Synchronised } from '../../src/domain/progress.js';
import type { WriteLatency } from '../../src/domain/write-latency.js';
import type { ErrorKind } from '../../src/errors/entry.js';

/** Activities by name, as a contract types them. */
type Contract<Activities> = { readonly [Name in keyof Activities]: (request: never) => Promise<unknown> };

export type RequestOf<Activity> = Activity extends (request: infer Request) => unknown ? Request : never;
type ResultOf<Activity> = Activity extends (request: never) => Promise<infer Result> ? Result : never;

/** One call that a test ends by hand; it heartbeats until then. */
export interface HeldCall<Activity> {
  readonly request: RequestOf<Activity>;
  /** Resolves when the workflow has cancelled the activity. */
  readonly cancelled: Promise<void>;
  end(result: ResultOf<Activity>): void;
  fail(error: Error): void;
  /** Stops heartbeating and never ends, like a worker that was killed. */
  vanish(): void;
}

/** An error as activities report errors of the catalogue. */
export function activityError(code: string, kind: ErrorKind, message = `${code} happened.`): ApplicationFailure {
  const details = [{ kind, remedy: `Remedy of ${code}.`, facts: {} }];
  return ApplicationFailure.create({ type: code, message, nonRetryable: kind !== 'retryable', details });
}

/** Heartbeats until the activity is cancelled. */
export async function untilCancelled(): Promise<void> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat({ stage: 'following' }), 50);
  try {
    await context.cancelled;
  } catch {
    return;
  } finally {
    clearInterval(timer);
  }
}

/** What was copied, wherever it is told. */
export const copied = { rowsCopied: 1_000, verified: true, notCompared: [] } as const satisfies Copied;

/** What work has cost the application. */
export const writeLatency: readonly WriteLatency[] = [
  {
    cluster: 'commerce',
    before: { writes: 20, p50Ms: 2, p99Ms: 4.25 },
    during: { writes: 400, p50Ms: 3, p99Ms: 30 },
  },
];

/** `synchronise` of either kind: reaches its goal at once, or follows until it is stopped. */
export async function synchronised({ goal }: { readonly goal: SynchroniseGoal }): Promise<Synchronised> {
  if (goal !== 'follow') return { outcome: 'reached', ...copied, writeLatency, verified: goal === 'verified' };
  await untilCancelled();
  return { outcome: 'stopped', ...copied, writeLatency };
}

export class Fakes<Activities extends Contract<Activities>> {
  /** Every call, in order. */
  readonly calls: { readonly name: keyof Activities & string; readonly request: unknown }[] = [];
  private readonly held = new Map<keyof Activities, HeldCall<unknown>[]>();
  private readonly over = new AbortController();

  constructor(private readonly behaviour: Activities) {}

  /** Replaces the answer of an activity from the next call on. */
  answer<Name extends keyof Activities>(name: Name, activity: Activities[Name]): void {
    this.behaviour[name] = activity;
  }

  /** From now on calls of this activity wait for the test (`heldCall`). */
  hold(name: keyof Activities): void {
    this.held.set(name, []);
    const waiting = (request: unknown): Promise<unknown> => this.waitForTest(name, request);
    this.answer(name, waiting as unknown as Activities[typeof name]);
  }

  /** The next call of an activity that is held. */
  async heldCall<Name extends keyof Activities>(name: Name): Promise<HeldCall<Activities[Name]>> {
    for (;;) {
      const call = this.held.get(name)?.shift();
      if (call !== undefined) return call as HeldCall<Activities[Name]>;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The test is over: ends what is still held, so that the worker can end. */
  release(): void {
    this.over.abort();
  }

  /** The names of the calls in their order, with the goal of those that have one; without what is only told. */
  get order(): readonly string[] {
    const told: readonly string[] = ['recordAudit', 'lookOutside', 'sendNotice'];
    return this.calls
      .filter(({ name }) => !told.includes(name))
      .map(({ name, request }) => {
        const { goal } = (request ?? {}) as { readonly goal?: string };
        return goal === undefined ? name : `${name} ${goal}`;
      });
  }

  count(name: keyof Activities): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  /** The requests of an activity, in order. */
  requests<Name extends keyof Activities>(name: Name): readonly RequestOf<Activities[Name]>[] {
    return this.calls.filter((call) => call.name === name).map(({ request }) => request as RequestOf<Activities[Name]>);
  }

  /** For `Worker.create`. */
  get activities(): object {
    const names = Object.keys(this.behaviour) as (keyof Activities & string)[];
    const entries = names.map((name) => [
      name,
      (request: never): Promise<unknown> => {
        this.calls.push({ name, request });
        return this.behaviour[name](request);
      },
    ]);
    return Object.fromEntries(entries) as object;
  }

  private async waitForTest(name: keyof Activities, request: unknown): Promise<unknown> {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat({}), 50);
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const call: HeldCall<(request: unknown) => Promise<unknown>> = {
          request,
          cancelled: context.cancelled.catch(() => undefined),
          end: resolve,
          fail: reject,
          vanish: () => clearInterval(timer),
        };
        this.over.signal.addEventListener('abort', () => reject(new Error('the test is over')));
        this.held.get(name)?.push(call as unknown as HeldCall<unknown>);
      });
    } finally {
      clearInterval(timer);
    }
  }
}
