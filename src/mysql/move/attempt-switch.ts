/**
 * One attempt to move the writes of all tables to the other side: self-contained, bounded, fenced, repeatable
 * (docs/design/moves.md, "Switching traffic"). Whatever it returns is definite; when it throws, or never answers, only
 * resolve-switch.ts may say what happened. It is the same in both directions, and it never routes.
 */
import type { Direction } from '../../domain/servers.js';
import type { Blocker, SwitchAttempt } from '../../domain/attempt.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { attemptLockWaitSeconds } from '../../limits/mysql-move.js';
import { catchUpBeforeLockMs, underLockMs } from '../../limits/mysql.js';
import { takeAdvisoryLock } from '../server/locks/advisory-lock.js';
import { StillHeld } from '../server/locks/brief-locks.js';
import { catchUpInTime } from '../table/follow/catch-up.js';
import { executedGtids } from '../table/follow/executed.js';
import { endedSoon, keepAlive } from '../server/locks/lock-session.js';
import { checkGiving } from './home.js';
import type { Waits } from '../server/waits.js';
import { checkFingerprint } from '../table/follow/table-guard.js';
import { Follower } from '../table/follow/follower.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import { withJointSignal } from '../server/session/joint-signal.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { OpenSessions } from '../server/session/open-sessions.js';
import { Session } from '../server/session/session.js';
import { openAnyway } from '../server/session/session-on-demand.js';
import { controlVariables } from '../server/session/variables.js';
import { fencedTransaction, takeOver } from '../server/sidecar/epoch.js';
import { addChangesNotCompared, isAllVerified } from '../server/sidecar/verification.js';
import type { Connections } from '../table/synchronise/copy-work.js';
import { raiseFences, unfencedTables } from './traffic/fence.js';
import { isOpen, markShut, openGate, shutGate, touchGate } from './traffic/gate.js';
import { Journal } from './traffic/journal.js';
import { betweenServers } from '../table/transfer/between-servers.js';
import { ChangedKeys } from '../table/follow/changed-keys.js';
import { compareChanges, compareUnderLock } from '../table/verify/compare-changes.js';
import { findMissingPrivileges } from './check-way-back.js';
import { applyLastChanges } from './apply-last.js';
import { compareWhole } from './compare-before-switch.js';
import { checkSameTables, checkTables, type ComparisonAge, type Looking } from './compared-tables.js';
import { countersOf, lowCounters, raiseCounters, type Counters } from './counters.js';
import { readMovePlan } from './move-plan.js';
import { connectionsOf, fenceOn, fenceTo, streamOf, type MoveClusters, type MoveStream } from './move-stream.js';
import { comparedAnew, CounterIsLow, drainIsOver, notSwitched, ordinaryEnd } from './not-switched.js';
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
  /** On `from`: holds the advisory lock, makes the fences, and has the transaction in which the gate is shut. */
  readonly gating: Session;
  /** On `from`: waits and looks, for the follower. */
  readonly following: Session;
  /** On `from`: looks how far the server is. */
  readonly looking: Session;
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
    const gating = keep(await Session.open(stream.from, { ...controlVariables, ...endedSoon }));
    if (!(await takeAdvisoryLock(gating, operationId)) || !(await takeAdvisoryLock(receiver, operationId))) {
      return notSwitched('blocked', 'an earlier attempt has not ended yet');
    }
    await takeOver(receiver, operationId, token);
    await checkGiving(stream, { from: gating, to: receiver });
    await ensureStream(stream, receiver, token);
    const connections = connectionsOf(stream, opened);
    const looking = await connections.control('source');
    const comparison = await checkTables({ from: looking, to: receiver }, stream);
    const missing = await findMissingPrivileges(stream);
    if (missing !== undefined) return notSwitched('blocked', missing.message);
    await fenceTo(stream, receiver, { longestMs: options.lockTimeoutMs, signal: options.signal });
    const sessions = { gating, receiver, looking, ...(await openOthers(connections)) };
    return await new Attempt(options, stream, { connections, sessions, comparison }).run();
  } catch (error) {
    // Nothing was shut.
    if (error instanceof StillHeld) return notSwitched('blocked', error.message, error.holders);
    throw error;
  } finally {
    kept.forEach(clearInterval);
    await opened.close();
  }
}

async function openOthers(connections: Connections): Promise<Pick<AttemptSessions, 'following' | 'rows' | 'compared'>> {
  return {
    following: await connections.control('source'),
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
  /** What this attempt applies, to be compared before it counts; nothing where the tables were not to be compared. */
  #changed: readonly ChangedKeys[] | undefined;
  #shutAt = 0;
  /** Whether a COMMIT of the shut gate was sent: from then on writers are refused. */
  #refuses = false;
  /** Whether the journal may have decided. */
  #isDecided = false;
  /** What was not compared before is being compared as a whole. */
  #isComparing = false;
  /** Of `from`, as they were before the last catching up. */
  #counters: Counters | undefined;
  /** Who has kept one on `to` from being raised. */
  #holdersOfCounters: readonly Blocker[] = [];

  constructor(options: AttemptSwitchOptions, stream: MoveStream, prepared: Prepared) {
    this.#options = options;
    this.#stream = stream;
    this.#prepared = prepared;
    this.#sessions = prepared.sessions;
  }

  /** Makes the fences and catches up while nobody is blocked, then shuts the gate and switches. */
  async run(): Promise<SwitchAttempt> {
    const { signal, token, operationId } = this.#options;
    const { tables } = this.#stream;
    const { rows, following, looking, receiver } = this.#sessions;
    if (signal.aborted) return notSwitched('stopped', 'stopped before the gate was shut');
    await this.#fenceFrom();
    if (await isAllVerified(receiver, operationId)) this.#changed = tables.map(() => new ChangedKeys());
    const follower = await Follower.open({
      ...{ operationId, tables, token, rows },
      way: betweenServers(),
      looking: openAnyway(following),
      copies: [],
      chunksInFlightEnded: () => Promise.resolve(),
      ...(this.#changed === undefined ? {} : { changed: this.#changed }),
    });
    try {
      const compare = (catchUp: () => Promise<void>, inTime: AbortSignal): Promise<void> =>
        this.#compare(follower, catchUp, inTime);
      if (!(await catchUpInTime({ follower, looking, compare, signal, waits: this.#options.waits }))) {
        if (signal.aborted) return notSwitched('stopped', 'stopped before the gate was shut');
        const lag = `the feed did not catch up within ${catchUpBeforeLockMs} ms; lag ${Math.round(follower.lagMs)} ms`;
        return notSwitched('lag', this.#isComparing ? comparedAnew : lag);
      }
      return await this.#shutAndSwitch(follower);
    } finally {
      follower.close();
    }
  }

  /** They let everybody through as yet. @throws StillHeld. */
  async #fenceFrom(): Promise<void> {
    const { gating } = this.#sessions;
    const { lockTimeoutMs: longestMs, signal } = this.#options;
    const sources = this.#stream.tables.map(({ source }) => source);
    const fence = await fenceOn(this.#stream, 'from', gating);
    await raiseFences(gating, fence, sources, { longestMs, signal });
    const [unfenced] = await unfencedTables(gating, fence, sources);
    if (unfenced === undefined) return;
    const problem = `${unfenced.database}.${unfenced.table} lost its fences while they were made`;
    throw new SwitchyardError('UNEXPECTED', { problem });
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
    // While the feed still runs: what takes time for each table is over before anybody waits.
    for (const plan of stream.tables) await checkFingerprint(looking.from, plan);
    await checkTables(looking, stream);
    this.#counters = await countersOf(looking.from, stream.tables);
    // Who was in the middle of writing then has ended, most of the time.
    await catchUp();
  }

  /** For looking at the tables, before the gate is shut and behind it. */
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

  async #shutAndSwitch(follower: Follower): Promise<SwitchAttempt> {
    const { gating, receiver } = this.#sessions;
    const { signal, operationId, lockTimeoutMs: longestMs, drainTimeoutMs } = this.#options;
    await this.#raiseCounters();
    // What would keep the journal from being written is met here, where nobody waits.
    await touchGate(receiver, operationId, longestMs);
    if (signal.aborted) return notSwitched('stopped', 'stopped before the gate was shut');
    const journal = await this.#openJournal();
    this.#shutAt = performance.now();
    try {
      await shutGate(gating, operationId, { longestMs, signal });
      const limit = { withinMs: drainTimeoutMs + underLockMs };
      await withJointSignal([signal], limit, (inTime) =>
        this.#endingInTime(inTime, () => this.#drain(follower, inTime)),
      );
      return await this.#switch(journal);
    } catch (error) {
      const end = await this.#explain(error);
      return { ...end, blockedMs: this.#blockedMs() };
    } finally {
      await journal.close();
    }
  }

  /** As far as they can be had: whether one is too low is clear only once nobody writes. */
  async #raiseCounters(): Promise<void> {
    const { receiver } = this.#sessions;
    const { signal, lockTimeoutMs: longestMs } = this.#options;
    if (this.#counters === undefined) return;
    try {
      const low = await lowCounters(receiver, this.#stream.tables, this.#counters);
      await raiseCounters(receiver, low, { longestMs, signal });
    } catch (error) {
      if (!(error instanceof StillHeld)) throw error;
      this.#holdersOfCounters = error.holders;
    }
  }

  /** A server that is frozen must not hold up the writers: what waits for it ends with the time. */
  async #endingInTime(inTime: AbortSignal, work: () => Promise<void>): Promise<void> {
    const { rows, compared } = this.#sessions;
    const abandon = (): void => {
      for (const { source, target } of [rows, compared]) {
        source.abandon('no answer under the shut gate');
        target.abandon('no answer under the shut gate');
      }
    };
    inTime.addEventListener('abort', abandon);
    try {
      await work();
      inTime.throwIfAborted();
    } catch (error) {
      inTime.throwIfAborted();
      throw error;
    } finally {
      inTime.removeEventListener('abort', abandon);
    }
  }

  /** Writers wait: applies what they have written, within its time, and compares it. */
  async #drain(follower: Follower, signal: AbortSignal): Promise<void> {
    const { looking, receiver, rows, compared } = this.#sessions;
    const { operationId, token, drainTimeoutMs } = this.#options;
    const { tables } = this.#stream;
    await markShut(looking, operationId);
    const target = await executedGtids(looking);
    await withJointSignal([signal], { withinMs: drainTimeoutMs, message: drainIsOver }, (inTime) =>
      applyLastChanges({ operationId, token, follower, rows, receiver, target, signal: inTime }),
    );
    for (const [index, plan] of tables.entries()) {
      const changed = this.#changed?.[index];
      if (changed === undefined) continue;
      const recordGivenUp = (changes: number): Promise<void> => this.#recordGivenUp(plan, changes);
      await compareUnderLock(compared, { plan, changed, recordGivenUp });
    }
    await checkSameTables(this.#looking, this.#stream);
    const [low] = await lowCounters(receiver, tables, await countersOf(looking, tables));
    if (low !== undefined) throw new CounterIsLow(low.table.table, this.#holdersOfCounters);
  }

  /** From here on writers are refused, and nothing may stop it. */
  async #switch(journal: Journal): Promise<SwitchAttempt> {
    const { gating } = this.#sessions;
    const { operationId, token } = this.#options;
    const { from } = this.#stream;
    this.#refuses = true;
    await gating.run('COMMIT');
    // A transaction that somebody has ended would have lost the gate without a word.
    if (await isOpen(gating, operationId)) throw new SwitchyardError('GATE_LOST', { cluster: from.name });
    const entry = await journal.commitSwitched(token).finally(() => (this.#isDecided = journal.isAsked));
    if (entry.outcome !== 'switched') throw new Error(`another run has undone this attempt on ${from.name}`);
    return { outcome: 'switched', switchedAt: entry.at, blockedMs: this.#blockedMs() };
  }

  /** How long writers have waited so far, where they had to: from asking for the gate on. */
  #blockedMs(): number {
    return Math.round((performance.now() - this.#shutAt) * 10) / 10;
  }

  #openJournal(): Promise<Journal> {
    const { operationId, direction, attempt } = this.#options;
    const lockWaitSeconds = attemptLockWaitSeconds;
    return Journal.open(this.#stream.to, { operationId, direction, attempt }, { lockWaitSeconds });
  }

  /**
   * Lets writers through again. Once the journal may have decided it has the word: it is told `aborted` before the gate is
   * opened, and where that cannot be told the error goes up. So does every error that is no ordinary end of an attempt.
   */
  async #explain(error: unknown): Promise<SwitchAttempt> {
    const { signal, operationId, token } = this.#options;
    const { gating } = this.#sessions;
    if (this.#isDecided) {
      const journal = await this.#openJournal();
      const entry = await journal.commitAborted(token).finally(() => journal.close());
      if (entry.outcome === 'switched') throw error;
    }
    if (this.#refuses) await openGate(gating, operationId);
    else if (!gating.closed) await gating.run('ROLLBACK').catch(() => gating.destroy());
    const isStopped = signal.aborted && !this.#refuses;
    return ordinaryEnd(error, { isStopped, drainTimeoutMs: this.#options.drainTimeoutMs });
  }
}
