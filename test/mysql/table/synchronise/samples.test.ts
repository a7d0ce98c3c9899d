/** What is kept on a real server of how the work went, and what whoever looks back reads of it. */
import { afterEach, describe, expect, it } from 'vitest';
import { writeAudit } from '../../../../src/mysql/server/sidecar/audit.js';
import { loadRecords } from '../../../../src/mysql/server/sidecar/records.js';
import { loadSamples } from '../../../../src/mysql/server/sidecar/samples.js';
import { openAnyway } from '../../../../src/mysql/server/session/session-on-demand.js';
import { Sampler } from '../../../../src/mysql/table/synchronise/sampler.js';
import { Stage } from '../../../faults/rules/stage.js';

let stage: Stage;
afterEach(() => stage.close());

const forty = `INSERT INTO t (id, v) WITH RECURSIVE n (id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM n WHERE id < 139)
  SELECT id, 'v' FROM n`;

describe('samples of an operation', () => {
  it('are kept for each stage, and read with the tables and the audit log', async () => {
    stage = await Stage.open({
      table: '(id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL, KEY v (v))',
      rows: [forty],
    });
    await stage.prepare();
    const { operationId, cluster, app } = stage;
    for (const goal of ['copied', 'indexed', 'verified', 'caughtUp'] as const) await stage.reach(goal);
    const line = { operationId, command: 'pause', via: 'update', by: 'ada', reason: null, outcome: 'done' } as const;
    await writeAudit(app, { ...line, message: 'Paused.', at: '2026-11-30T06:00:00.123004Z' });
    const records = await loadRecords(cluster, operationId);
    const stages = records?.series.map(({ stage: name }) => name);
    expect(stages).toEqual(['copying', 'indexing', 'verifying', 'following']);
    for (const { stage: name, samples, clusters } of records?.series ?? []) {
      expect(clusters).toEqual(['commerce']);
      expect(samples.length, name).toBeGreaterThan(0);
      if (name === 'copying' || name === 'verifying') expect(samples.at(-1)?.rows).toBe(40);
    }
    expect(records?.tables).toMatchObject([{ tableNumber: 0, rowsCopied: 40, notCompared: [] }]);
    for (const at of ['copiedAt', 'indexedAt', 'verifiedAt'] as const) {
      expect(records?.tables[0]?.[at]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }
    const { operationId: _id, ...shown } = line;
    expect(records?.audit).toEqual([{ ...shown, message: 'Paused.', at: '2026-11-30T06:00:00.123004Z' }]);
  });

  it('go on after those of another worker, and are not written by who has lost the operation', async () => {
    stage = await Stage.open();
    await stage.prepare();
    await stage.reach('copied');
    const { operationId, cluster, app } = stage;
    const samplerOf = (token: string): Sampler =>
      new Sampler({ operationId, token, clusters: [cluster], control: openAnyway(app) });
    const before = await loadSamples(app, operationId);
    const token = stage.nextToken();
    await app.run('UPDATE _switchyard.operations SET epoch = ? WHERE operation_id = ?', [token, operationId]);
    const sampler = samplerOf(token);
    const atMs = Date.now() + 60_000;
    sampler.wrote(cluster.name, 12.34);
    sampler.saw({ stage: 'copying', rows: 77, lagMs: 5 }, atMs);
    await sampler.keep();
    const kept = await loadSamples(app, operationId);
    expect(kept[0]?.samples.slice(0, -1)).toEqual(before[0]?.samples);
    expect(kept[0]?.samples.at(-1)).toMatchObject({ rows: 77, lagMs: 5, slowestWriteMs: [12.3] });
    expect(Math.abs((kept[0]?.samples.at(-1)?.atMs ?? 0) - atMs)).toBeLessThanOrEqual(100);
    const old = samplerOf('1');
    old.saw({ stage: 'copying', rows: 1 });
    await old.keep();
    expect(await loadSamples(app, operationId)).toEqual(kept);
  });

  it('cost the work nothing where they cannot be kept', async () => {
    stage = await Stage.open();
    await stage.prepare();
    const { operationId, cluster } = stage;
    const nowhere = { use: () => Promise.reject(new Error('the server is gone')) };
    const sampler = new Sampler({ operationId, token: '1', clusters: [cluster], control: nowhere });
    sampler.saw({ stage: 'copying', rows: 1 });
    await expect(sampler.keep()).resolves.toBeUndefined();
    await expect(sampler.keep()).resolves.toBeUndefined();
  });
});
