/** Worker Versioning (docs/deploy.md, "Versions of workers"): an open operation goes over to the next build. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, describe, expect, it } from 'vitest';
import { workKinds } from '../../src/domain/work-kinds.js';
import { slotsDefault } from '../../src/limits/config.js';
import { workerDeployment } from '../../src/worker-deployment.js';
import { createWorkers, runWorkers } from '../../src/workers.js';
import { FakeActivities } from '../support/fake-activities.js';
import { uniqueName } from '../support/eventually.js';
import { eventually, workflowBundle, workflowEnvironment } from '../support/workflow-env.js';

const deployment = uniqueName('switchyard');
const taskQueue = uniqueName('versioned');
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const worker of running.splice(0)) await worker.stop();
});

/** A worker of one build, with activities of its own. */
async function startBuild(buildId: string): Promise<{ fakes: FakeActivities; stop(): Promise<void> }> {
  const { connection, namespace } = await workflowEnvironment();
  const fakes = new FakeActivities();
  const shared = { connection, namespace, taskQueue, identity: buildId, activities: fakes.activities };
  const workers = await createWorkers(
    { ...shared, workflowBundle: await workflowBundle() },
    { serves: workKinds, slots: slotsDefault, shutdownGraceMs: 0 },
    {
      maxHeartbeatThrottleInterval: 100,
      defaultHeartbeatThrottleInterval: 100,
      ...workerDeployment({ TEMPORAL_DEPLOYMENT_NAME: deployment, TEMPORAL_WORKER_BUILD_ID: buildId }),
    },
  );
  const ended = runWorkers(workers);
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (!stopped) workers[0]?.shutdown();
    stopped = true;
    fakes.release();
    await ended;
  };
  running.push({ stop });
  return { fakes, stop };
}

/** Routes by the server: all to `current`, of the rest a share to `ramping`. Repeated until the server knows the build. */
async function route(buildId: string, how: 'current' | { readonly percentage: number }): Promise<void> {
  const { client, namespace } = await workflowEnvironment();
  const { workflowService } = client;
  const common = { namespace, deploymentName: deployment, buildId, identity: 'test' };
  await eventually(
    () =>
      (how === 'current'
        ? workflowService.setWorkerDeploymentCurrentVersion(common)
        : workflowService.setWorkerDeploymentRampingVersion({ ...common, percentage: how.percentage })
      ).then(
        () => '',
        (error: unknown) => String(error),
      ),
    (problem) => problem === '',
  );
}

async function buildOf(handle: WorkflowHandle): Promise<string | null | undefined> {
  const { raw } = await handle.describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
}

describe('a worker whose environment says which build it is', () => {
  it('takes only what is routed to its build, and gives open operations to the next one', async () => {
    const { client } = await workflowEnvironment();
    const one = await startBuild('1.0');
    await route('1.0', 'current');
    const input = { cluster: 'commerce', database: 'shop', statement: 'ALTER TABLE orders ADD COLUMN a INT' };
    const handle = await client.workflow.start('onlineDdl', {
      ...{ taskQueue, workflowId: uniqueName('versioned') },
      args: [{ ...input, options: { postponeCompletion: true } }],
    });
    const phase = (): Promise<string> => handle.query<{ phase: string }>('status').then((status) => status.phase);
    await eventually(phase, (now) => now === 'postponed');
    expect(await buildOf(handle)).toBe('1.0');

    const two = await startBuild('1.1');
    await handle.executeUpdate('setLimits', { args: [{ maxAttempts: 3 }] });
    expect([await buildOf(handle), two.fakes.calls]).toEqual(['1.0', []]);

    // The whole ramp, and then the new build for good: what is open goes over with its next task.
    await route('1.1', { percentage: 100 });
    await handle.executeUpdate('setLimits', { args: [{ maxAttempts: 4 }] });
    await eventually(
      () => buildOf(handle),
      (build) => build === '1.1',
    );
    await route('1.1', 'current');
    await one.stop();
    await eventually(
      () => Promise.resolve(two.fakes.count('synchronise')),
      (count) => count > 0,
    );
    expect(await phase()).toBe('postponed');
    await handle.executeUpdate('resume', { args: [{}] });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    expect([one.fakes.count('attemptCutOver'), two.fakes.count('attemptCutOver')]).toEqual([0, 1]);
  });
});

describe('the environment of a worker', () => {
  it('without a build makes a worker that has none, as before', () => {
    expect(workerDeployment({})).toEqual({});
    expect(workerDeployment({ TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '' })).toEqual({});
  });

  it('with half of a build is refused: such a worker would take the tasks of every build', () => {
    for (const name of ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID']) {
      expect(() => workerDeployment({ [name]: 'x' })).toThrow(/is not set/);
    }
  });
});
