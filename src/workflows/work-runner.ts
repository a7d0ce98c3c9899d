/**
 * Runs the activities of the data plane, one at a time, each with the time-outs and retries that its kind needs
 * (design "How workflows and activities share the work"), and turns the end of each into an event.
 */
import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityCancellationType, CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { OperationRef, SwitchyardActivities } from '../contract/activities.js';
import {
  attemptHeartbeatTimeoutMs,
  attemptMarginMs,
  closingHeartbeatTimeoutMs,
  closingTimeoutMs,
  closingUnpreparedAttemptsMax,
  prepareAttemptsMax,
  prepareHeartbeatTimeoutMs,
  prepareTimeoutMs,
  resolveHeartbeatTimeoutMs,
  resolveTimeoutMs,
  retryIntervalMs,
  retryIntervalMsMax,
  summaryBytesMax,
  synchroniseHeartbeatTimeoutMs,
  synchroniseTimeoutMs,
} from '../limits/lifecycle.js';
import { isStoppable } from '../lifecycle/decide.js';
import type { Happening } from '../lifecycle/event.js';
import type { Activity, CutOverSettings, SynchroniseGoal } from '../lifecycle/state.js';
import { cutOverSettings } from '../lifecycle/state.js';
import { endWithoutResult } from './failures.js';
import type { Migration } from './migration.js';
import { cutToBytes } from './text.js';

const retry = { initialInterval: retryIntervalMs, maximumInterval: retryIntervalMsMax } as const;

const goalSummaries: Readonly<Record<SynchroniseGoal, string>> = {
  copied: 'copy',
  indexed: 'build indexes of',
  verified: 'verify',
  follow: 'follow',
};

export class WorkRunner {
  private scope: CancellationScope | null = null;

  constructor(private readonly migration: Migration) {}

  /** Starts an activity; its end becomes an event of the migration. Only when none runs. */
  start(activity: Activity): void {
    this.migration.happened({ kind: 'started', activity });
    const scope = new CancellationScope();
    this.scope = scope;
    const end = scope.run(() => this.perform(activity)).catch(endWithoutResult);
    void end.then((happening) => {
      this.scope = null;
      this.migration.happened(happening);
    });
  }

  /** Asks what runs to stop at a safe point, if it can be stopped; asking twice changes nothing. */
  stop(): void {
    const { running } = this.migration.state;
    if (running !== null && isStoppable(running)) this.scope?.cancel();
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
    const activities = this.activities(`check and prepare ${this.migration.name}`, {
      startToCloseTimeout: prepareTimeoutMs,
      heartbeatTimeout: prepareHeartbeatTimeoutMs,
      retry: { ...retry, maximumAttempts: prepareAttemptsMax },
    });
    const prepared = await activities.prepareMigration({ input, grant: state.grant });
    this.migration.isPreparedAs(prepared);
    const { postponeLaunch, postponeCompletion, verify, cutOver } = prepared;
    return { kind: 'prepared', terms: { postponeLaunch, postponeCompletion, verify, cutOver } };
  }

  private async synchronise(goal: SynchroniseGoal): Promise<Happening> {
    const { name, state } = this.migration;
    const held = goal === 'follow' && state.postponed !== null ? ' (completion held back)' : '';
    const activities = this.activities(`${goalSummaries[goal]} ${name}${held}`, lasting);
    return { kind: 'synchronised', ...(await activities.synchronise({ ...this.operation(), goal })) };
  }

  private async watchPaused(): Promise<Happening> {
    const activities = this.activities(`paused: watch the position of ${this.migration.name}`, lasting);
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
    const activities = this.activities(`find out whether the last attempt swapped ${this.migration.name}`, {
      startToCloseTimeout: resolveTimeoutMs,
      heartbeatTimeout: resolveHeartbeatTimeoutMs,
      retry,
    });
    return { kind: 'resolved', result: await activities.resolveCutOver(this.operation()) };
  }

  private async finish(): Promise<Happening> {
    const activities = this.activities(`close the records of ${this.migration.name}`, closing);
    return { kind: 'finished', ...(await activities.finishMigration(this.operation())) };
  }

  private async cleanUp(): Promise<Happening> {
    const { prepared, request, state, name } = this.migration;
    const outcome = state.stop?.kind ?? 'failed';
    const { grant } = state;
    if (prepared === null) {
      const bounded = { ...closing, retry: { ...retry, maximumAttempts: closingUnpreparedAttemptsMax } };
      const activities = this.activities(`remove what was made for ${name}`, bounded);
      await activities.cleanUpMigration({ cluster: request.cluster, grant, outcome });
    } else {
      const { cluster, operationId } = prepared;
      const activities = this.activities(`remove what was made for ${name}`, closing);
      await activities.cleanUpMigration({ cluster, operationId, grant, outcome });
    }
    return { kind: 'cleanedUp' };
  }

  private activities(summary: string, options: ActivityOptions) {
    return proxyActivities<SwitchyardActivities>({
      ...options,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      summary: cutToBytes(summary, summaryBytesMax),
    });
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

/** Work that lasts as long as it needs: retried without limit, its checkpoint is in the sidecar. */
const lasting: ActivityOptions = {
  startToCloseTimeout: synchroniseTimeoutMs,
  heartbeatTimeout: synchroniseHeartbeatTimeoutMs,
  retry,
};

/** Work that has to succeed for the operation to end. */
const closing: ActivityOptions = {
  startToCloseTimeout: closingTimeoutMs,
  heartbeatTimeout: closingHeartbeatTimeoutMs,
  retry,
};
