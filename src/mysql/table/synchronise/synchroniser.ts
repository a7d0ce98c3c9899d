/**
 * Copy, feed, index build and verification, up to a goal (DESIGN.md, "The main loops"). The feed is followed all the
 * time; the stage that is due runs beside it, table by table. Everything resumes from the sidecar.
 */
import type { Synchronised } from '../../../domain/progress.js';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  followReportIntervalMs,
  verifyAgainAfterMsDefault,
  compareChangesIntervalMs,
} from '../../../limits/mysql-table.js';
import { quoteTable } from '../../../schema/identifier.js';
import { throttleWords, type ThrottleLimits } from '../../../throttle/limits.js';
import { Copier } from '../copy/copier.js';
import { Follower } from '../follow/follower.js';
import type { TablePlan } from '../rows/table-plan.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import { sessionsOf, type SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import { buildIndexes } from '../indexes/build-indexes.js';
import { withOpenSessions } from '../../server/session/open-sessions.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { loadAllProgress, markStage } from '../../server/sidecar/progress.js';
import {
  addChangesNotCompared,
  describeNotCompared,
  loadComparison,
  isAllVerified,
  loadAllVerification,
  loadVerification,
  saveComparison,
  saveVerified,
} from '../../server/sidecar/verification.js';
import { ChangedKeys } from '../follow/changed-keys.js';
import { compareChanges } from '../verify/compare-changes.js';
import { Verifier, type VerifierOptions } from '../verify/verifier.js';
import { sightsOf } from '../throttle/sights.js';
import { Throttle } from '../throttle/throttle.js';
import type { CopyWork } from './copy-work.js';
import { firstStages, type Goal, type Progress } from './goal.js';
import { MeasuredWrites } from './measured-writes.js';
import { RateMeter } from './rate-meter.js';

export interface SynchroniserOptions {
  readonly token: string;
  readonly goal: Goal;
  /** `verified` is the next goal: with the goal `indexed`, the comparison begins beside the build. */
  readonly verifiesNext?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Of the copy and of the comparison. */
  readonly throttle: ThrottleLimits;
  /** How long after a verification the copy is verified again while it is only followed. */
  readonly verifyAgainAfterMs?: number;
}

export class Synchroniser {
  readonly #work: CopyWork;
  readonly #options: SynchroniserOptions;
  /** Looks at the sidecar. */
  readonly #control: Session;
  /** Aborted when the goal is reached, when the workflow asks, or when any part fails. */
  readonly #stop = new AbortController();
  #caughtUp = false;
  #copier: Copier | undefined;
  #follower: Follower | undefined;
  readonly #measured: MeasuredWrites;
  readonly #throttle: Throttle | undefined;
  #shown: Omit<Progress, 'lagMs' | 'throttled'>;
  #throttled: string | undefined;

  /** @param control a control session on the target, on which the operation was taken over. */
  constructor(work: CopyWork, options: SynchroniserOptions, control: Session) {
    this.#work = work;
    this.#options = options;
    this.#control = control;
    const { operationId, clusters } = work;
    this.#measured = new MeasuredWrites({ operationId, clusters, token: options.token, control });
    this.#throttle = this.#throttleOf(options);
    this.#shown = { stage: firstStages[options.goal] };
  }

  #throttleOf({ throttle: limits }: SynchroniserOptions): Throttle | undefined {
    if (throttleWords(limits) === null) return undefined;
    const sights = sightsOf({
      measured: this.#measured,
      lagMs: () => this.#follower?.lagMs ?? 0,
      open: () => this.#work.connections.control('source'),
    });
    const onHeld = (held: string | undefined): void => {
      this.#throttled = held;
      this.#show(this.#shown);
    };
    return new Throttle({ limits, sights, onHeld });
  }

  /** @throws FENCED, data errors, TABLE_CHANGED, POSITION_PURGED, VERIFICATION_FAILED, the driver's errors. */
  async run(): Promise<Synchronised> {
    await withJointSignal([this.#options.signal, this.#stop.signal], undefined, (ended) => this.#runUntil(ended));
    return this.#outcome();
  }

  async #runUntil(ended: AbortSignal): Promise<void> {
    const { goal, token, verifiesNext = false } = this.#options;
    const { tables, connections, operationId, way, copies, guard } = this.#work;
    const verifies = goal === 'verified' || (goal === 'indexed' && verifiesNext);
    const followsOn = goal === 'follow' || goal === 'caughtUp';
    const comparesChanges = verifies || (followsOn && (await this.#isVerified()));
    const changed = comparesChanges ? tables.map(() => new ChangedKeys()) : undefined;
    const follower = await Follower.open({
      ...{ operationId, tables, way, token, copies },
      rows: await connections.rows(),
      control: await connections.control('source'),
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
    const allProgress = await loadAllProgress(this.#control, operationId);
    const allVerification = await loadAllVerification(this.#control, operationId);
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
    return isAllVerified(this.#control, this.#work.operationId);
  }

  /** One part of the work: when it ends for whatever reason, the others end too. */
  async #part(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      this.#stop.abort();
    }
  }

  async #reach(goal: Goal, ended: AbortSignal): Promise<void> {
    if (goal === 'follow') return this.#follow(ended);
    if (goal === 'caughtUp') return this.#catchUpOnce(ended);
    await this.#measured.meanwhile(() => this.#workThroughTables(goal, ended));
  }

  async #workThroughTables(goal: 'copied' | 'indexed' | 'verified', ended: AbortSignal): Promise<void> {
    const rowsEstimated = this.#work.tables.reduce((sum, plan) => sum + plan.rowsEstimated, 0);
    const meter = new RateMeter(rowsEstimated);
    let rowsBefore = 0;
    for (const plan of this.#work.tables) {
      if (ended.aborted) return;
      const onRows = (stage: Progress['stage']) => (rows: number) =>
        this.#report(stage, { ...this.#tableDetail(plan), ...meter.at(rowsBefore + rows) });
      if (goal === 'copied') rowsBefore += await this.#copy(plan, onRows('copying'), ended);
      else if (goal === 'indexed') await this.#indexAndCompare(plan, ended);
      else rowsBefore += await this.#verify(plan, onRows('verifying'), { signal: ended });
    }
  }

  /** Which of several tables it is. */
  #tableDetail({ source }: TablePlan): { readonly detail?: string } {
    return this.#work.tables.length > 1 ? { detail: source.table } : {};
  }

  async #copy(plan: TablePlan, onProgress: (rows: number) => void, ended: AbortSignal): Promise<number> {
    const { connections, way } = this.#work;
    return withOpenSessions(async (opened) => {
      const copier = new Copier({
        ...{ plan, way, onProgress },
        throttle: this.#throttle,
        token: this.#options.token,
        openSessions: connections.rows,
        bounds: opened.add(await connections.data('source')),
        checkpoints: opened.add(await connections.control('target')),
        catchUp: () => this.#catchUp(ended),
        signal: ended,
      });
      this.#copier = copier;
      await copier.run().finally(() => this.#throttle?.goesOn());
      return copier.rowsCopied;
    });
  }

  async #index(plan: TablePlan, ended: AbortSignal): Promise<void> {
    const { connections } = this.#work;
    await withOpenSessions(async (opened) => {
      const session = opened.add(await connections.data('target'));
      const watching = opened.add(await connections.control('target'));
      const source = opened.add(await connections.control('source'));
      await buildIndexes({
        ...{ plan, session, watching },
        rest: () => this.#rest(source, ended),
        onProgress: (detail, percent) => this.#report('indexing', { detail, ...(percent === null ? {} : { percent }) }),
        signal: ended,
      });
      // Plans must be good from the first query after the swap; the statistics move with the table.
      if (!ended.aborted) await session.rows(`ANALYZE TABLE ${quoteTable(plan.copy)}`);
    });
    if (!ended.aborted) await this.#record((control) => markStage(control, plan, 'indexed'));
  }

  /** A build leaves cores idle: what is compared beside it is not left to the next goal. */
  async #indexAndCompare(plan: TablePlan, ended: AbortSignal): Promise<void> {
    if (this.#options.verifiesNext !== true || plan.deferredIndexes.length === 0) return this.#index(plan, ended);
    const [built, failed] = [new AbortController(), new AbortController()];
    const comparing = withJointSignal([ended, built.signal], undefined, (signal) =>
      this.#verify(plan, () => undefined, { signal, leavesLast: true }),
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
    run: Pick<VerifierOptions, 'signal' | 'leavesLast'>,
  ): Promise<number> {
    const comparedTables = (await this.#work.readTables?.())?.get(plan.tableNumber ?? 0) ?? null;
    const kept = await loadComparison(this.#control, plan);
    const from = (kept?.comparedTables ?? null) === comparedTables ? kept : undefined;
    const givenUp = await loadVerification(this.#control, plan);
    const changesMadeUpFor = from?.changesMadeUpFor ?? givenUp.changesNotCompared;
    const { complete, notCompared, rowsCompared } = await new Verifier({
      ...{ plan, from },
      keep: (progress) =>
        this.#record((control) => saveComparison(control, plan, { ...progress, changesMadeUpFor, comparedTables })),
      openSessions: this.#work.connections.compared,
      catchUp: () => this.#catchUp(run.signal),
      throttle: this.#throttle,
      onProgress,
      ...run,
    })
      .run()
      .finally(() => this.#throttle?.goesOn());
    const verified = { notCompared, changesMadeUpFor, comparedTables };
    if (complete) await this.#record((control) => saveVerified(control, plan, verified));
    return rowsCompared;
  }

  /** Compares changes soon after they were applied. What is left at the end is what the stored position is behind. */
  async #keepCompared(follower: Follower, changed: readonly ChangedKeys[], ended: AbortSignal): Promise<void> {
    let sessions: SessionPair | undefined;
    while (!ended.aborted) {
      await sleep(compareChangesIntervalMs, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return;
      // Between two rounds a server may have ended its session as idle.
      if (sessions === undefined || sessionsOf(sessions).some(({ closed }) => closed)) {
        sessions = await this.#work.connections.compared();
      }
      // Of before the first table is taken: what is applied meanwhile is compared in the next round.
      const position = follower.position;
      let complete = true;
      for (const [index, plan] of this.#work.tables.entries()) {
        const ofTable = changed[index];
        if (ofTable === undefined) continue;
        complete &&= await compareChanges(sessions, {
          plan,
          changed: ofTable,
          catchUp: () => this.#catchUp(ended),
          recordGivenUp: (changes) => this.#record((control) => addChangesNotCompared(control, plan, changes)),
          signal: ended,
        });
      }
      if (complete) follower.comparedUpTo(position);
    }
  }

  async #catchUpOnce(ended: AbortSignal): Promise<void> {
    this.#report('following', {});
    await this.#catchUp(ended);
    this.#caughtUp = !ended.aborted;
  }

  /** Follows; what was verified once is verified again now and then, since it may be held back for weeks. */
  async #follow(ended: AbortSignal): Promise<void> {
    const { verifyAgainAfterMs = verifyAgainAfterMsDefault } = this.#options;
    const verified = await this.#isVerified();
    let verifiedAt = this.#work.comparesAgain === true ? -Infinity : performance.now();
    while (!ended.aborted) {
      this.#report('following', {});
      await sleep(followReportIntervalMs, undefined, { signal: ended }).catch(() => undefined);
      if (!verified || ended.aborted || performance.now() - verifiedAt < verifyAgainAfterMs) continue;
      await this.#reach('verified', ended);
      verifiedAt = performance.now();
    }
  }

  async #record(write: (control: Session) => Promise<void>): Promise<void> {
    const control = await this.#work.connections.control('target');
    try {
      await fencedTransaction(control, this.#work.operationId, this.#options.token, () => write(control));
    } finally {
      await control.close();
    }
  }

  async #rest(source: Session, ended: AbortSignal): Promise<() => void> {
    return (await this.#follower?.rest(source, ended)) ?? (() => undefined);
  }

  async #catchUp(ended: AbortSignal): Promise<void> {
    const source = await this.#work.connections.control('source');
    try {
      await this.#follower?.catchUp(source, ended);
    } finally {
      await source.close();
    }
  }

  #report(stage: Progress['stage'], facts: Omit<Progress, 'stage' | 'lagMs' | 'throttled'>): void {
    this.#show({ stage, ...facts });
  }

  #show(shown: Omit<Progress, 'lagMs' | 'throttled'>): void {
    this.#shown = shown;
    const throttled = this.#throttled === undefined ? {} : { throttled: this.#throttled };
    this.#options.onProgress({ ...shown, lagMs: Math.round(this.#follower?.lagMs ?? 0), ...throttled });
  }
}

/** A failure of one part makes the others stop; the first one is the cause. */
function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
