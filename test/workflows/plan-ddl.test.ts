import { expect, it } from 'vitest';
import type { PlanDdlActivities } from '../../src/contract/plan-ddl.js';
import type { DdlPlan } from '../../src/domain/statement-plan.js';
import { activityError, Fakes } from '../support/fakes.js';
import { testWorkflow } from '../support/workflow-env.js';

const plan: DdlPlan = { version: 1, cluster: 'commerce', plannedAt: '2026-11-30T07:00:00Z', statements: [] };

it('planDdl asks one activity, and shows its plan', async () => {
  const fakes = new Fakes<PlanDdlActivities>({ planDdl: () => Promise.resolve(plan) });
  const input = { cluster: 'commerce', database: 'shop', statement: 'ALTER TABLE orders ADD COLUMN note INT' };
  await testWorkflow('planDdl', [input], { fixture: 'planned' }, fakes, async (handle) => {
    await expect(handle.result()).resolves.toEqual(plan);
    expect(fakes.requests('planDdl')).toEqual([{ input }]);
    expect(await handle.query('plan')).toEqual(plan);
  });
});

it('planDdl of what is not valid fails by name', async () => {
  const fails = () => Promise.reject(activityError('INVALID_INPUT', 'terminal'));
  const fakes = new Fakes<PlanDdlActivities>({ planDdl: fails });
  await testWorkflow('planDdl', [{}], {}, fakes, async (handle) => {
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  });
});
