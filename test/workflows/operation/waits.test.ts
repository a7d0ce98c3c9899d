/** What running work tells of what it waits for, in status and page of both kinds of operation. */
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { waitsToldSignal } from '../../../src/contract/operation/waits.js';
import type { OperationStatus } from '../../../src/contract/operation/status.js';
import { testMove } from '../../support/move-workflow-env.js';
import { testMigration } from '../../support/migration-workflow-env.js';

const wait = {
  for: 'throttle.threadsRunningMax',
  since: '2026-11-29T21:40:07.113Z',
  why: '57 threads run on the source, at most 40',
};
const page = async (handle: WorkflowHandle): Promise<string> =>
  (await handle.query<{ readonly currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;

interface Held {
  readonly request: { readonly grant: number };
  end(result: { outcome: 'reached'; rowsCopied: number; verified: boolean; notCompared: string[] }): void;
}

interface Told {
  readonly handle: WorkflowHandle;
  until(fits: (status: OperationStatus) => boolean): Promise<OperationStatus>;
  heldCall(): Promise<Held>;
}

async function isShownWhileItRuns({ handle, until, heldCall }: Told): Promise<void> {
  const copying = await heldCall();
  const { grant } = copying.request;
  await handle.signal(waitsToldSignal, { grant, waits: [wait] });
  const { waitsFor, lastCommand } = await until((status) => status.waitsFor.length > 0);
  expect(waitsFor).toEqual([wait]);
  // Nobody's command.
  expect(lastCommand).toBeNull();
  expect(await page(handle)).toContain(`| Waits for | throttle.threadsRunningMax since ${wait.since}: 57 threads`);
  // Of work before this, of nobody, and of what is no word.
  await handle.signal(waitsToldSignal, { grant: grant - 1, waits: [] });
  await handle.signal(waitsToldSignal, { grant, waits: 'many' });
  await handle.signal(waitsToldSignal);
  expect((await until(() => true)).waitsFor).toEqual([wait]);
  await handle.signal(waitsToldSignal, { grant, waits: [] });
  await until((status) => status.waitsFor.length === 0);
  await handle.signal(waitsToldSignal, { grant, waits: [wait] });
  await until((status) => status.waitsFor.length > 0);
  copying.end({ outcome: 'reached', rowsCopied: 1, verified: false, notCompared: [] });
  // What runs next has told nothing yet.
  await heldCall();
  expect((await until(() => true)).waitsFor).toEqual([]);
  await handle.terminate();
}

describe.concurrent('what work waits for', () => {
  it('is in the status and on the page of a migration while it runs', async () => {
    await testMigration({}, async ({ fakes, handle, until }) => {
      fakes.hold('synchronise');
      await isShownWhileItRuns({ handle, until, heldCall: () => fakes.heldCall('synchronise') });
    });
  });

  it('is in the status and on the page of a move while it runs', async () => {
    await testMove({}, async ({ fakes, handle, until }) => {
      fakes.hold('synchroniseMove');
      await isShownWhileItRuns({ handle, until, heldCall: () => fakes.heldCall('synchroniseMove') });
    });
  });
});
