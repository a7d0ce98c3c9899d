/** Reports of operations in a real Temporal: one that runs, one that is over, and one of which nobody answers. */
import { describe, expect, it } from 'vitest';
import { gatherReport } from '../../src/report/make-report.js';
import { reportPage } from '../../src/report/page/page.js';
import { eventually } from '../support/eventually.js';
import { testMigration } from '../support/migration-workflow-env.js';
import { bringToNewRun, workflowEnvironment } from '../support/workflow-env.js';

describe('a report', () => {
  it('is of an operation that runs, over all of its runs, with its commands and what they say', async () => {
    const { client } = await workflowEnvironment();
    await testMigration({ options: { postponeCompletion: true } }, async ({ handle, command, until }) => {
      await until(({ phase }) => phase === 'postponed');
      await command('pause', { by: 'ada', reason: '<b>backup</b>' });
      await command('unpause');
      await bringToNewRun(handle);
      const { workflowId } = handle;
      // The new run has to follow first.
      const running = await eventually('the report of what follows', async () => {
        const report = await gatherReport({ client, workflowId, kind: 'onlineDdl', clusters: null });
        return report.intervals.at(-1)?.to === null ? report : undefined;
      });
      expect(running).toMatchObject({ outcome: 'running', phase: 'postponed', name: 'shop.orders', endedAt: null });
      expect(running.nextStep).toContain('resume');
      expect(running.audit).toMatchObject([
        { command: 'pause', by: 'ada', reason: '<b>backup</b>' },
        { command: 'unpause' },
        ...running.audit.slice(2),
      ]);
      expect(running.intervals.map(({ phase }) => phase)).toContain('copying');
      expect(running.intervals.at(-1)).toMatchObject({ phase: 'following', to: null });
      expect(running.header).toContainEqual(
        expect.objectContaining({ name: 'Run', value: expect.stringMatching(/of 2/) }),
      );
      expect(running.plan[0]).toContain('Check the server');
      expect(running.gaps).toEqual([expect.stringContaining('--config')]);
      expect(reportPage(running)).toContain('&lt;b&gt;backup&lt;/b&gt;');
      await command('resume');
      await handle.result();
      const over = await gatherReport({ client, workflowId, kind: 'onlineDdl', clusters: new Map() });
      expect(over).toMatchObject({ outcome: 'completed', phase: 'completed', nextStep: null, now: [] });
      expect(over.attempts).toMatchObject([{ outcome: 'swapped', succeeded: true }]);
      expect(over.gaps).toEqual(['The configuration has no cluster commerce: its records are missing.']);
    });
  });

  it('is there without an answer of the operation, and says what is missing', async () => {
    const { client } = await workflowEnvironment();
    const input = { cluster: 'commerce', database: 'shop', statement: 'ALTER TABLE orders ENGINE=InnoDB' };
    const workflowId = `report-${Date.now()}`;
    const handle = await client.workflow.start('onlineDdl', { args: [input], taskQueue: 'nobody', workflowId });
    try {
      const report = await gatherReport(
        { client, workflowId, kind: 'onlineDdl', clusters: new Map() },
        Date.now(),
        300,
      );
      expect(report).toMatchObject({ outcome: 'running', phase: null, name: 'shop', statement: input.statement });
      expect(report.gaps).toEqual([expect.stringMatching(/did not answer its queries \(no answer within 0.3 s\)/)]);
      expect(reportPage(report)).toContain('Nothing has run yet.');
    } finally {
      await handle.terminate();
    }
    const over = await gatherReport({ client, workflowId, kind: 'onlineDdl', clusters: null }, Date.now(), 300);
    expect(over).toMatchObject({ outcome: 'terminated', error: { code: 'Terminated' } });
  });
});
