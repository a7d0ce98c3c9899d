import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import type { TellRouterInput } from '../../src/contract/tell-router.js';
import type { Called } from '../../src/domain/routing.js';
import { uniqueName } from '../support/eventually.js';
import { Fakes } from '../support/fakes.js';
import { testWorkflow } from '../support/workflow-env.js';

const ruleSet = { operationId: '0123456789', move: 'orders-to-eu', version: 2, rules: [] };

it('tellRouter calls the activity of a user once, with the rules, and tells how that ended', async () => {
  const answers: readonly (readonly [() => Promise<unknown>, Called])[] = [
    [() => Promise.resolve(), { outcome: 'applied' }],
    [() => Promise.resolve('newer'), { outcome: 'newer' }],
    [
      () => Promise.reject(ApplicationFailure.nonRetryable('no such table', 'UnknownTable')),
      { outcome: 'refused', type: 'UnknownTable', message: 'no such table' },
    ],
    [() => Promise.reject(new Error('a deploy')), { outcome: 'notTold', problem: 'a deploy' }],
  ];
  for (const [index, [answer, called]] of answers.entries()) {
    const taskQueue = uniqueName('users');
    const input: TellRouterInput = { taskQueue, activityType: 'tellOurProxies', timeoutMs: 5_000, ruleSet };
    const fakes = new Fakes<{ tellOurProxies: (rules: object) => Promise<unknown> }>({ tellOurProxies: answer });
    const setting = index === 0 ? { taskQueue, fixture: 'router-told' } : { taskQueue };
    await testWorkflow('tellRouter', [input], setting, fakes, async (handle) => {
      await expect(handle.result()).resolves.toEqual(called);
      expect(fakes.requests('tellOurProxies')).toEqual([ruleSet]);
    });
  }
});

it('tellRouter that is started with something else fails by name', async () => {
  const fakes = new Fakes({ tell: () => Promise.resolve() });
  for (const input of [
    undefined,
    { taskQueue: 'users' },
    { taskQueue: 'users', activityType: 'tell', timeoutMs: '5' },
  ]) {
    await testWorkflow('tellRouter', [input], {}, fakes, async (handle) => {
      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
    });
  }
});
