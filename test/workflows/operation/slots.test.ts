/**
 * Each kind of work has its own slots (domain/work-kinds.ts): what is short and what somebody waits for never waits for
 * what lasts. Many open operations on one worker with hardly a slot, through the real server.
 */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../../src/contract/operation/commands.js';
import type { OperationStatus } from '../../../src/contract/operation/status.js';
import type { MoveTablesStatus } from '../../../src/contract/move/status.js';
import { FakeActivities } from '../../support/fake-activities.js';
import { FakeMoveActivities } from '../../support/fake-move-activities.js';
import { copied, synchronised, untilCancelled } from '../../support/fakes.js';
import { migrationInput } from '../../support/migration-workflow-env.js';
import { moveInput } from '../../support/move-workflow-env.js';
import { eventually, withWorkers, workflowEnvironment } from '../../support/workflow-env.js';

/** A migration on this cluster copies until it is stopped. */
const slow = 'slow';
/** As many open operations as there should be, the move among them; 50 take three times as long. */
const operations = Number(process.env['SWITCHYARD_OPERATIONS'] ?? 16);
const postponed = Math.floor(operations / 2) - 1;
const copying = Math.ceil(operations / 2);
const slots = { control: 1, follow: 100, work: 3 };

function fakeMigrations(): FakeActivities {
  return new FakeActivities({
    synchronise: async (request) => {
      if (request.cluster !== slow) return synchronised(request);
      await untilCancelled();
      return { outcome: 'stopped', ...copied };
    },
  });
}

const command = (handle: WorkflowHandle, name: string): Promise<CommandAnswer> =>
  handle.executeUpdate<CommandAnswer, [object]>(name, { args: [{}] });
const phase = async (handle: WorkflowHandle): Promise<string> => (await handle.query<OperationStatus>('status')).phase;

describe('the slots of a worker', () => {
  it('are apart: with many operations open, 3 slots for work and 1 for control, a switch is routed at once and every command acts', async () => {
    const { client } = await workflowEnvironment();
    const taskQueue = `slots-${randomUUID()}`;
    const [migrations, moves] = [fakeMigrations(), new FakeMoveActivities()];
    const handles: WorkflowHandle[] = [];
    const start = async (type: string, input: unknown): Promise<WorkflowHandle> => {
      const handle = await client.workflow.start(type, { args: [input], taskQueue, workflowId: randomUUID() });
      handles.push(handle);
      return handle;
    };
    const startMany = (many: number, input: object): Promise<WorkflowHandle[]> =>
      Promise.all(Array.from({ length: many }, () => start('onlineDdl', { ...migrationInput, ...input })));
    const count = (name: string): number => migrations.order.filter((one) => one === name).length;
    const activities = { ...migrations.activities, ...moves.activities };
    const body = async (): Promise<void> => {
      const move = await start('moveTables', moveInput);
      const [held] = await startMany(postponed, { options: { postponeCompletion: true } });
      const status = (): Promise<MoveTablesStatus> => move.query<MoveTablesStatus>('status');
      await eventually(status, ({ nextCommand }) => nextCommand?.name === 'switchTraffic');
      await eventually(
        async () => count('synchronise follow'),
        (following) => following === postponed,
      );
      const slowOnes = await startMany(copying, { cluster: slow });
      await eventually(
        async () => migrations.count('prepareMigration'),
        (many) => many === postponed + copying,
      );

      await command(move, 'switchTraffic');
      await eventually(status, ({ rules }) => rules.version === 2 && rules.confirmed === 2);
      expect(await routedAfterMs(move)).toBeLessThan(2_000);
      await eventually(status, ({ nextCommand }) => nextCommand?.name === 'complete');
      expect((await command(move, 'complete')).outcome).toBe('accepted');
      expect(await move.result()).toMatchObject({ outcome: 'completed' });

      // One that is held back, one that copies, and one that waits for a slot.
      for (const one of [held, slowOnes[0], slowOnes.at(-1)]) {
        if (one === undefined) throw new Error('there is none');
        expect((await command(one, 'cancel')).outcome).toBe('accepted');
        expect(await one.result()).toMatchObject({ outcome: 'cancelled' });
      }
      expect(migrations.count('cleanUpMigration')).toBe(3);
      // The slots for work were all taken, and never one more.
      expect(await phase(slowOnes[5] ?? move)).toBe('copying');
      await Promise.all(handles.map((handle) => handle.terminate().catch(() => undefined)));
    };
    await withWorkers({ taskQueue, activities }, body, { slots });
  });
});

/** How long after the word on the attempt the router had confirmed, by the server's clock. */
async function routedAfterMs(move: WorkflowHandle): Promise<number> {
  const { events } = await move.fetchHistory();
  const all = events ?? [];
  const endedAtMs = (type: string): number => {
    const scheduled = all
      .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type)
      .at(-1);
    const ended = all.find((event) =>
      event.activityTaskCompletedEventAttributes?.scheduledEventId?.equals(scheduled?.eventId ?? 0),
    );
    const { seconds, nanos } = ended?.eventTime ?? {};
    return Number(seconds) * 1_000 + Number(nanos) / 1e6;
  };
  return endedAtMs('routeTraffic') - endedAtMs('attemptSwitch');
}
