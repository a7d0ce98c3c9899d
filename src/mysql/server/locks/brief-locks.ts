/**
 * Statements that need a lock which others may hold, such as DDL: whoever comes later waits behind one that waits. So it
 * is looked first who holds it, it is asked for briefly, and let go, again and again, each time for twice as long.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Blocker } from '../../../domain/attempt.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { briefWaitMs, briefWaitMsMax, watchdogRepeatMs } from '../../../limits/mysql-server.js';
import { blockersNamedMax } from '../../../limits/shared.js';
import type { TableName } from '../../../schema/table-model.js';
import { killQuery } from '../session/kill.js';
import { errorNumbers, serverErrorNumber } from '../session/server-errors.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { findLockHolders, forbidsLock, holderWords } from './blockers.js';

/** Somebody holds what is needed, and does not let go of it soon. */
export class StillHeld extends SwitchyardError<'TABLE_HELD'> {
  constructor(
    cluster: string,
    tables: readonly TableName[],
    readonly holders: readonly Blocker[],
  ) {
    const who =
      holders.length === 0 ? 'it is in use all the time' : holders.slice(0, blockersNamedMax).map(holderWords);
    const names = tables.map(({ database, table }) => `${database}.${table}`).join(', ');
    super('TABLE_HELD', { cluster, problem: `${names}: ${[who].flat().join('; ')}` });
  }
}

export interface BriefLocksOptions {
  /** The longest that the lock is asked for at once. */
  readonly longestMs?: number;
  /** Ends it between two tries. */
  readonly signal?: AbortSignal | undefined;
  /** Who would keep the lock for long; by default everybody whom a change of the tables has to wait for. */
  readonly forbids?: (holder: Blocker) => boolean;
}

/** @param tables what the statement needs. @throws StillHeld, the signal's reason, what the statement fails with. */
export type RunBriefly = (tables: readonly TableName[], statement: () => Promise<unknown>) => Promise<void>;

/**
 * Runs `work` with a way to run statements on the session that ask for their locks briefly.
 * @throws what the work throws, the driver's errors.
 */
export async function withBriefLocks<Result>(
  session: Session,
  options: BriefLocksOptions,
  work: (run: RunBriefly) => Promise<Result>,
): Promise<Result> {
  const { longestMs = briefWaitMsMax } = options;
  const before = await session.row<Record<'metadata' | 'rows', number | string>>(
    'SELECT @@lock_wait_timeout AS metadata, @@innodb_lock_wait_timeout AS `rows`',
  );
  // In whole seconds, for a worker that does not run any more; while it runs, a KILL is the exact limit.
  const seconds = Math.max(1, Math.ceil(longestMs / 1_000));
  await session.set({ lock_wait_timeout: seconds, innodb_lock_wait_timeout: seconds });
  try {
    return await withSession(session.cluster, controlVariables, (looking) =>
      work((tables, statement) => runBriefly({ session, looking, ...options, longestMs }, tables, statement)),
    );
  } finally {
    if (!session.closed) {
      const { metadata, rows } = before;
      await session
        .set({ lock_wait_timeout: Number(metadata), innodb_lock_wait_timeout: Number(rows) })
        .catch(() => session.destroy());
    }
  }
}

interface Brief extends BriefLocksOptions {
  readonly session: Session;
  /** Looks who holds the lock, and ends the wait for it. */
  readonly looking: Session;
  readonly longestMs: number;
}

async function runBriefly(
  brief: Brief,
  tables: readonly TableName[],
  statement: () => Promise<unknown>,
): Promise<void> {
  const { session, looking, longestMs, signal, forbids = forbidsLock } = brief;
  const holders = (): Promise<readonly Blocker[]> => findLockHolders(looking, tables, [session.id, looking.id]);
  for (let waitMs = Math.min(briefWaitMs, longestMs); ; waitMs = Math.min(2 * waitMs, longestMs)) {
    signal?.throwIfAborted();
    const lasting = (await holders()).filter(forbids);
    if (lasting.length > 0) throw new StillHeld(session.cluster.name, tables, lasting);
    if (await isDoneWithin(brief, waitMs, statement)) return;
    if (waitMs === longestMs) throw new StillHeld(session.cluster.name, tables, await holders());
    await sleep(waitMs);
  }
}

const notGranted: readonly (number | undefined)[] = [
  errorNumbers.queryInterrupted,
  errorNumbers.lockWaitTimeout,
  errorNumbers.deadlock,
];

/**
 * Whether a statement on `session` had its lock in this time; `looking` ends the wait. @throws what it fails with.
 */
export async function isDoneWithin(
  { session, looking }: { readonly session: Session; readonly looking: Session },
  waitMs: number,
  statement: () => Promise<unknown>,
): Promise<boolean> {
  let killing: Promise<void> | undefined;
  const kill = (): void => {
    killing = killQuery(looking, session.id).catch(() => undefined);
    timer = setTimeout(kill, watchdogRepeatMs);
  };
  let timer = setTimeout(kill, waitMs);
  try {
    await statement();
    return true;
  } catch (error) {
    if (notGranted.includes(serverErrorNumber(error))) return false;
    throw error;
  } finally {
    clearTimeout(timer);
    // A KILL that came too late must not meet the next statement.
    if (killing !== undefined) {
      await killing;
      await session.run('DO 0').catch(() => undefined);
    }
  }
}
