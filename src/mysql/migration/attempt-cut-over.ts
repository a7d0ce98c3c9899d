/**
 * One attempt to swap the tables: self-contained, bounded, fenced, repeatable (docs/design/cut-over.md, "One attempt").
 * Whatever it returns is definite; when it throws, or never answers, only resolve-cut-over.ts may say what happened.
 */
import type { Blocker, CutOverAttempt } from '../../domain/attempt.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { catchUpBeforeLockMs, underLockMs } from '../../limits/mysql.js';
import { holdersSeenAfterShare, letThroughMs, lockTriesMax } from '../../limits/mysql-migration.js';
import { Follower } from '../table/follow/follower.js';
import { checkOwnTables, guardOf } from './own-tables.js';
import { withinServer } from '../table/rows/within-server.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withJointSignal } from '../server/session/joint-signal.js';
import { Session } from '../server/session/session.js';
import { openAnyway } from '../server/session/session-on-demand.js';
import type { Waits } from '../server/waits.js';
import { onOneServer } from '../server/session/session-pair.js';
import { controlVariables, dataVariables } from '../server/session/variables.js';
import { ensureHistograms } from '../table/indexes/histograms.js';
import { ensureMarker } from './marker.js';
import { readPlan, type MigrationPlan } from './migration-plan.js';
import { beginCutOver, endCutOver, lastLockedCutOver, recordLock } from '../server/sidecar/cut-overs.js';
import { fencedTransaction, takeOver } from '../server/sidecar/epoch.js';
import { addChangesNotCompared, loadVerification } from '../server/sidecar/verification.js';
import { ChangedKeys } from '../table/follow/changed-keys.js';
import { compareChanges, compareUnderLock } from '../table/verify/compare-changes.js';
import { takeAdvisoryLock } from '../server/locks/advisory-lock.js';
import { findLockHolders, forbidsLock, nameSnapshotHolders } from '../server/locks/blockers.js';
import { catchUpInTime } from '../table/follow/catch-up.js';
import { findKeepers } from '../server/locks/kept-locks.js';
import { keepAlive, openLockSession } from '../server/locks/lock-session.js';
import {
  awaitOldSnapshots,
  lastingSnapshots,
  type LookOptions,
  type OldSnapshots,
} from '../server/locks/old-snapshots.js';
import { interruptedDetail, ordinaryEnd } from '../server/locks/ordinary-end.js';
import { swapUnderLock } from './swap.js';
import { lockTables, unlockTables } from '../server/locks/table-locks.js';
import { readSwapState } from './swap-state.js';
import { Watchdog } from '../server/locks/watchdog.js';

export interface AttemptOptions {
  readonly cluster: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly lockTimeoutMs: number;
  /** Stops the attempt if it has not swapped yet. */
  readonly signal: AbortSignal;
  readonly waits?: Waits;
}

/** The connections of an attempt; each does one thing. */
interface AttemptSessions {
  /** Holds the advisory lock and the table locks, and does the swap. */
  readonly locked: Session;
  /** Sidecar writes and looks. */
  readonly control: Session;
  /** Applies changes before the lock. */
  readonly data: Session;
  /** Compares them. */
  readonly comparing: Session;
  /** Looks how far the server is, beside the follower. */
  readonly looking: Session;
  /** Kills what `locked` does at the deadline. */
  readonly watchdog: Session;
}

/** @throws FENCED, OUTCOME_UNCLEAR, TABLE_CHANGED, SHADOW_CHANGED, VERIFICATION_FAILED, data errors, POSITION_PURGED, the driver's errors. */
export async function attemptCutOver(options: AttemptOptions): Promise<CutOverAttempt> {
  const control = await Session.open(options.cluster, controlVariables);
  const opened = [control];
  try {
    const plan = await readPlan(control, options.operationId);
    const cluster = { ...options.cluster, database: plan.source.database };
    const open = async (variables: Parameters<typeof Session.open>[1]): Promise<Session> => {
      const session = await Session.open(cluster, variables);
      opened.push(session);
      return session;
    };
    const { verified } = await loadVerification(control, options);
    const data = await open(dataVariables(plan.conversion));
    const comparing = await open(dataVariables(plan.conversion));
    const looking = await open(controlVariables);
    const watchdog = await open(controlVariables);
    const locked = await openLockSession(cluster, dataVariables(plan.conversion), options.lockTimeoutMs);
    opened.push(locked);
    const sessions = { locked, control, data, comparing, looking, watchdog };
    return await new Attempt(options, plan, sessions, verified).run();
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

class Attempt {
  readonly #options: AttemptOptions;
  readonly #plan: MigrationPlan;
  readonly #sessions: AttemptSessions;
  /** What this attempt applies, to be compared before it counts; nothing where the table was not to be compared. */
  readonly #changed: ChangedKeys | undefined;
  #lockedAt: number | null = null;
  /** Of locks before that one. */
  #blockedMsBefore = 0;
  /** Whether there is another try of the lock in this attempt. */
  #letsThrough = false;
  /** Who held the table near the end of the wait for it; undefined while nobody has looked. */
  #seenHolding: Promise<readonly Blocker[]> | undefined;
  /** Connections that are not about to end what they hold, although no transaction says so. */
  #keepers: ReadonlySet<number> = new Set();

  constructor(options: AttemptOptions, plan: MigrationPlan, sessions: AttemptSessions, verified: boolean) {
    this.#options = options;
    this.#plan = plan;
    this.#sessions = sessions;
    this.#changed = verified ? new ChangedKeys() : undefined;
  }

  async run(): Promise<CutOverAttempt> {
    const { locked, control } = this.#sessions;
    const { operationId, token, attempt } = this.#options;
    if (!(await takeAdvisoryLock(locked, operationId))) {
      return this.#notSwapped('blocked', 'an earlier attempt has not ended yet');
    }
    const keptAlive = keepAlive(locked);
    try {
      await takeOver(control, operationId, token);
      if ((await readSwapState(control, this.#plan)) === 'swapped') return await this.#alreadySwapped();
      await checkOwnTables(control, this.#plan);
      await beginCutOver(control, operationId, attempt, locked.id);
      await ensureMarker(control, this.#plan);
      await ensureHistograms(control, this.#plan);
      this.#keepers = await findKeepers(control, this.#plan.source, this.#options.signal);
      const result = await this.#follow(() => clearInterval(keptAlive));
      await endCutOver(control, operationId, attempt, result.outcome, result.blockedMs);
      return result;
    } finally {
      clearInterval(keptAlive);
    }
  }

  /** Catches up while nobody is blocked, then locks and swaps. @param onLock called when the lock is asked for. */
  async #follow(onLock: () => void): Promise<CutOverAttempt> {
    const { control, data } = this.#sessions;
    const { signal, token, waits } = this.#options;
    const follower = await Follower.open({
      operationId: this.#plan.operationId,
      tables: [this.#plan],
      way: withinServer,
      token,
      rows: onOneServer(data),
      looking: openAnyway(control),
      copies: [this.#plan.copy],
      guard: guardOf(this.#plan),
      chunksInFlightEnded: () => Promise.resolve(),
      ...(this.#changed === undefined ? {} : { changed: [this.#changed] }),
    });
    try {
      const compare = (catchUp: () => Promise<void>, inTime: AbortSignal): Promise<void> =>
        this.#compareChanges(follower, catchUp, inTime);
      if (!(await catchUpInTime({ follower, looking: this.#sessions.looking, compare, signal, waits }))) {
        return signal.aborted
          ? this.#notSwapped('stopped', 'stopped before the lock')
          : this.#notSwapped(
              'lag',
              `the feed did not catch up within ${catchUpBeforeLockMs} ms; lag ${follower.lagMs} ms`,
            );
      }
      return await this.#lockAndSwap(follower, onLock);
    } finally {
      follower.close();
    }
  }

  async #compareChanges(follower: Follower, catchUp: () => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.#changed === undefined) return;
    const { position } = follower;
    const complete = await compareChanges(onOneServer(this.#sessions.comparing), {
      plan: this.#plan,
      changed: this.#changed,
      catchUp,
      recordGivenUp: (changes) => this.#recordGivenUp(changes),
      signal,
    });
    if (complete) follower.comparedUpTo(position);
  }

  #recordGivenUp(changes: number): Promise<void> {
    const { looking } = this.#sessions;
    const { operationId, token } = this.#options;
    return fencedTransaction(looking, operationId, token, () => addChangesNotCompared(looking, this.#plan, changes));
  }

  /** Whoever waits for our lock with an older snapshot cannot end before us: he is let through, some times. */
  async #lockAndSwap(follower: Follower, onLock: () => void): Promise<CutOverAttempt> {
    for (let tries = 1; ; tries += 1) {
      this.#letsThrough = tries < lockTriesMax;
      const result = await this.#lockAndSwapOnce(follower, onLock);
      if (result !== undefined) return result;
      const { signal } = this.#options;
      await sleep(letThroughMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns undefined where somebody is to be let through. */
  async #lockAndSwapOnce(follower: Follower, onLock: () => void): Promise<CutOverAttempt | undefined> {
    const { locked, watchdog } = this.#sessions;
    const { signal, lockTimeoutMs } = this.#options;
    const old = (await this.#holders()).filter((holder) => forbidsLock(holder) || this.#keepers.has(holder.id));
    if (old.length > 0) return this.#notSwapped('blocked', 'the table is held; no lock was asked for', old);
    const lasting = this.#plan.markerColumn === null ? await lastingSnapshots(this.#look()) : undefined;
    if (lasting !== undefined) return this.#snapshotsAreOpen(lasting);
    const guard = new Watchdog(watchdog, locked.id);
    const stop = (): void => guard.arm(0);
    signal.addEventListener('abort', stop);
    try {
      if (signal.aborted) return this.#notSwapped('stopped', 'stopped before the lock');
      // From here on silence means that we are frozen: the server then ends the session, and with it the lock.
      onLock();
      // The wait for the lock blocks writers behind it as well: it counts as blocked time.
      this.#lockedAt = performance.now();
      guard.arm(lockTimeoutMs);
      await this.#lock(lockTimeoutMs);
      guard.arm(underLockMs);
      if (signal.aborted) guard.arm(0);
      return await this.#swap(follower, guard);
    } catch (error) {
      return await this.#explain(error, guard);
    } finally {
      signal.removeEventListener('abort', stop);
      guard.disarm();
      await this.#unlock();
    }
  }

  /**
   * Who holds the table is looked at while the lock is waited for: once it is given up, whoever waited behind it has the
   * table, too, and they are its victims.
   */
  async #lock(lockTimeoutMs: number): Promise<void> {
    const { locked } = this.#sessions;
    const timer = setTimeout(() => {
      this.#seenHolding = this.#holders();
      this.#seenHolding.catch(() => undefined);
    }, lockTimeoutMs * holdersSeenAfterShare);
    try {
      await lockTables(locked, [this.#plan.source, this.#plan.copy]);
      this.#seenHolding = undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async #unlock(): Promise<void> {
    await unlockTables(this.#sessions.locked);
    this.#blockedMsBefore = this.#blockedMs();
    this.#lockedAt = null;
  }

  /** @returns undefined where somebody is to be let through. */
  async #swap(follower: Follower, guard: Watchdog): Promise<CutOverAttempt | undefined> {
    const { locked, control } = this.#sessions;
    const { operationId, attempt, signal } = this.#options;
    const old = await withJointSignal([signal, guard.expired], undefined, (ended) =>
      swapUnderLock({
        plan: this.#plan,
        locked,
        reading: control,
        follower,
        recordPosition: (position) => recordLock(control, operationId, attempt, position),
        compare: () => this.#compareUnderLock(),
        oldSnapshots: () => awaitOldSnapshots(this.#look(), this.#plan.source, ended),
        signal: ended,
      }),
    );
    if (old?.waitForUs === true && this.#letsThrough) return undefined;
    if (old !== undefined) return await this.#snapshotsAreOpen(old);
    // Swapped: from here on nothing may stop the word of it.
    guard.disarm();
    await this.#unlock();
    return { outcome: 'swapped', completedAt: new Date().toISOString(), blockedMs: this.#blockedMs() };
  }

  async #compareUnderLock(): Promise<void> {
    if (this.#changed === undefined) return;
    const recordGivenUp = (changes: number): Promise<void> => this.#recordGivenUp(changes);
    await compareUnderLock(onOneServer(this.#sessions.locked), {
      plan: this.#plan,
      changed: this.#changed,
      recordGivenUp,
    });
  }

  #look(): LookOptions {
    return { session: this.#sessions.looking, ownIds: this.#ownIds() };
  }

  async #snapshotsAreOpen({ detail, holders }: OldSnapshots): Promise<CutOverAttempt> {
    // Whoever waits for us must not wait for their names.
    await this.#unlock();
    return this.#notSwapped('blocked', detail, await nameSnapshotHolders(this.#sessions.looking, holders));
  }

  /** A killed or timed-out statement is an ordinary end of an attempt; everything else goes up. */
  async #explain(error: unknown, guard: Watchdog): Promise<CutOverAttempt> {
    const { signal } = this.#options;
    const end = ordinaryEnd(error, signal, guard);
    if (end === undefined) throw error;
    const blockers = await (this.#seenHolding?.catch(() => this.#holders()) ?? this.#holders());
    await this.#unlock();
    if (end === 'stopped') return this.#notSwapped('stopped', 'stopped before the swap');
    if (blockers.length > 0) return this.#notSwapped('blocked', 'the lock was not granted in time', blockers);
    return this.#notSwapped('deadline', interruptedDetail(guard));
  }

  #holders(): Promise<readonly Blocker[]> {
    return findLockHolders(this.#sessions.control, [this.#plan.source, this.#plan.copy], this.#ownIds());
  }

  #ownIds(): readonly number[] {
    return Object.values(this.#sessions).map(({ id }: Session) => id);
  }

  async #alreadySwapped(): Promise<CutOverAttempt> {
    const last = await lastLockedCutOver(this.#sessions.control, this.#options.operationId);
    return {
      outcome: 'swapped',
      completedAt: last?.endedAt ?? last?.lockedAt ?? new Date().toISOString(),
      blockedMs: last?.blockedMs ?? underLockMs,
    };
  }

  #notSwapped(
    reason: 'stopped' | 'lag' | 'blocked' | 'deadline',
    detail: string,
    blockers: readonly Blocker[] = [],
  ): CutOverAttempt {
    return { outcome: 'notSwapped', reason, detail, blockers, blockedMs: this.#blockedMs() };
  }

  #blockedMs(): number {
    const now = this.#lockedAt === null ? 0 : performance.now() - this.#lockedAt;
    return Math.round((this.#blockedMsBefore + now) * 10) / 10;
  }
}
