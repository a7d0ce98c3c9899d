/** Two namespaces, or two Temporal clusters, share a MySQL server: neither touches what belongs to the other. */
import { randomUUID } from 'node:crypto';
import type { WorkflowFailedError } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { expect, inject, it } from 'vitest';
import type { ReconcileInput, ReconcileResult } from '../../src/contract/reconcile.js';
import { eventually, MigrationTest, uniqueName } from '../support/migration-test.js';
import { TestWorkers } from '../support/test-workers.js';

it('refuses what another namespace or another Temporal has begun, and never cleans it up', async () => {
  const { temporal, commerce, folder } = inject('stack');
  const connection = await Connection.connect({ address: temporal.address });
  const namespace = uniqueName('other');
  const test = new MigrationTest({ rows: 500, clients: 0 });
  const taskQueue = uniqueName('queue');
  const elsewhere = new TestWorkers({
    ...{ taskQueue, folder, clusters: { commerce: commerce.switchyard } },
    temporal: { ...temporal, namespace },
  });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await test.open();
    await test.startWorker();
    const { workflowId } = await test.start({ postponeCompletion: true });
    const { operationId } = await test.untilPhase('postponed');
    const shadow = await test.ownTables();
    expect(shadow).toHaveLength(1);

    // Of the same id, too.
    const there = new Client({ connection, namespace });
    const { handle: own } = test;
    const input = { cluster: 'commerce', database: test.database, statement: 'ALTER TABLE orders ADD COLUMN a INT' };
    const begin = () => there.workflow.start('onlineDdl', { taskQueue, workflowId, args: [input] });
    // A server hears of a new namespace some seconds later.
    const second = await eventually('the namespace', () => begin().catch(() => undefined));
    await elsewhere.start();
    const refusal = (await second.result().catch((error: unknown) => error)) as WorkflowFailedError;
    expect((refusal.cause as ApplicationFailure).type).toBe('TABLE_BUSY');
    expect(refusal.cause?.message).toContain(`in namespace ${temporal.namespace} of the Temporal cluster `);

    const reconcile = (client: Client, queue: string, more: Partial<ReconcileInput> = {}) =>
      client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileResult>>('reconcile', {
        ...{ taskQueue: queue, workflowId: uniqueName('reconcile') },
        args: [{ cluster: 'commerce', operationId: operationId ?? '', ...more }],
      });
    const here = new Client({ connection, namespace: temporal.namespace });
    const refused = { outcome: 'refused', why: expect.stringContaining('which is not this one') as string };
    expect((await reconcile(there, taskQueue)).residuals).toMatchObject([refused]);
    expect((await reconcile(here, test.taskQueue)).residuals).toMatchObject([{ outcome: 'inUse' }]);
    expect(await test.ownTables()).toEqual(shadow);
    expect(await own.describe()).toMatchObject({ status: { name: 'RUNNING' } });

    // As if another Temporal cluster had begun it, with a namespace of the same name.
    await own.terminate();
    const root = await test.rootSession();
    await root.run('UPDATE _switchyard.operations SET run_id = ?, temporal_cluster = ? WHERE operation_id = ?', [
      ...[randomUUID(), 'another', operationId],
    ]);
    await root.close();
    expect((await reconcile(here, test.taskQueue)).residuals).toMatchObject([refused]);
    expect(await test.ownTables()).toEqual(shadow);
    await expect(reconcile(here, test.taskQueue, { operationId: undefined, ownerIsGone: true })).rejects.toThrow();
    const gone = await reconcile(here, test.taskQueue, { ownerIsGone: true });
    expect(gone.residuals).toMatchObject([{ outcome: 'removed' }]);
    expect(await test.ownTables()).toEqual([]);
  } finally {
    await elsewhere.stop();
    await connection.close();
    await test.close();
  }
});
