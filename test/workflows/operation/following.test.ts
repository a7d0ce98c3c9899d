/**
 * What only follows says nothing for long, and nobody waits for its end; what waits for a worker says so. With the
 * heartbeats of the product, which are seldom, through the real server.
 */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { activityInfo, getClient } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../../src/contract/operation/commands.js';
import type { OnlineDdlStatus } from '../../../src/contract/migration/status.js';
import { waitsToldSignal } from '../../../src/contract/operation/waits.js';
import { slotsDefault } from '../../../src/limits/config.js';
import { FakeActivities } from '../../support/fake-activities.js';
import { copied, synchronised, untilCancelled } from '../../support/fakes.js';
import { migrationInput } from '../../support/migration-workflow-env.js';
import { eventually, withWorkers, workflowBundle, workflowEnvironment } from '../../support/workflow-env.js';

const status = (handle: WorkflowHandle): Promise<OnlineDdlStatus> => handle.query<OnlineDdlStatus>('status');
const command = (handle: WorkflowHandle, name: string, input: object = {}): Promise<CommandAnswer> =>
  handle.executeUpdate<CommandAnswer, [object]>(name, { args: [input] });
/** PENDING_ACTIVITY_STATE_STARTED. */
const started = 2;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const asInProduct = { shutdownGraceTime: 0 };

/** A migration on this cluster copies until it is stopped. */
const slow = 'slow';

/** As real work does after some seconds. */
async function tellThatItRuns(grant: number): Promise<void> {
  const { workflowId, runId } = activityInfo().workflowExecution ?? { workflowId: '' };
  await getClient().workflow.getHandle(workflowId, runId).signal(waitsToldSignal, { grant, waits: [] });
}

function fakes(): FakeActivities {
  return new FakeActivities({
    synchronise: async (request) => {
      if (request.cluster !== slow) return synchronised(request);
      await tellThatItRuns(request.grant);
      await untilCancelled();
      return { outcome: 'stopped', ...copied };
    },
  });
}

interface Started {
  readonly all: FakeActivities;
  start(input?: object): Promise<WorkflowHandle>;
}

/** @param slots of the worker. */
async function onWorkers(
  slots: { control: number; follow: number; work: number },
  body: (started: Started) => Promise<void>,
): Promise<void> {
  const { client } = await workflowEnvironment();
  const taskQueue = `following-${randomUUID()}`;
  const all = fakes();
  const handles: WorkflowHandle[] = [];
  const start = async (input: object = {}): Promise<WorkflowHandle> => {
    const options = { args: [{ ...migrationInput, ...input }], taskQueue, workflowId: randomUUID() };
    const handle = await client.workflow.start('onlineDdl', options);
    handles.push(handle);
    return handle;
  };
  const run = async (): Promise<void> => {
    await body({ all, start });
    for (const handle of handles) {
      await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, await handle.fetchHistory());
      await handle.terminate().catch(() => undefined);
    }
  };
  await withWorkers({ taskQueue, activities: all.activities }, () => run().finally(() => all.release()), {
    slots,
    changed: asInProduct,
  });
}

/** How many beats of it the server has got meanwhile, as far as it shows them. */
async function beatsWithin(handle: WorkflowHandle, forMs: number): Promise<number> {
  const seen = new Set<string>();
  for (const until = Date.now() + forMs; Date.now() < until; await pause(150)) {
    const { raw } = await handle.describe();
    for (const { lastHeartbeatTime: at } of raw.pendingActivities ?? []) {
      if (at != null) seen.add(`${String(at.seconds)}.${at.nanos}`);
    }
  }
  return seen.size;
}

const held = { options: { postponeCompletion: true } };

describe.concurrent('what only follows', () => {
  it('sends hardly a heartbeat, and every command acts at once', async () => {
    await onWorkers(slotsDefault, async ({ all, start }) => {
      const handle = await start(held);
      const following = (times: number) =>
        eventually(
          async () => all.order.filter((one) => one === 'synchronise follow').length,
          (now) => now === times,
        );
      await following(1);
      // One from its beginning, one in every 15 s.
      expect(await beatsWithin(handle, 8_000)).toBeLessThanOrEqual(2);

      const actsWithin2s = async (name: string, begun: () => Promise<unknown>, input?: object): Promise<void> => {
        const sentAt = Date.now();
        await command(handle, name, input);
        await begun();
        expect(Date.now() - sentAt, name).toBeLessThan(2_000);
      };
      const called = (name: 'watchPaused' | 'attemptCutOver') => () =>
        eventually(
          async () => all.count(name),
          (times) => times === 1,
        );
      await actsWithin2s('setThrottle', () => following(2), { rowsPerSecondMax: 10 });
      await actsWithin2s('pause', called('watchPaused'));
      await actsWithin2s('unpause', () => following(3));
      all.hold('attemptCutOver');
      await actsWithin2s('resume', called('attemptCutOver'));
      // It goes on until the attempt has taken over, which ends it as fenced; those before it have been asked to stop.
      const { raw } = await handle.describe();
      const pending = (raw.pendingActivities ?? []).map(({ activityType, state }) => [activityType?.name, state]);
      expect(pending).toContainEqual(['synchronise', started]);
      const attempt = await all.heldCall('attemptCutOver');
      attempt.end({ outcome: 'notSwapped', reason: 'blocked', detail: 'held', blockers: [], blockedMs: 0 });
      await following(4);
      await actsWithin2s('cancel', () =>
        eventually(
          async () => all.count('cleanUpMigration'),
          (times) => times === 1,
        ),
      );
      expect(await handle.result()).toMatchObject({ outcome: 'cancelled' });
    });
  });
});

describe.concurrent('without a slot', () => {
  it('work says so until a worker has taken it, and an attempt comes to nothing while following goes on', async () => {
    await onWorkers({ control: 1, follow: 10, work: 1 }, async ({ all, start }) => {
      const [ready, other] = [await start(held), await start(held)];
      const runs = (times: number) =>
        eventually(
          async () => all.count('synchronise'),
          (now) => now === times,
        );
      await runs(8);
      const first = await start({ cluster: slow });
      await runs(9);
      const second = await start({ cluster: slow });
      await eventually(
        () => status(second),
        ({ phase }) => phase === 'copying',
      );

      all.hold('finishMigration');
      await command(other, 'resume');
      const finishing = await all.heldCall('finishMigration');
      await command(ready, 'resume');
      const untaken = await eventually(
        () => status(ready),
        ({ lastAttempt }) => lastAttempt !== null,
      );
      expect(untaken.lastAttempt).toMatchObject({
        reason: 'notTaken',
        detail: 'no worker had a slot for it within 10000 ms',
        blockers: [],
      });
      expect(untaken.phase).toBe('ready');
      expect(all.count('resolveCutOver')).toBe(0);
      const waiting = await eventually(
        () => status(second),
        ({ waitsFor }) => waitsFor.length > 0,
      );
      expect(waiting.waitsFor).toMatchObject([
        { for: 'worker', why: expect.stringMatching(/ task queue .*-work$/) as string },
      ]);
      expect(await status(first)).toMatchObject({ phase: 'copying', waitsFor: [] });

      // It follows again, and the next one goes on once there is a slot.
      await runs(10);
      finishing.end(copied);
      await command(first, 'cancel');
      await runs(11);
      expect(
        (
          await eventually(
            () => status(second),
            ({ waitsFor }) => waitsFor.length === 0,
          )
        ).phase,
      ).toBe('copying');
      all.answer('finishMigration', () => Promise.resolve(copied));
      await command(ready, 'resume');
      expect(await ready.result()).toMatchObject({ outcome: 'completed' });
    });
  });
});
