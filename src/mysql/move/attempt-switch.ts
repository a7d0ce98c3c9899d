/**
 * One attempt to move the writes of all tables to the other side: self-contained, bounded, fenced, repeatable
 * (docs/design/moves.md, "Switching traffic"). Whatever it returns is definite; when it throws, or never answers, only
 * resolve-switch.ts may say what happened. It is the same in both directions, and it never routes.
 */
import type { Direction } from '../../domain/servers.js';
import type { Blocker, SwitchAttempt } from '../../domain/attempt.js';
import { GtidSet } from '../../binlog/gtid-set.js';
import { killedWithinMs } from '../../limits/mysql-move.js';
import { catchUpBeforeLockMs, underLockMs } from '../../limits/mysql.js';
import { takeAdvisoryLock } from '../server/locks/advisory-lock.js';
import { findLockHolders, forbidsLock } from '../server/locks/blockers.js';
import { catchUpInTime } from '../table/follow/catch-up.js';
import { endedSoon, keepAlive, openLockSession } from '../server/locks/lock-session.js';
import { interruptedDetail, ordinaryEnd } from '../server/locks/ordinary-end.js';
import { lockTables, unlockTables } from '../server/locks/table-locks.js';
import { Watchdog } from '../server/locks/watchdog.js';
import { checkGiving } from './home.js';
import type { Waits } from '../server/waits.js';
import { checkFingerprint } from '../table/follow/table-guard.js';
import { Follower } from '../table/follow/follower.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import { TimeUp, withJointSignal } from '../server/session/joint-signal.js';
import { errorNumbers, serverErrorNumber } from '../server/session/server-errors.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { OpenSessions } from '../server/session/open-sessions.js';
import { Session } from '../server/session/session.js';
import { controlVariables, transferSourceVariables } from '../server/session/variables.js';
import { fencedTransaction, takeOver } from '../server/sidecar/epoch.js';
import { addChangesNotCompared, isAllVerified } from '../server/sidecar/verification.js';
import type { Connections } from '../table/synchronise/copy-work.js';
import { dropFences, raiseFencesUnderLock, type Fence } from './traffic/fence.js';
import { Journal, type JournalEntry } from './traffic/journal.js';
import { betweenServers } from '../table/transfer/between-servers.js';
import { ChangedKeys } from '../table/follow/changed-keys.js';
import { compareChanges, compareUnderLock } from '../table/verify/compare-changes.js';
import { findMissingPrivileges } from './check-way-back.js';
import { compareWhole } from './compare-before-switch.js';
import { checkSameTables, checkTables, type ComparisonAge, type Looking } from './compared-tables.js';
import { raiseCounters, readCounters } from './counters.js';
import { readMovePlan } from './move-plan.js';
import { connectionsOf, fenceOn, homesOf, streamOf, type MoveClusters, type MoveStream } from './move-stream.js';
import { ensureStream } from './stream-start.js';

export interface AttemptSwitchOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  readonly direction: Direction;
  /** Number of this attempt, from 1; never used again in this operation. */
  readonly attempt: number;
  readonly lockTimeoutMs: number;
  readonly drainTimeoutMs: number;
  /** Stops the attempt if it has not switched yet. */
  readonly signal: AbortSignal;
  readonly waits?: Waits;
}

/** The connections of an attempt; each does one thing. */
interface AttemptSessions {
  /** On `from`: holds the advisory lock and the table locks, reads under them, and raises the fences. */
  readonly locked: Session;
  /** On `from`: waits and looks, for the follower. */
  readonly following: Session;
  /** On `from`: looks how far the server is, and who holds locks. */
  readonly looking: Session;
  /** On `from`: kills what `locked` does at the deadline. */
  readonly watchdog: Session;
  /** On `to`: holds the advisory lock there, and does what is no part of a transaction. */
  readonly receiver: Session;
  readonly rows: SessionPair;
  readonly compared: SessionPair;
}

/**
 * @throws FENCED, TABLE_CHANGED, VERIFICATION_FAILED, data errors, POSITION_PURGED, the driver's errors: after any of them
 *   nobody knows whether it has switched.
 */
export async function attemptSwitch(options: AttemptSwitchOptions): Promise<SwitchAttempt> {
  const { direction, operationId, token } = options;
  const opened = new OpenSessions();
  const kept: NodeJS.Timeout[] = [];
  const keep = (session: Session): Session => {
    kept.push(keepAlive(session));
    return opened.add(session);
  };
  try {
    const to = direction === 'forward' ? options.target : options.source;
    const receiver = keep(await Session.open(to, { ...controlVariables, ...endedSoon }));
    const stream = streamOf(await readMovePlan(receiver, operationId), direction, options);
    const connections = await connectionsOf(stream, opened);
    const locked = keep(await openLockSession(stream.from, transferSourceVariables, options.lockTimeoutMs));
    if (!(await takeAdvisoryLock(locked, operationId)) || !(await takeAdvisoryLock(receiver, operationId))) {
      return notSwitched('blocked', 'an earlier attempt has not ended yet');
    }
    await takeOver(receiver, operationId, token);
    await checkGiving(stream, { from: locked, to: receiver });
    await ensureStream(stream, receiver, token);
    const sessions = { locked, receiver, ...(await openOthers(connections)) };
    const comparison = await checkTables({ from: sessions.looking, to: receiver }, stream);
    const missing = await findMissingPrivileges(stream);
    if (missing !== undefined) return notSwitched('blocked', missing.message);
    const fence = await fenceOn(stream, stream.from, homesOf(stream).to);
    return await new Attempt(options, stream, { connections, sessions, comparison }, fence).run();
  } finally {
    kept.forEach(clearInterval);
    await opened.close();
  }
}

async function openOthers(connections: Connections): Promise<Omit<AttemptSessions, 'locked' | 'receiver'>> {
  return {
    following: await connections.control('source'),
    looking: await connections.control('source'),
    watchdog: await connections.control('source'),
    rows: await connections.rows(),
    compared: await connections.compared(),
  };
}

interface Prepared {
  readonly connections: Connections;
  readonly sessions: AttemptSessions;
  /** What was compared before. */
  readonly comparison: ComparisonAge;
}

class Attempt {
  readonly #options: AttemptSwitchOptions;
  readonly #stream: MoveStream;
  readonly #prepared: Prepared;
  readonly #sessions: AttemptSessions;
  readonly #fence: Fence;
  /** What this attempt applies, to be compared before it counts; nothing where the tables were not to be compared. */
  #changed: readonly ChangedKeys[] | undefined;
  #lockedAt = 0;
  #fenced = false;
  /** What was not compared before is being compared as a whole. */
  #isComparing = false;

  constructor(options: AttemptSwitchOptions, stream: MoveStream, prepared: Prepared, fence: Fence) {
    this.#options = options;
    this.#stream = stream;
    this.#prepared = prepared;
    this.#sessions = prepared.sessions;
    this.#fence = fence;
  }

  /** Catches up while nobody is blocked, then locks and switches. */
  async run(): Promise<SwitchAttempt> {
    const { signal, token, operationId } = this.#options;
    const { tables } = this.#stream;
    const { rows, following, looking, receiver } = this.#sessions;
    if (await isAllVerified(receiver, operationId)) this.#changed = tables.map(() => new ChangedKeys());
    const follower = await Follower.open({
      ...{ operationId, tables, token, rows },
      way: betweenServers(),
      control: following,
      copies: [],
      chunksInFlightEnded: () => Promise.resolve(),
      ...(this.#changed === undefined ? {} : { changed: this.#changed }),
    });
    try {
      const compare = (catchUp: () => Promise<void>, inTime: AbortSignal): Promise<void> =>
        this.#compare(follower, catchUp, inTime);
      if (!(await catchUpInTime({ follower, looking, compare, signal, waits: this.#options.waits }))) {
        if (signal.aborted) return notSwitched('stopped', 'stopped before the lock');
        const lag = `the feed did not catch up within ${catchUpBeforeLockMs} ms; lag ${Math.round(follower.lagMs)} ms`;
        return notSwitched('lag', this.#isComparing ? comparedAnew : lag);
      }
      return await this.#lockAndSwitch(follower);
    } finally {
      follower.close();
    }
  }

  async #compare(follower: Follower, catchUp: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { comparison, connections } = this.#prepared;
    const { token } = this.#options;
    const looking = this.#looking;
    this.#isComparing = comparison.kind === 'stale';
    const stream = this.#stream;
    const compared = await compareWhole({ stream, token, connections, looking, comparison, catchUp, signal });
    if (!compared) return;
    this.#isComparing = false;
    await this.#compareChanges(follower, catchUp, signal);
  }

  /** For looking at the tables, before the lock and under it. */
  get #looking(): Looking {
    return { from: this.#sessions.looking, to: this.#sessions.receiver };
  }

  async #compareChanges(follower: Follower, catchUp: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { position } = follower;
    let complete = this.#changed !== undefined;
    for (const [index, plan] of this.#stream.tables.entries()) {
      const changed = this.#changed?.[index];
      if (changed === undefined) continue;
      const recordGivenUp = (changes: number): Promise<void> => this.#recordGivenUp(plan, changes);
      complete &&= await compareChanges(this.#sessions.compared, { plan, changed, catchUp, recordGivenUp, signal });
    }
    if (complete) follower.comparedUpTo(position);
  }

  async #recordGivenUp(plan: TablePlan, changes: number): Promise<void> {
    const { receiver } = this.#sessions;
    const { operationId, token } = this.#options;
    await fencedTransaction(receiver, operationId, token, () => addChangesNotCompared(receiver, plan, changes));
  }

  async #lockAndSwitch(follower: Follower): Promise<SwitchAttempt> {
    const { locked, watchdog, looking, rows, compared } = this.#sessions;
    const { signal, lockTimeoutMs, drainTimeoutMs } = this.#options;
    const sources = this.#stream.tables.map(({ source }) => source);
    const old = (await this.#holders()).filter(forbidsLock);
    if (old.length > 0) return notSwitched('blocked', 'a table is held; no lock was asked for', old);
    for (const plan of this.#stream.tables) await checkFingerprint(looking, plan);
    await checkTables(this.#looking, this.#stream);
    const guard = new Watchdog(watchdog, locked.id);
    const stop = (): void => guard.arm(0);
    signal.addEventListener('abort', stop);
    // A receiver that is frozen must not hold up the writers here.
    const abandon = (): void => [rows, compared].forEach(({ target }) => target.abandon('no answer under the lock'));
    guard.expired.addEventListener('abort', abandon);
    try {
      if (signal.aborted) return notSwitched('stopped', 'stopped before the lock');
      this.#lockedAt = performance.now();
      guard.arm(lockTimeoutMs);
      await lockTables(locked, sources);
      guard.arm(drainTimeoutMs + underLockMs);
      if (signal.aborted) guard.arm(0);
      return await withJointSignal([signal, guard.expired], undefined, (ended) =>
        this.#switch(follower, ended, () => guard.disarm()),
      );
    } catch (error) {
      const end = await this.#explain(error, guard);
      return { ...end, blockedMs: this.#blockedMs() };
    } finally {
      signal.removeEventListener('abort', stop);
      guard.disarm();
      await unlockTables(locked);
    }
  }

  /** Under the lock. @param pointOfNoReturn called before the journal is written: nothing may stop it from there on. */
  async #switch(follower: Follower, signal: AbortSignal, pointOfNoReturn: () => void): Promise<SwitchAttempt> {
    const { locked, receiver } = this.#sessions;
    const { token, operationId } = this.#options;
    const { tables, from, to } = this.#stream;
    const { gtids } = await locked.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
    await this.#drain(follower, GtidSet.parse(gtids), signal);
    await checkSameTables(this.#looking, this.#stream);
    const counters = await readCounters(locked, tables);
    signal.throwIfAborted();
    this.#fenced = true;
    const sources = tables.map(({ source }) => source);
    await raiseFencesUnderLock(locked, this.#fence, sources);
    await raiseCounters(receiver, tables, counters);
    pointOfNoReturn();
    const entry = await this.#journal((journal) => journal.commitSwitched(token));
    if (entry.outcome !== 'switched') throw new Error(`another run has undone this attempt on ${from.name}`);
    const blockedMs = this.#blockedMs();
    await unlockTables(locked);
    await dropFences(
      receiver,
      operationId,
      tables.map(({ copy }) => copy),
    ).catch(() => {
      // It has switched: whatever becomes of the fences, only who looks at the journal may take them away.
      throw new Error(`the fences on ${to.name} could not be dropped`);
    });
    return { outcome: 'switched', switchedAt: entry.at, blockedMs };
  }

  /** How long writers have waited so far: from asking for the locks on. */
  #blockedMs(): number {
    return Math.round((performance.now() - this.#lockedAt) * 10) / 10;
  }

  /** Applies what is left, within its time, and compares it. */
  async #drain(follower: Follower, target: GtidSet, signal: AbortSignal): Promise<void> {
    const { locked, compared } = this.#sessions;
    await withJointSignal([signal], { withinMs: this.#options.drainTimeoutMs }, (inTime) =>
      this.#applyLast(follower, target, inTime),
    );
    // Rows are rendered in another character set than they are compared in, and than fences speak in.
    await locked.run(`SET SESSION character_set_connection = 'utf8mb4'`);
    if (this.#changed === undefined) return;
    for (const [index, plan] of this.#stream.tables.entries()) {
      const changed = this.#changed[index];
      if (changed === undefined) continue;
      const recordGivenUp = (changes: number): Promise<void> => this.#recordGivenUp(plan, changes);
      await compareUnderLock({ source: locked, target: compared.target }, { plan, changed, recordGivenUp });
    }
  }

  async #applyLast(follower: Follower, target: GtidSet, inTime: AbortSignal): Promise<void> {
    const { locked, receiver, rows } = this.#sessions;
    const { operationId, token } = this.#options;
    // A row lock on the other side would hold up what is written there, and with it all writers here. A server that is
    // frozen does not hear of a KILL.
    const guard = new Watchdog(receiver, rows.target.id);
    let abandoning: NodeJS.Timeout | undefined;
    const stop = (): void => {
      guard.arm(0);
      abandoning = setTimeout(() => rows.target.abandon('no answer to the last changes'), killedWithinMs);
    };
    inTime.addEventListener('abort', stop);
    try {
      await follower.drainUnderLock(
        { source: locked, target: rows.target },
        (_isLast, write) => fencedTransaction(rows.target, operationId, token, write),
        target,
        inTime,
      );
    } catch (error) {
      if (serverErrorNumber(error) === errorNumbers.queryInterrupted || rows.target.closed) inTime.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(abandoning);
      inTime.removeEventListener('abort', stop);
      guard.disarm();
    }
  }

  async #journal(work: (journal: Journal) => Promise<JournalEntry>): Promise<JournalEntry> {
    const { operationId, direction, attempt } = this.#options;
    const journal = await Journal.open(this.#stream.to, { operationId, direction, attempt });
    try {
      return await work(journal);
    } finally {
      await journal.close();
    }
  }

  /**
   * A killed or timed-out statement is an ordinary end of an attempt; everything else goes up. Once fences were begun, the
   * journal has the word: it is told `aborted` before they go, and where that cannot be told the error goes up, too.
   */
  async #explain(error: unknown, guard: Watchdog): Promise<SwitchAttempt> {
    const { signal, operationId, token } = this.#options;
    const { locked } = this.#sessions;
    const end = ordinaryEnd(error, signal, guard);
    const isTimeout = error instanceof TimeUp;
    if (end === undefined && !isTimeout) throw error;
    const blockers = isTimeout ? [] : await this.#holders();
    if (this.#fenced) {
      const entry = await this.#journal((journal) => journal.commitAborted(token));
      if (entry.outcome === 'switched') throw error;
      const sources = this.#stream.tables.map(({ source }) => source);
      await dropFences(locked, operationId, sources);
    }
    await unlockTables(locked);
    if (end === 'stopped') return notSwitched('stopped', 'stopped before the switch');
    if (isTimeout)
      return notSwitched('drain', `what was written last did not arrive within ${this.#options.drainTimeoutMs} ms`);
    if (blockers.length > 0) return notSwitched('blocked', 'the lock was not granted in time', blockers);
    return notSwitched('deadline', interruptedDetail(guard));
  }

  #holders(): Promise<readonly Blocker[]> {
    const { locked, following, looking, watchdog, rows, compared } = this.#sessions;
    const own = [locked, following, looking, watchdog, rows.source, compared.source].map(({ id }) => id);
    return findLockHolders(
      looking,
      this.#stream.tables.map(({ source }) => source),
      own,
    );
  }
}

const comparedAnew =
  'another server answers than the one on which the tables were compared, and comparing them anew takes longer than an attempt';

function notSwitched(
  reason: Extract<SwitchAttempt, { outcome: 'notSwitched' }>['reason'],
  detail: string,
  blockers: readonly Blocker[] = [],
): SwitchAttempt {
  return { outcome: 'notSwitched', reason, detail, blockers };
}
