import { readdirSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { histories, readFixture, workflowBundle } from '../support/workflow-env.js';
import { installRuntime } from '../support/runtime.js';
import { activitiesThere, patchesThere, shapesIn, workflowsThere } from './shapes.js';

/** By their folder, which is the release that has made them (README.md). */
const files = readdirSync(histories, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort();

/** The two releases before this one, and what the one to come has made so far. */
const releases = ['0.1.0', 'next'];

/** Every path that an operator can see has a history here. */
const paths = [
  'happy-path',
  'planned',
  'launched',
  'postponed-resumed',
  'postpone-stops-attempt',
  'postpone-too-late',
  'attempt-lost-not-swapped',
  'attempt-lost-swapped',
  'attempts-used-up',
  'outcome-unclear-cancelled',
  'retried',
  'retried-in-vain',
  'retrying-continued',
  'retrying-continued-first-run',
  'worker-without-cluster',
  'clean-up-given-up',
  'paused-unpaused',
  'pause-stops-attempt',
  'cancelled-before-start',
  'cancelled-while-preparing',
  'cancelled-while-queued',
  'cancelled-while-copying',
  'cancelled-while-postponed',
  'cancelled-during-attempt',
  'temporal-cancel',
  'temporal-cancel-too-late',
  'failed-while-copying',
  'failed-while-paused',
  'failed-at-attempt',
  'needs-operator-retried',
  'needs-operator-cancelled',
  'refused-signals',
  'refusals-audited',
  'signals-before-start-postpone',
  'signals-before-start-resume',
  'continued',
  'notified',
  'notified-continued',
  'notified-continued-first-run',
  'table-dropped',
  'table-drop-retried',
  'table-dropped-by-command',
  'table-kept',
  'table-cleanup-cancelled',
  'move-happy-path',
  'move-notified',
  'move-by-itself',
  'move-router-failed',
  'move-router-late',
  'move-router-silent',
  'move-lost-switched',
  'move-lost-unclear',
  'move-paused-attempt',
  'move-forced',
  'move-cancelled',
  'move-cancelled-by-force',
  'move-temporal-cancel',
  'move-failed',
  'move-reversed',
  'move-target-given-up',
  'audited-elsewhere',
  'move-continued',
  'move-continued-first-run',
  'move-renewed',
  'move-renewed-first-run',
  'move-retained',
  'move-routed-by-another-worker',
  'window',
  'window-changed',
  'tables-dropped',
  'tables-continued',
  'tables-continued-first-run',
  'tables-kept-in-part',
  'reconciled',
  'router-told',
  'audited-later',
  'worker-ended',
];

describe('histories of earlier versions', () => {
  it('are there for every path that an operator can see', () => {
    const names = files.map((file) => file.split('/').at(-1) ?? '');
    expect([...new Set(names)].sort()).toEqual(paths.sort());
    expect([...new Set(files.map((file) => file.split('/')[0]))]).toEqual(releases);
  });

  it('have every workflow, every activity, every branch of patched(), a child and a timer', async () => {
    const seen = shapesIn(await Promise.all(files.map(readFixture)));
    expect([...workflowsThere()].filter((type) => !seen.workflows.has(type))).toEqual([]);
    expect([...activitiesThere()].filter((name) => !seen.activities.has(name))).toEqual([]);
    expect([...patchesThere()].filter((id) => !seen.patches.has(id))).toEqual([]);
    expect([...seen.children].sort()).toEqual(['tableCleanup']);
    expect(seen.timers).toBeGreaterThan(0);
  });

  it.each(files)('replay with the workflows of today: %s', async (name) => {
    installRuntime();
    const history = await readFixture(name);
    try {
      await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, name);
    } catch (error) {
      throw new Error(
        `Running migrations would break: ${name} was recorded by an earlier version and does not replay. Keep the old ` +
          'order of commands for them: put the change behind patched() of @temporalio/workflow, and record a new ' +
          'fixture for the new path beside this one. Record it again (SWITCHYARD_RECORD=1 npx vitest run ' +
          'test/workflows) only where no version that made it was ever released.',
        { cause: error },
      );
    }
  });
});
