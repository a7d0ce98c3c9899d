/**
 * Copy, feed, index build and verification, up to a goal (DESIGN.md, "The main loops"). The feed is followed all the
 * time; the stage that is due runs beside it, table by table. Everything resumes from the sidecar.
 */
import type { Synchronised, VerifyAgain } from '../../../domain/progress.js';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  chunkRowsStart,
  followReportIntervalMs,
  gentleTimeShareMax,
  keepFollowSamplesIntervalMs,
  keepLatenciesIntervalMs,
} from '../../../limits/mysql-table.js';
import { verifyAgainDefault } from '../../../limits/shared.js';
import { quoteTable } from '../../../schema/identifier.js';
import { throttleWords, type ThrottleLimits } from '../../../throttle/limits.js';
import { Copier } from '../copy/copier.js';
import { waitingForFeed } from '../follow/catch-up.js';
import { Follower } from '../follow/follower.js';
import type { TablePlan } from '../rows/table-plan.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { Session } from '../../server/session/session.js';
import { SessionOnDemand, type SessionSource } from '../../server/session/session-on-demand.js';
import { buildIndexes } from '../indexes/build-indexes.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { loadAllProgress, markStage } from '../../server/sidecar/progress.js';
import {
  describeNotCompared,
  loadComparison,
  isAllVerified,
  loadAllVerification,
  loadVerification,
  saveComparison,
  saveVerified,
} from '../../server/sidecar/verification.js';
import { ChangedKeys } from '../follow/changed-keys.js';
import { Verifier, type VerifierOptions } from '../verify/verifier.js';
import { Waits } from '../../server/waits.js';
import { sightsOf } from '../throttle/sights.js';
import { Throttle } from '../throttle/throttle.js';
import { TimeShare, type Pace } from '../throttle/time-share.js';
import type { CopyWork } from './copy-work.js';
import type { Goal, Progress } from './goal.js';
import { keepCompared } from './keep-compared.js';
import { MeasuredWrites } from './measured-writes.js';
import { RateMeter } from './rate-meter.js';
import { Sampler } from './sampler.js';
import { SessionsInTurn } from './sessions-in-turn.js';

export interface SynchroniserOptions {
  readonly token: string;
  readonly goal: Goal;
  /** `verified` is the next goal: with the goal `indexed`, the comparison begins beside the build. */
  readonly verifiesNext?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Gets to know what the work waits for. */
  readonly waits?: Waits;
  /** Of the copy and of the comparison. */
  readonly throttle: ThrottleLimits;
  /** How what was verified is verified again while it is only followed; null: it is not. */
  readonly verifyAgain?: VerifyAgain | null | undefined;
}

export class Synchroniser {
  readonly #work: CopyWork;
  readonly #options: SynchroniserOptions;
  /** Looks at the sidecar. */
  readonly #control: SessionSource;
  /** Aborted when the goal is reached, when the workflow asks, or when any part fails. */
  readonly #stop = new AbortController();
  #caughtUp = false;
  #copier: Copier | undefined;
  #follower: Follower | undefined;
  readonly #sessions: SessionsInTurn;
  readonly #measured: MeasuredWrites;
  /** For whoever looks back. */
  readonly #sampler: Sampler;
  readonly #throttle: Throttle | undefined;
  /** Of what is read in bulk: the throttle, and more rests where it is gentle. */
  readonly #pace: Pace | undefined;
  readonly #waits: Waits;

  /** @param control control sessions on the target; the operation was taken over. */
  constructor(work: CopyWork, options: SynchroniserOptions, control: SessionSource) {
    this.#work = work;
    this.#options = options;
    this.#control = control;
    const { operationId, clusters, connections } = work;
    this.#sessions = new SessionsInTurn(connections);
    const measured = { operationId, clusters, token: options.token, control };
    this.#sampler = new Sampler(measured);
    this.#measured = new MeasuredWrites(measured, (cluster, ms) => this.#sampler.wrote(cluster, ms));
    this.#waits = options.waits ?? new Waits();
    this.#throttle = this.#throttleOf(options);
    this.#pace = this.#throttle?.isGentle === true ? new TimeShare(gentleTimeShareMax, this.#throttle) : this.#throttle;
  }

  #throttleOf({ throttle: limits }: SynchroniserOptions): Throttle | undefined {
    if (throttleWords(limits) === null) return undefined;
    const sights = sightsOf({
      measured: this.#measured,
      lagMs: () => this.#follower?.lagMs ?? 0,
      open: () => this.#work.connections.control('source'),
    });
    const throttle = new Throttle({ limits, sights });
    this.#waits.add(() => throttle.waits);
    return throttle;
  }

  /** @throws FENCED, data errors, TABLE_CHANGED, POSITION_PURGED, VERIFICATION_FAILED, the driver's errors. */
  async run(): Promise<Synchronised> {
    const seldomMs = this.#options.goal === 'follow' ? keepFollowSamplesIntervalMs : keepLatenciesIntervalMs;
    const keepsNoMore = this.#sampler.keepNowAndThen(keepLatenciesIntervalMs, seldomMs);
    try {
      await withJointSignal([this.#options.signal, this.#stop.signal], undefined, (ended) => this.#runUntil(ended));
    } finally {
      keepsNoMore();
    }
    await this.#sampler.keep();
    return this.#outcome();
  }

  async #runUntil(ended: AbortSignal): Promise<void> {
    const looking = new SessionOnDemand(() => this.#work.connections.control('source'));
    try {
      await this.#followUntil(ended, looking);
    } finally {
      await looking.close();
    }
  }

  async #followUntil(ended: AbortSignal, looking: SessionSource): Promise<void> {
    const { goal, token, verifiesNext = false } = this.#options;
    const { tables, connections, operationId, way, copies, guard } = this.#work;
    const verifies = goal === 'verified' || (goal === 'indexed' && verifiesNext);
    const followsOn = goal === 'follow' || goal === 'caughtUp';
    const comparesChanges = verifies || (followsOn && (await this.#isVerified()));
    const changed = comparesChanges ? tables.map(() => new ChangedKeys()) : undefined;
    const follower = await Follower.open({
      ...{ operationId, tables, way, token, copies, looking },
      rows: await connections.rows(),
      chunksInFlightEnded: () => this.#copier?.chunksInFlightEnded() ?? Promise.resolve(),
      ...(changed === undefined ? {} : { changed }),
      ...(guard === undefined ? {} : { guard }),
    });
    this.#follower = follower;
    const parts = [this.#part(() => follower.run(ended)), this.#part(() => this.#reach(goal, ended))];
    if (changed !== undefined) parts.push(this.#part(() => this.#keepCompared(follower, changed, ended)));
    const results = await Promise.allSettled(parts);
    follower.close();
    throwFirst(results);
  }

  async #outcome(): Promise<Synchronised> {
    const { goal, signal } = this.#options;
    const { tables, operationId } = this.#work;
    const several = tables.length > 1;
    let rowsCopied = 0;
    const notCompared: string[] = [];
    const done = { copied: true, indexed: true, verified: true };
    const [allProgress, allVerification] = await this.#control.use(async (control) => [
      await loadAllProgress(control, operationId),
      await loadAllVerification(control, operationId),
    ]);
    for (const plan of tables) {
      const { tableNumber = 0 } = plan;
      const progress = allProgress.get(tableNumber);
      const verification = allVerification.get(tableNumber);
      if (progress === undefined || verification === undefined) throw new Error(`no progress of ${plan.source.table}`);
      rowsCopied += progress.rowsCopied;
      done.copied &&= progress.copied;
      done.indexed &&= progress.indexed;
      done.verified &&= verification.verified;
      const words = describeNotCompared(verification);
      notCompared.push(...(several ? words.map((word) => `${plan.source.table}: ${word}`) : words));
    }
    const reached = goal !== 'follow' && !signal.aborted && (goal === 'caughtUp' ? this.#caughtUp : done[goal]);
    const outcome = reached ? 'reached' : 'stopped';
    const writeLatency = await this.#measured.report();
    return { outcome, rowsCopied, verified: done.verified, notCompared, writeLatency };
  }

  #isVerified(): Promise<boolean> {
    return this.#control.use((control) => isAllVerified(control, this.#work.operationId));
  }

  /** One part of the work: when it ends for whatever reason, the others end too. */
  async #part(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      this.#stop.abort();
    }
  }

  /** @param pace of a verification. */
  async #reach(goal: Goal, ended: AbortSignal, pace: Pace | undefined = this.#pace): Promise<void> {
    if (goal === 'follow') return this.#follow(ended);
    if (goal === 'caughtUp') return this.#catchUpOnce(ended);
    await this.#measured.meanwhile(() => this.#sessions.keptDuring(() => this.#workThroughTables(goal, ended, pace)));
  }

  async #workThroughTables(
    goal: 'copied' | 'indexed' | 'verified',
    ended: AbortSignal,
    pace: Pace | undefined,
  ): Promise<void> {
    const rowsEstimated = this.#work.tables.reduce((sum, plan) => sum + plan.rowsEstimated, 0);
    const meter = new RateMeter(rowsEstimated);
    let rowsBefore = 0;
    for (const plan of this.#work.tables) {
      if (ended.aborted) return;
      const onRows = (stage: Progress['stage']) => (rows: number) =>
        this.#report(stage, { ...this.#tableDetail(plan), ...meter.at(rowsBefore + rows) });
      if (goal === 'copied') rowsBefore += await this.#copy(plan, onRows('copying'), ended);
      else if (goal === 'indexed') await this.#indexAndCompare(plan, ended);
      else rowsBefore += await this.#verify(plan, onRows('verifying'), { signal: ended, throttle: pace });
    }
  }

  /** Which of several tables it is. */
  #tableDetail({ source }: TablePlan): { readonly detail?: string } {
    return this.#work.tables.length > 1 ? { detail: source.table } : {};
  }

  async #copy(plan: TablePlan, onProgress: (rows: number) => void, ended: AbortSignal): Promise<number> {
    const { way } = this.#work;
    const copy = async (bounds: Session, checkpoints: Session): Promise<number> => {
      const copier = new Copier({
        ...{ plan, way, onProgress, bounds, checkpoints },
        throttle: this.#pace,
        token: this.#options.token,
        withSessions: this.#sessions.rows,
        catchUp: () => this.#catchUp(ended),
        signal: ended,
      });
      this.#copier = copier;
      await copier.run().finally(() => this.#throttle?.goesOn());
      return copier.rowsCopied;
    };
    return this.#sessions.data('source')(
      (bounds) => this.#sessions.control('target')((checkpoints) => copy(bounds, checkpoints), ended),
      ended,
    );
  }

  async #index(plan: TablePlan, ended: AbortSignal): Promise<void> {
    const build = async (session: Session, watching: Session, source: Session): Promise<void> => {
      await buildIndexes({
        ...{ plan, session, watching },
        rest: () => this.#rest(source, ended),
        onProgress: (detail, percent) => this.#report('indexing', { detail, ...(percent === null ? {} : { percent }) }),
        signal: ended,
      });
      // Plans must be good from the first query after the swap; the statistics move with the table.
      if (!ended.aborted) await session.rows(`ANALYZE TABLE ${quoteTable(plan.copy)}`);
    };
    await this.#sessions.data('target')(
      (session) =>
        this.#sessions.control('target')(
          (watching) => this.#sessions.control('source')((source) => build(session, watching, source), ended),
          ended,
        ),
      ended,
    );
    if (!ended.aborted) await this.#record((control) => markStage(control, plan, 'indexed'));
  }

  /**
   * A build leaves cores idle: what is compared beside it is not left to the next goal. The last chunk is, so that of a table
   * with one chunk there is nothing to compare, and of hundreds of such tables no sessions whose statement was ended.
   */
  async #indexAndCompare(plan: TablePlan, ended: AbortSignal): Promise<void> {
    const isCompared = plan.deferredIndexes.length > 0 && plan.rowsEstimated > chunkRowsStart;
    if (this.#options.verifiesNext !== true || !isCompared) return this.#index(plan, ended);
    const [built, failed] = [new AbortController(), new AbortController()];
    const comparing = withJointSignal([ended, built.signal], undefined, (signal) =>
      this.#verify(plan, () => undefined, { signal, leavesLast: true, throttle: this.#pace }),
    ).catch((error: unknown) => {
      failed.abort();
      throw error;
    });
    const building = withJointSignal([ended, failed.signal], undefined, (signal) => this.#index(plan, signal));
    const both = [comparing, building.finally(() => built.abort())];
    throwFirst(await Promise.allSettled(both));
  }

  /** @returns the rows that were compared. */
  async #verify(
    plan: TablePlan,
    onProgress: (rows: number) => void,
    run: Pick<VerifierOptions, 'signal' | 'leavesLast' | 'throttle'>,
  ): Promise<number> {
    const comparedTables = (await this.#work.readTables?.())?.get(plan.tableNumber ?? 0) ?? null;
    const [kept, givenUp] = await this.#control.use(async (control) => [
      await loadComparison(control, plan),
      await loadVerification(control, plan),
    ]);
    const from = (kept?.comparedTables ?? null) === comparedTables ? kept : undefined;
    const changesMadeUpFor = from?.changesMadeUpFor ?? givenUp.changesNotCompared;
    const { complete, notCompared, rowsCompared } = await new Verifier({
      ...{ plan, from },
      keep: (progress) =>
        this.#record((control) => saveComparison(control, plan, { ...progress, changesMadeUpFor, comparedTables })),
      withSessions: this.#sessions.compared,
      catchUp: () => this.#catchUp(run.signal),
      onProgress,
      ...run,
    })
      .run()
      .finally(() => this.#throttle?.goesOn());
    const verified = { notCompared, changesMadeUpFor, comparedTables };
    if (complete) await this.#record((control) => saveVerified(control, plan, verified));
    return rowsCompared;
  }

  #keepCompared(follower: Follower, changed: readonly ChangedKeys[], ended: AbortSignal): Promise<void> {
    const { connections } = this.#work;
    const tables = this.#work.tables.flatMap((plan, index) => {
      const ofTable = changed[index];
      return ofTable === undefined ? [] : [{ plan, changed: ofTable }];
    });
    const catchUp = (): Promise<void> => this.#catchUp(ended);
    const record = (write: (control: Session) => Promise<void>): Promise<void> => this.#record(write);
    return keepCompared({ follower, tables, openSessions: connections.compared, catchUp, record }, ended);
  }

  async #catchUpOnce(ended: AbortSignal): Promise<void> {
    this.#report('following', {});
    await this.#catchUp(ended);
    this.#caughtUp = !ended.aborted;
  }

  /** Follows; what was verified once is verified again now and then, since it may be held back for weeks. */
  async #follow(ended: AbortSignal): Promise<void> {
    const { verifyAgain = verifyAgainDefault } = this.#options;
    const { everyMs, timeShareMax } = verifyAgain ?? { everyMs: Infinity, timeShareMax: 1 };
    const verified = await this.#isVerified();
    const pace = new TimeShare(timeShareMax, this.#throttle);
    // What has to be compared is due at once, whatever was asked for, and is no repetition that could take its time.
    let isOwed = this.#work.comparesAgain === true;
    let verifiedAt = performance.now();
    while (!ended.aborted) {
      this.#report('following', {});
      await sleep(followReportIntervalMs, undefined, { signal: ended }).catch(() => undefined);
      const isDue = isOwed || performance.now() - verifiedAt >= everyMs;
      if (!verified || ended.aborted || !isDue) continue;
      await this.#reach('verified', ended, isOwed ? this.#pace : pace);
      isOwed = false;
      verifiedAt = performance.now();
    }
  }

  async #record(write: (control: Session) => Promise<void>): Promise<void> {
    const { operationId } = this.#work;
    const { token } = this.#options;
    await this.#sessions.control('target')(
      (control) => fencedTransaction(control, operationId, token, () => write(control)),
      neverAborted,
    );
  }

  async #rest(source: Session, ended: AbortSignal): Promise<() => void> {
    return (await this.#follower?.rest(source, ended)) ?? (() => undefined);
  }

  async #catchUp(ended: AbortSignal): Promise<void> {
    const follower = this.#follower;
    if (follower === undefined) return;
    await this.#sessions.control('source')(
      (source) => waitingForFeed(this.#waits, follower, () => follower.catchUp(source, ended)),
      ended,
    );
  }

  #report(stage: Progress['stage'], facts: Omit<Progress, 'stage' | 'lagMs' | 'writeMs'>): void {
    const { slowestMs } = this.#measured;
    const probed = slowestMs === undefined ? {} : { writeMs: Math.round(slowestMs * 10) / 10 };
    const progress = { stage, ...facts, lagMs: Math.round(this.#follower?.lagMs ?? 0), ...probed };
    this.#options.onProgress(progress);
    this.#sampler.saw(progress);
  }
}

/** Of work whose statements nobody kills. */
const neverAborted = new AbortController().signal;

/** A failure of one part makes the others stop; the first one is the cause. */
function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
