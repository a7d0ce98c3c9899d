import { expect, it } from 'vitest';
import type { ReconcileActivities, ReconcileResult } from '../../src/contract/reconcile.js';
import { activityError, Fakes } from '../support/fakes.js';
import { testWorkflow } from '../support/workflow-env.js';

const found: ReconcileResult = {
  cluster: 'commerce',
  dryRun: true,
  residuals: [
    {
      operationId: '0123456789',
      kind: 'onlineDdl',
      workflowId: 'online-ddl/commerce/shop/orders',
      outcome: 'removable',
      why: 'its workflow is gone',
      parts: ['table shop._sw_0123456789_new'],
    },
  ],
};

it('reconcile asks one activity, and shows what it has found', async () => {
  const fakes = new Fakes<ReconcileActivities>({ reconcileCluster: () => Promise.resolve(found) });
  const input = { cluster: 'commerce', dryRun: true };
  await testWorkflow('reconcile', [input], { fixture: 'reconciled' }, fakes, async (handle) => {
    await expect(handle.result()).resolves.toEqual(found);
    expect(fakes.requests('reconcileCluster')).toEqual([{ input }]);
    expect(await handle.query('status')).toEqual(found);
  });
});

it('reconcile of what there is not fails by name', async () => {
  const fails = () => Promise.reject(activityError('UNKNOWN_CLUSTER', 'terminal'));
  const fakes = new Fakes<ReconcileActivities>({ reconcileCluster: fails });
  await testWorkflow('reconcile', [{}], {}, fakes, async (handle) => {
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'UNKNOWN_CLUSTER' } });
  });
});
