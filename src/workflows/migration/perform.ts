/**
 * Runs the activities of the data plane, one at a time, each with the time-outs and retries that its kind needs
 * (activity-options.ts), and turns the end of each into an event.
 */
import type { ActivityOptions } from '@temporalio/workflow';
import { proxyActivities } from '@temporalio/workflow';
import type { SwitchyardActivities } from '../../contract/migration/activities.js';
import type { OperationRef } from '../../contract/operation/activities.js';
import { attemptHeartbeatTimeoutMs, attemptMarginMs } from '../../limits/lifecycle.js';
import { isStoppable } from '../../lifecycle/migration/decide.js';
import type { Happening } from '../../lifecycle/migration/event.js';
import type { Activity, CutOverSettings } from '../../lifecycle/migration/state.js';
import type { SynchroniseGoal } from '../../lifecycle/operation/state.js';
import { cutOverSettings } from '../../lifecycle/migration/facts.js';
import {
  closing,
  closingUnprepared,
  goalSummaries,
  lasting,
  preparing,
  resolving,
  shownAs,
  shownWhenItFails,
} from '../operation/activity-options.js';
import { endWithoutResult } from '../operation/failures.js';
import { Lane } from '../operation/lane.js';
import type { Migration } from './migration.js';

export class WorkRunner {
  private readonly lane: Lane<Happening>;

  constructor(private readonly migration: Migration) {
    this.lane = new Lane<Happening>((happening) => migration.happened(happening), endWithoutResult);
  }

  /** Starts an activity; its end becomes an event of the migration. Only when none runs. */
  start(activity: Activity): void {
    this.migration.happened({ kind: 'started', activity });
    this.lane.run(() => this.perform(activity));
  }

  /** Asks what runs to stop at a safe point, if it can be stopped; asking twice changes nothing. */
  stop(): void {
    const { running } = this.migration.state;
    if (running !== null && isStoppable(running)) this.lane.stop();
  }

  private perform(activity: Activity): Promise<Happening> {
    switch (activity.kind) {
      case 'prepare':
        return this.prepare();
      case 'synchronise':
        return this.synchronise(activity.goal);
      case 'watchPaused':
        return this.watchPaused();
      case 'attemptCutOver':
        return this.attemptCutOver();
      case 'resolveCutOver':
        return this.resolveCutOver();
      case 'finish':
        return this.finish();
      case 'cleanUp':
        return this.cleanUp();
    }
  }

  private async prepare(): Promise<Happening> {
    const { input, state } = this.migration;
    const activities = this.activities(`check and prepare ${this.migration.name}`, shownWhenItFails(preparing));
    const prepared = await activities.prepareMigration({ input, grant: state.grant });
    this.migration.isPreparedAs(prepared);
    const { postponeLaunch, postponeCompletion, verify, cutOver } = prepared;
    return { kind: 'prepared', terms: { postponeLaunch, postponeCompletion, verify, cutOver } };
  }

  private async synchronise(goal: SynchroniseGoal): Promise<Happening> {
    const { name, state } = this.migration;
    const held = goal === 'follow' && state.postponed !== null ? ' (completion held back)' : '';
    const activities = this.activities(`${goalSummaries[goal]} ${name}${held}`, shownWhenItFails(lasting));
    const verifiesNext = state.terms?.verify === true;
    return { kind: 'synchronised', ...(await activities.synchronise({ ...this.operation(), goal, verifiesNext })) };
  }

  private async watchPaused(): Promise<Happening> {
    const activities = this.activities(
      `paused: watch the position of ${this.migration.name}`,
      shownWhenItFails(lasting),
    );
    await activities.watchPaused(this.operation());
    return { kind: 'watchedPaused' };
  }

  private async attemptCutOver(): Promise<Happening> {
    const { name, state } = this.migration;
    const cutOver = this.cutOver();
    const activities = this.activities(
      `cut-over attempt ${state.attemptsSinceResume} of ${cutOver.maxAttempts} on ${name}`,
      {
        startToCloseTimeout: cutOver.lockTimeoutMs + attemptMarginMs,
        heartbeatTimeout: attemptHeartbeatTimeoutMs,
        // Whether there is another attempt is decided by the lifecycle, never by a retry (P3).
        retry: { maximumAttempts: 1 },
      },
    );
    const request = { ...this.operation(), attempt: state.attempts, cutOver };
    return { kind: 'attempted', result: await activities.attemptCutOver(request) };
  }

  private async resolveCutOver(): Promise<Happening> {
    const summary = `find out whether the last attempt swapped ${this.migration.name}`;
    const activities = this.activities(summary, shownWhenItFails(resolving));
    return { kind: 'resolved', result: await activities.resolveCutOver(this.operation()) };
  }

  private async finish(): Promise<Happening> {
    const activities = this.activities(`close the records of ${this.migration.name}`, shownWhenItFails(closing));
    return { kind: 'finished', ...(await activities.finishMigration(this.operation())) };
  }

  private async cleanUp(): Promise<Happening> {
    const { prepared, request, state, name } = this.migration;
    const outcome = state.stop?.kind ?? 'failed';
    const { grant } = state;
    if (prepared === null) {
      const activities = this.activities(`remove what was made for ${name}`, closingUnprepared);
      await activities.cleanUpMigration({ cluster: request.cluster, grant, outcome });
    } else {
      const { cluster, operationId } = prepared;
      const activities = this.activities(`remove what was made for ${name}`, shownWhenItFails(closing));
      const cleaned = await activities.cleanUpMigration({ cluster, operationId, grant, outcome });
      return { kind: 'cleanedUp', leftBehind: cleaned?.leftBehind ?? [] };
    }
    return { kind: 'cleanedUp' };
  }

  private activities(summary: string, options: ActivityOptions) {
    return proxyActivities<SwitchyardActivities>(shownAs(summary, options));
  }

  private operation(): OperationRef {
    const { prepared, state } = this.migration;
    if (prepared === null) throw new TypeError('nothing runs on an operation before its preparation');
    return { cluster: prepared.cluster, operationId: prepared.operationId, grant: state.grant };
  }

  private cutOver(): CutOverSettings {
    const { terms, cutOverChange } = this.migration.state;
    if (terms === null) throw new TypeError('no attempt before the preparation');
    return cutOverSettings(terms, cutOverChange);
  }
}
