/** Reports of the histories of this release and of those before it (test/replay). */
import { readdirSync } from 'node:fs';
import { DefaultFailureConverter, defaultPayloadConverter, type LoadedDataConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import type { ReportData } from '../../src/report/data.js';
import { reportData } from '../../src/report/gather/assemble.js';
import type { ClusterRecords, Sources } from '../../src/report/gather/sources.js';
import { HistoryDecoder } from '../../src/report/history/decode.js';
import { ofKind } from '../../src/report/history/events.js';
import { reportPage } from '../../src/report/page/page.js';
import { histories, readFixture } from '../support/workflow-env.js';

const converter: LoadedDataConverter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: new DefaultFailureConverter(),
  payloadCodecs: [],
};

const nothing = { status: null, plan: null };

/** A report of a recorded history, of which nobody answers. @param name with its folder. */
async function reportOf(
  name: string,
  records: readonly ClusterRecords[] | null = null,
): Promise<ReportData | undefined> {
  const events = await new HistoryDecoder(converter).events(historyFromJSON(await readFixture(name)));
  const type = ofKind(events, 'started')[0]?.type;
  if (type !== 'onlineDdl' && type !== 'moveTables') return undefined;
  const sources: Sources = {
    ...{ kind: type, workflowId: name, runId: 'run', namespace: 'default', runs: [events], records, pending: [] },
    ...{ migration: nothing, move: nothing, madeAt: '2026-12-01T00:00:00.000Z', gaps: [] },
  };
  return reportData(sources);
}

async function known(name: string, records: readonly ClusterRecords[] | null = null): Promise<ReportData> {
  const report = await reportOf(name, records);
  if (report === undefined) throw new Error(`${name} is no operation`);
  return report;
}

describe('the report of a recorded history', () => {
  it('is there for every operation', async () => {
    const names = readdirSync(histories, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    const reports = await Promise.all(names.map((name) => reportOf(name.slice(0, -'.json'.length))));
    const there = reports.filter((report) => report !== undefined);
    expect(there.length).toBeGreaterThan(60);
    for (const report of there) {
      expect(report.name, report.workflowId).not.toBe('');
      expect(report.intervals.length + report.audit.length, report.workflowId).toBeGreaterThan(0);
      expect(reportPage(report), report.workflowId).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('has attempts with those who held them up, and what the system and people said', async () => {
    const report = await known('0.1.0/attempts-used-up');
    expect(report).toMatchObject({ name: 'shop.orders', outcome: 'completed', operationId: '0123456789abcdef' });
    expect(report.statement).toBe('ALTER TABLE orders ADD COLUMN note TEXT');
    expect(report.attempts).toMatchObject([
      { what: 'cut-over', number: 1, outcome: 'blocked', succeeded: false, blockedMs: 1_000, blockers: [{ id: 41 }] },
      { number: 2, outcome: 'blocked', detail: 'no lock within 1000 ms' },
      { number: 3, outcome: 'swapped', succeeded: true, blockedMs: 9 },
    ]);
    expect(report.blockers).toMatchObject([{ id: 41, holds: 'SHARED_READ on shop.orders' }]);
    expect(report.audit).toMatchObject([
      { command: 'postpone', via: 'system', outcome: 'done', record: 'notLookedAt' },
      { command: 'resume', via: 'update', outcome: 'done' },
    ]);
    expect(report.intervals.map(({ phase }) => phase).slice(0, 6)).toEqual([
      ...['preparing', 'copying', 'indexing', 'verifying', 'cuttingOver', 'following'],
    ]);
    expect(report.settings).toContainEqual({ name: 'cutOver.maxAttempts', value: '2' });
    expect(report.verification).toMatchObject({ rowsCopied: 1_000, verified: true, differences: null });
    expect(report.retained[0]).toBe(
      'The old table is kept as _sw_ea83997e77_old on cluster commerce for 1 d, until 2026-11-22 04:00:00 UTC.',
    );
  });

  it('tells what was found out of an attempt that had no word of its own', async () => {
    const swapped = await known('0.1.0/attempt-lost-swapped');
    expect(swapped.attempts).toMatchObject([{ outcome: 'swapped', succeeded: true }]);
    expect(swapped.attempts[0]?.detail).toContain('It was found out afterwards: swapped.');
    const [lost] = (await known('0.1.0/attempt-lost-not-swapped')).attempts;
    expect(lost).toMatchObject({ outcome: 'noWord', succeeded: false });
    expect(lost?.detail).toContain('It was found out afterwards: it came to nothing.');
  });

  it('has both directions of a move', async () => {
    const report = await known('next/move-reversed');
    expect(report).toMatchObject({ kind: 'moveTables', name: 'orders-to-eu', tables: ['customer', 'orders'] });
    expect(report.attempts.map(({ what }) => what)).toEqual(['switch', 'reverse']);
    expect(report.writeLatency).toMatchObject([{ cluster: 'commerce', during: { p99Ms: 30 } }]);
    expect(report.header).toContainEqual({ name: 'From', value: 'commerce, database shop' });
  });

  it('tells of a failure by its code, and of a cancel', async () => {
    const failed = await known('0.1.0/failed-while-copying');
    expect(failed.outcome).toBe('failed');
    expect(failed.error?.code).toMatch(/^[A-Z_]+$/);
    expect(await known('0.1.0/temporal-cancel')).toMatchObject({ outcome: 'cancelled', error: null });
    expect(await known('0.1.0/cancelled-while-copying')).toMatchObject({ outcome: 'cancelled' });
  });

  it('says of each line whether the audit log has it', async () => {
    const line: ClusterRecords['audit'][number] = {
      ...{ command: 'resume', via: 'update', by: null, reason: null, outcome: 'done', message: 'as it was cut' },
      at: '2026-11-21T05:20:57.093000Z',
    };
    const other = { ...line, command: 'pause', at: '2026-11-21T05:20:58.000000Z' } as const;
    const records = [{ cluster: 'commerce', audit: [line, other], tables: [], series: [] }];
    const { audit, gaps } = await known('0.1.0/attempts-used-up', records);
    expect(audit.map(({ command, record }) => `${command} ${record}`)).toEqual([
      'postpone history',
      'resume log',
      'pause log',
    ]);
    expect(audit[1]?.message).toContain('The completion is allowed');
    expect(gaps).toEqual([]);
  });

  it('has what was sent and has no line of its own, and leaves out what is no command', async () => {
    const { audit } = await known('0.1.0/refused-signals');
    expect(audit).toContainEqual(
      expect.objectContaining({ command: 'explode', via: 'signal', message: 'its answer is not on record' }),
    );
    expect(audit.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(2);
    expect(audit.every(({ command }) => command !== 'waitsTold')).toBe(true);
  });

  it('tells what is kept, what is lost, and what had failed before it worked', async () => {
    const { retained } = await known('next/move-retained');
    expect(retained[0]).toMatch(/^t0 is kept as shop\._sw_0123456789_1_old on cluster commerce/);
    expect(retained.at(-1)).toMatch(/^The workflow table-cleanup\/.* drops what is kept/);
    const { residuals } = await known('0.1.0/move-target-given-up');
    expect(residuals).toEqual([expect.stringMatching(/^The target was given up \(.*\): its writes up to gtid:7 are/)]);
    const { intervals } = await known('0.1.0/retried-in-vain');
    expect(intervals[1]).toMatchObject({ phase: 'copying', outcome: 'failed', tries: 3 });
    expect(intervals[1]?.problem).toBe('SERVER_ERROR: It is refused.');
  });
});

describe('settings', () => {
  it('show of an address only where it leads, and nothing of what is no input', async () => {
    const secret = { httpCheck: 'http://127.0.0.1:9000/may-copy?token=abc' };
    const { settingsOf } = await import('../../src/report/gather/settings.js');
    const input = { cluster: 'c', database: 'd', statement: 'ALTER TABLE t FORCE', options: { throttle: secret } };
    const sources = { kind: 'onlineDdl', migration: nothing, move: nothing } as unknown as Sources;
    expect(settingsOf(sources, input)).toEqual([{ name: 'throttle.httpCheck', value: 'http://127.0.0.1:9000' }]);
    expect(settingsOf(sources, { ...input, password: 'secret' })).toEqual([]);
  });
});
