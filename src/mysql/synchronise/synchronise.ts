/**
 * The long work of a migration, in one process (design 5.4): copy, feed, index build and verification, up to a goal.
 * The feed is followed all the time; the stage that is due runs beside it. Everything resumes from the sidecar.
 */
import { quoteTable } from '../../schema/identifier.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { Session, type SessionVariables } from '../session/session.js';
import { controlVariables, dataVariables } from '../session/variables.js';
import { Copier } from '../copy/copier.js';
import { Follower } from '../follow/follower.js';
import { buildIndexes } from '../shadow/build-indexes.js';
import { readPlan, type MigrationPlan } from '../shadow/plan.js';
import { fencedTransaction, takeOver } from '../sidecar/epoch.js';
import { loadProgress, markStage } from '../sidecar/progress.js';
import { addChangesNotCompared, describeNotCompared, loadVerification, saveVerified } from '../sidecar/verification.js';
import { ChangedKeys } from '../verify/changed-keys.js';
import { compareChanges } from '../verify/compare-changes.js';
import { Verifier } from '../verify/verifier.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { followReportIntervalMs, verifyAgainAfterMsDefault } from '../../limits/mysql.js';
import { compareChangesIntervalMs } from '../../limits/verify.js';
import { RateMeter } from './rate-meter.js';

/** Stages in their order; `follow` comes after all and never ends by itself. */
export type Goal = 'copied' | 'indexed' | 'verified' | 'follow';

export interface Progress {
  readonly stage: 'copying' | 'indexing' | 'verifying' | 'following';
  readonly percent?: number;
  readonly rows?: number;
  readonly rowsEstimated?: number;
  readonly rowsPerSecond?: number;
  readonly etaSeconds?: number;
  readonly lagMs?: number;
  readonly detail?: string;
}

export interface SynchroniseOptions {
  readonly cluster: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
  readonly goal: Goal;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** How long after a verification a migration that is held back is verified again. */
  readonly verifyAgainAfterMs?: number;
}

export interface SynchroniseOutcome {
  readonly outcome: 'reached' | 'stopped';
  readonly rowsCopied: number;
  readonly verified: boolean;
  readonly notCompared: readonly string[];
}

/** @throws FENCED, data errors, TABLE_CHANGED, POSITION_PURGED, VERIFICATION_FAILED, the driver's errors. */
export async function synchronise(options: SynchroniseOptions): Promise<SynchroniseOutcome> {
  let opened: Session[] = [];
  const open = async (variables: SessionVariables): Promise<Session> => {
    const session = await Session.open(options.cluster, variables);
    // Look-ups open and close sessions of their own for as long as the migration lasts: only open ones are kept track of.
    opened = [...opened.filter(({ closed }) => !closed), session];
    return session;
  };
  try {
    const control = await open(controlVariables);
    await takeOver(control, options.operationId, options.token);
    const plan = await readPlan(control, options.operationId);
    return await new Synchroniser(options, plan, control, open).run();
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

class Synchroniser {
  readonly #options: SynchroniseOptions;
  readonly #plan: MigrationPlan;
  readonly #control: Session;
  readonly #open: (variables: SessionVariables) => Promise<Session>;
  /** Aborted when the goal is reached, when the workflow asks, or when any part fails. */
  readonly #stop = new AbortController();
  #copier: Copier | undefined;
  #follower: Follower | undefined;

  constructor(
    options: SynchroniseOptions,
    plan: MigrationPlan,
    control: Session,
    open: (variables: SessionVariables) => Promise<Session>,
  ) {
    this.#options = options;
    this.#plan = plan;
    this.#control = control;
    this.#open = open;
  }

  async run(): Promise<SynchroniseOutcome> {
    const { signal, goal } = this.#options;
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    const changed = (await this.#comparesChanges()) ? new ChangedKeys() : undefined;
    const follower = await Follower.open({
      plan: this.#plan,
      token: this.#options.token,
      data: await this.#openData(),
      control: await this.#open(controlVariables),
      chunksInFlightEnded: () => this.#copier?.chunksInFlightEnded() ?? Promise.resolve(),
      ...(changed === undefined ? {} : { changed }),
    });
    this.#follower = follower;
    const parts = [this.#part(() => follower.run(ended)), this.#part(() => this.#reach(goal, ended))];
    if (changed !== undefined) parts.push(this.#part(() => this.#keepCompared(follower, changed, ended)));
    const results = await Promise.allSettled(parts);
    follower.close();
    throwFirst(results);
    const progress = await loadProgress(this.#control, this.#plan.operationId);
    const verification = await loadVerification(this.#control, this.#plan.operationId);
    const { verified } = verification;
    const reached = goal !== 'follow' && !signal.aborted && { ...progress, verified }[goal];
    return {
      outcome: reached ? 'reached' : 'stopped',
      rowsCopied: progress.rowsCopied,
      verified,
      notCompared: describeNotCompared(verification),
    };
  }

  /** From the verification on, what is changed is compared again (P6). */
  async #comparesChanges(): Promise<boolean> {
    const { verified } = await loadVerification(this.#control, this.#plan.operationId);
    return this.#options.goal === 'verified' || (this.#options.goal === 'follow' && verified);
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
    if (goal === 'copied') await this.#copy(ended);
    else if (goal === 'indexed') await this.#index(ended);
    else if (goal === 'verified') await this.#verify(ended);
    else await this.#follow(ended);
  }

  async #copy(ended: AbortSignal): Promise<void> {
    const meter = new RateMeter(this.#plan.rowsEstimated);
    this.#copier = new Copier({
      plan: this.#plan,
      token: this.#options.token,
      openDataSession: () => this.#openData(),
      bounds: await this.#openData(),
      checkpoints: await this.#open(controlVariables),
      catchUp: () => this.#catchUp(ended),
      onProgress: (rows) => this.#report('copying', meter.at(rows)),
      signal: ended,
    });
    await this.#copier.run();
  }

  async #index(ended: AbortSignal): Promise<void> {
    const session = await this.#openData();
    const watching = await this.#open(controlVariables);
    await buildIndexes({
      plan: this.#plan,
      session,
      watching,
      rest: () => this.#rest(watching, ended),
      onProgress: (detail, percent) => this.#report('indexing', { detail, ...(percent === null ? {} : { percent }) }),
      signal: ended,
    });
    if (ended.aborted) return;
    // Plans must be good from the first query after the swap; the statistics move with the table.
    await session.rows(`ANALYZE TABLE ${quoteTable(this.#plan.shadow)}`);
    await this.#record((session, operationId) => markStage(session, operationId, 'indexed'));
  }

  async #verify(ended: AbortSignal): Promise<void> {
    const { changesNotCompared } = await loadVerification(this.#control, this.#plan.operationId);
    const meter = new RateMeter(this.#plan.rowsEstimated);
    const { complete, notCompared } = await new Verifier({
      plan: this.#plan,
      openSession: () => this.#openData(),
      catchUp: () => this.#catchUp(ended),
      onProgress: (rows) => this.#report('verifying', meter.at(rows)),
      signal: ended,
    }).run();
    if (!complete) return;
    const verified = { notCompared, changesMadeUpFor: changesNotCompared };
    await this.#record((session, operationId) => saveVerified(session, operationId, verified));
  }

  /** Compares changes soon after they were applied. What is left at the end is what the stored position is behind. */
  async #keepCompared(follower: Follower, changed: ChangedKeys, ended: AbortSignal): Promise<void> {
    let session: Session | undefined;
    while (!ended.aborted) {
      await sleep(compareChangesIntervalMs, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return;
      // Between two rounds the server may have ended the session as idle.
      if (session?.closed !== false) session = await this.#openData();
      const position = await compareChanges(session, {
        plan: this.#plan,
        changed,
        appliedPosition: () => follower.position,
        catchUp: () => this.#catchUp(ended),
        recordGivenUp: (changes) => this.#record((control, id) => addChangesNotCompared(control, id, changes)),
        signal: ended,
      });
      if (position !== undefined) follower.comparedUpTo(position);
    }
  }

  /** Follows; what was verified once is verified again now and then, since a completion may be held back for weeks. */
  async #follow(ended: AbortSignal): Promise<void> {
    const { verifyAgainAfterMs = verifyAgainAfterMsDefault } = this.#options;
    const { verified } = await loadVerification(this.#control, this.#plan.operationId);
    let verifiedAt = performance.now();
    while (!ended.aborted) {
      this.#report('following', {});
      await sleep(followReportIntervalMs, undefined, { signal: ended }).catch(() => undefined);
      if (!verified || ended.aborted || performance.now() - verifiedAt < verifyAgainAfterMs) continue;
      await this.#verify(ended);
      verifiedAt = performance.now();
    }
  }

  async #record(write: (session: Session, operationId: string) => Promise<void>): Promise<void> {
    const { operationId } = this.#plan;
    const session = await this.#open(controlVariables);
    try {
      await fencedTransaction(session, operationId, this.#options.token, () => write(session, operationId));
    } finally {
      await session.close();
    }
  }

  async #rest(control: Session, ended: AbortSignal): Promise<() => void> {
    return (await this.#follower?.rest(control, ended)) ?? (() => undefined);
  }

  async #catchUp(ended: AbortSignal): Promise<void> {
    const session = await this.#open(controlVariables);
    try {
      await this.#follower?.catchUp(session, ended);
    } finally {
      await session.close();
    }
  }

  #openData(): Promise<Session> {
    return this.#open(dataVariables(this.#plan.conversion));
  }

  #report(stage: Progress['stage'], facts: Omit<Progress, 'stage' | 'lagMs'>): void {
    this.#options.onProgress({ stage, ...facts, lagMs: Math.round(this.#follower?.lagMs ?? 0) });
  }
}

/** A failure of one part makes the others stop; the first one is the cause. */
function throwFirst(results: readonly PromiseSettledResult<void>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
