/**
 * One migration driven straight through the data plane, without Temporal: what the workflow would call, in its order and
 * with growing grants. For tests of many migrations, where a workflow for each would cost more than the work itself.
 */
import type { Synchronised } from '../../src/domain/progress.js';
import { randomBytes } from 'node:crypto';
import { attemptCutOver } from '../../src/mysql/migration/attempt-cut-over.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { dropRetained, finishMigration, removeMigration } from '../../src/mysql/migration/clean-up.js';
import type { MigrationPlan } from '../../src/mysql/migration/migration-plan.js';
import { prepareMigration } from '../../src/mysql/migration/prepare-migration.js';
import { fencingToken } from '../../src/mysql/server/sidecar/epoch.js';
import type { Goal } from '../../src/mysql/table/synchronise/goal.js';
import { synchronise } from '../../src/mysql/migration/synchronise-migration.js';

export class DataPlane {
  readonly operationId = randomBytes(5).toString('hex');
  readonly #cluster: ClusterSettings;
  #grant = 0;

  constructor(cluster: ClusterSettings) {
    this.#cluster = cluster;
  }

  /** Checks, plans and makes the shadow. */
  async prepare(
    database: string,
    statement: string,
    sqlMode?: string,
    allowDestructive?: boolean,
  ): Promise<MigrationPlan> {
    const { plan } = await prepareMigration({
      ...this.#operation(),
      owner: {
        workflowId: `test ${this.operationId}`,
        runId: this.operationId,
        namespace: null,
        temporalCluster: null,
      },
      database,
      statement,
      sqlMode,
      allowDestructive,
      askOwner: () => Promise.resolve('open'),
    });
    return plan;
  }

  /** Works up to the goal, which must be reached. */
  async reach(goal: Exclude<Goal, 'follow'>): Promise<Synchronised> {
    const { signal } = new AbortController();
    const outcome = await synchronise({
      ...this.#operation(),
      goal,
      signal,
      throttle: {},
      onProgress: () => undefined,
    });
    if (outcome.outcome !== 'reached') throw new Error(`the goal ${goal} was not reached`);
    return outcome;
  }

  /** Follows for as long as `meanwhile` takes. */
  async follow(meanwhile: () => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const following = synchronise({
      ...this.#operation(),
      goal: 'follow',
      signal: stop.signal,
      throttle: {},
      onProgress: () => undefined,
    });
    try {
      await Promise.race([meanwhile(), following]);
    } finally {
      stop.abort();
      await following;
    }
  }

  /** Attempts to swap until it is done; then the operation is closed. @throws after `attemptsMax`, with the last result. */
  async cutOver(attemptsMax = 1): Promise<void> {
    const { signal } = new AbortController();
    for (let attempt = 1; ; attempt += 1) {
      const result = await attemptCutOver({ ...this.#operation(), attempt, lockTimeoutMs: 5_000, signal });
      if (result.outcome === 'swapped') break;
      if (attempt === attemptsMax) throw new Error(`not swapped: ${JSON.stringify(result)}`);
    }
    await finishMigration(this.#cluster, this.operationId);
  }

  /** What the workflow does after an error. */
  remove(): Promise<readonly string[]> {
    return removeMigration(this.#cluster, this.operationId, 'failed');
  }

  /** Drops the retained table, as `tableCleanup` does. */
  async dropRetained(): Promise<void> {
    await dropRetained(this.#cluster, this.operationId);
  }

  #operation(): { cluster: ClusterSettings; operationId: string; token: string } {
    this.#grant += 1;
    return { cluster: this.#cluster, operationId: this.operationId, token: fencingToken(this.#grant, 1) };
  }
}
