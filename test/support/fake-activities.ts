/**
 * Activities without a database, steered by hand: each has an answer of its own until a test gives another one, or holds
 * the calls and ends each of them itself.
 */
import { randomBytes } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { PreparedMigration, SwitchyardActivities } from '../../src/contract/activities.js';
import type { OnlineDdlInput } from '../../src/contract/online-ddl.js';
import type { ErrorKind } from '../../src/errors/entry.js';

export type ActivityName = keyof SwitchyardActivities;
type RequestOf<Name extends ActivityName> = Parameters<SwitchyardActivities[Name]>[0];
type ResultOf<Name extends ActivityName> = Awaited<ReturnType<SwitchyardActivities[Name]>>;

/** One call that a test ends by hand; it heartbeats until then. */
export interface HeldCall<Name extends ActivityName> {
  readonly request: RequestOf<Name>;
  /** Resolves when the workflow has cancelled the activity. */
  readonly cancelled: Promise<void>;
  end(result: ResultOf<Name>): void;
  fail(error: Error): void;
  /** Stops heartbeating and never ends, like a worker that was killed. */
  vanish(): void;
}

export interface Call {
  readonly name: ActivityName;
  readonly request: unknown;
}

/** An error as activities report errors of the catalogue. */
export function activityError(code: string, kind: ErrorKind, message = `${code} happened.`): ApplicationFailure {
  const details = [{ kind, remedy: `Remedy of ${code}.`, facts: {} }];
  return ApplicationFailure.create({ type: code, message, nonRetryable: kind !== 'retryable', details });
}

/** Heartbeats until the activity is cancelled. */
async function untilCancelled(): Promise<void> {
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

const synced = { rowsCopied: 1_000, verified: true, notCompared: [] } as const;

export class FakeActivities {
  /** Every call, in order. */
  readonly calls: Call[] = [];
  /** The name of the old table; another one in each test, since its clean-up is a workflow with that name. */
  readonly retainedTable = `_sw_${randomBytes(5).toString('hex')}_old`;
  private readonly held = new Map<ActivityName, HeldCall<ActivityName>[]>();
  private readonly behaviour: SwitchyardActivities;
  private readonly over = new AbortController();

  constructor(overrides: Partial<SwitchyardActivities> = {}) {
    this.behaviour = {
      prepareMigration: (request) => Promise.resolve(preparedFrom(request.input, this.retainedTable)),
      synchronise: async ({ goal }) => {
        if (goal !== 'follow') return { outcome: 'reached', ...synced, verified: goal === 'verified' };
        await untilCancelled();
        return { outcome: 'stopped', ...synced };
      },
      watchPaused: async () => {
        await untilCancelled();
        return { outcome: 'stopped' };
      },
      attemptCutOver: () => Promise.resolve({ outcome: 'swapped', completedAt: swappedAt, blockedMs: 12 }),
      resolveCutOver: () => Promise.resolve({ outcome: 'notSwapped' }),
      finishMigration: () => Promise.resolve({ rowsCopied: 1_000, verified: true, notCompared: [] }),
      cleanUpMigration: () => Promise.resolve(),
      recordAudit: () => Promise.resolve(),
      dropRetainedTable: () => Promise.resolve({ outcome: 'dropped' }),
      ...overrides,
    };
  }

  /** Replaces the answer of an activity from the next call on. */
  answer<Name extends ActivityName>(name: Name, activity: SwitchyardActivities[Name]): void {
    this.behaviour[name] = activity;
  }

  /** From now on calls of this activity wait for the test (`heldCall`). */
  hold<Name extends ActivityName>(name: Name): void {
    this.held.set(name, []);
    this.answer(name, ((request: RequestOf<Name>) => this.waitForTest(name, request)) as SwitchyardActivities[Name]);
  }

  /** The next call of an activity that is held. */
  async heldCall<Name extends ActivityName>(name: Name): Promise<HeldCall<Name>> {
    for (;;) {
      const call = this.held.get(name)?.shift();
      if (call !== undefined) return call as unknown as HeldCall<Name>;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The test is over: ends what is still held, so that the worker can end. */
  release(): void {
    this.over.abort();
  }

  /** The names of the calls in their order, with the goal of `synchronise`; without the audit log. */
  get order(): readonly string[] {
    return this.calls
      .filter(({ name }) => name !== 'recordAudit')
      .map(({ name, request }) => {
        const { goal } = (request ?? {}) as { readonly goal?: string };
        return goal === undefined ? name : `${name} ${goal}`;
      });
  }

  count(name: ActivityName): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  /** The requests of an activity, in order. */
  requests<Name extends ActivityName>(name: Name): readonly RequestOf<Name>[] {
    return this.calls.filter((call) => call.name === name).map(({ request }) => request as RequestOf<Name>);
  }

  /** For `Worker.create`. */
  get activities(): SwitchyardActivities {
    const names = Object.keys(this.behaviour) as ActivityName[];
    const entries = names.map((name) => [
      name,
      (request: never): Promise<unknown> => {
        this.calls.push({ name, request });
        return this.behaviour[name](request);
      },
    ]);
    return Object.fromEntries(entries) as SwitchyardActivities;
  }

  private async waitForTest<Name extends ActivityName>(name: Name, request: RequestOf<Name>): Promise<ResultOf<Name>> {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat({}), 50);
    try {
      return await new Promise<ResultOf<Name>>((resolve, reject) => {
        const call: HeldCall<Name> = {
          request,
          cancelled: context.cancelled.catch(() => undefined),
          end: resolve,
          fail: reject,
          vanish: () => clearInterval(timer),
        };
        this.over.signal.addEventListener('abort', () => reject(new Error('the test is over')));
        this.held.get(name)?.push(call as unknown as HeldCall<ActivityName>);
      });
    } finally {
      clearInterval(timer);
    }
  }
}

export const swappedAt = '2026-11-21T04:00:00.000Z';
export const operationId = '0123456789abcdef';

/** What a preparation makes of an input. */
function preparedFrom(input: unknown, retainedTable: string): PreparedMigration {
  const { cluster, database, options } = input as OnlineDdlInput;
  return {
    operationId,
    cluster,
    database,
    table: 'orders',
    retainedTable,
    postponeLaunch: options?.postponeLaunch ?? false,
    postponeCompletion: options?.postponeCompletion ?? false,
    verify: options?.verify ?? true,
    retainForMs: 86_400_000,
    cutOver: {
      lockTimeoutMs: options?.cutOver?.lockTimeoutMs ?? 1_000,
      maxAttempts: options?.cutOver?.maxAttempts ?? 10,
      backoffMs: options?.cutOver?.backoffMs ?? [0, 10_000],
    },
    warnings: [],
  };
}
