/** The doctor on real servers: what is well, what is wrong, each by its name, and what it mends. */
import { join } from 'node:path';
import colours from 'picocolors';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { doctor } from '../../src/doctor/doctor.js';
import { reachTemporal, type ReachedTemporal } from '../../src/doctor/reached-temporal.js';
import type { DoctorReport, ReportedFinding } from '../../src/doctor/report.js';
import { withSession, type Session } from '../../src/mysql/server/session/session.js';
import { controlVariables } from '../../src/mysql/server/session/variables.js';
import {
  closeOperation,
  openOperation,
  recordOwned,
  type NewOperation,
} from '../../src/mysql/server/sidecar/operations.js';
import { ensureSidecar } from '../../src/mysql/server/sidecar/schema.js';
import { startStream } from '../../src/mysql/server/sidecar/progress.js';
import { temporalSettings } from '../../src/temporal/settings.js';
import { retainedName } from '../../src/schema/names.js';
import type { TableName } from '../../src/schema/table-model.js';
import { tableCleanupWorkflowId } from '../../src/contract/names.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';
import { installRuntime } from '../support/runtime.js';
import { TestWorkers } from '../support/test-workers.js';
import { uniqueName } from '../support/eventually.js';

const taskQueue = uniqueName('doctor');
let mysql: OwnMysql;
let workers: TestWorkers;

beforeAll(async () => {
  installRuntime();
  mysql = await startOwnMysql();
  const { temporal, folder } = inject('stack');
  workers = new TestWorkers({ taskQueue, clusters: { commerce: mysql.cluster.switchyard }, temporal, folder });
  await workers.start();
  await asRoot((root) => root.run('CREATE DATABASE shop'));
});

afterAll(async () => {
  await workers?.stop();
  await mysql?.stop();
});

function asRoot<Result>(work: (root: Session) => Promise<Result>): Promise<Result> {
  return withSession(mysql.cluster.root, controlVariables, work);
}

async function runAll(statements: readonly string[]): Promise<void> {
  await asRoot(async (root) => {
    for (const statement of statements) await root.run(statement);
  });
}

function temporal(address = inject('stack').temporal.address): Promise<ReachedTemporal> {
  const { folder, temporal: shared } = inject('stack');
  const env = {
    TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: shared.namespace,
  };
  return reachTemporal(temporalSettings(env));
}

interface Looked extends DoctorReport {
  readonly exitCode: number;
  /** Of one check. */
  readonly of: (check: string, cluster?: string) => readonly ReportedFinding[];
}

async function look(
  change: Partial<Config> = {},
  options: { readonly fix?: true; readonly yes?: true } = {},
  reach: () => Promise<ReachedTemporal> = temporal,
): Promise<Looked> {
  let written = '';
  const config: Config = {
    clusters: new Map([['commerce', mysql.cluster.switchyard]]),
    taskQueue,
    worker: { serves: ['control', 'follow', 'work'], slots: { control: 1, follow: 1, work: 1 }, shutdownGraceMs: 0 },
    logs: { level: 'info', format: 'text' },
    ...change,
  };
  const page = { colours: colours.createColors(false), columns: Infinity };
  const write = (text: string): void => void (written += text);
  const exitCode = await doctor({ json: true, ...options }, { config, reachTemporal: reach, page, write });
  const report = JSON.parse(written) as DoctorReport;
  const of = (check: string, cluster?: string): readonly ReportedFinding[] =>
    report.findings.filter(
      (finding) => finding.check === check && (cluster === undefined || finding.cluster === cluster),
    );
  return { ...report, exitCode, of };
}

function operationOf(operationId: string): NewOperation {
  return {
    ...{ operationId, kind: 'onlineDdl', workflowId: `online-ddl/${operationId}`, runId: operationId },
    ...{ namespace: null, temporalCluster: null, database: 'shop', tables: ['orders'] },
  };
}

/** An operation of a workflow that never was; its position is the server's beginning. */
async function leaveOrphan(operationId: string): Promise<void> {
  await withSession(mysql.cluster.switchyard, controlVariables, async (session) => {
    await ensureSidecar(session);
    await openOperation(session, operationOf(operationId));
    await startStream(session, operationId, '');
  });
}

/** A migration that is completed; what it has retained is there. */
async function leaveRetained(operationId: string, retained: TableName): Promise<void> {
  await withSession(mysql.cluster.switchyard, controlVariables, async (session) => {
    await ensureSidecar(session);
    await openOperation(session, operationOf(operationId));
    await recordOwned(session, operationId, [{ ...retained, role: 'retained', ofTable: 'orders' }]);
    await closeOperation(session, operationId, 'completed');
    await session.run(`CREATE DATABASE IF NOT EXISTS ${retained.database}`);
    await session.run(`CREATE TABLE ${retained.database}.${retained.table} (id INT PRIMARY KEY)`);
  });
}

async function purgeBinlogs(): Promise<void> {
  await asRoot(async (root) => {
    await root.run('FLUSH BINARY LOGS');
    const logs = await root.rows<{ Log_name: string }>('SHOW BINARY LOGS');
    await root.run('PURGE BINARY LOGS TO ?', [logs.at(-1)?.Log_name ?? '']);
  });
}

it('finds nothing where all is well, with a worker, and says so with 0', async () => {
  const { findings, exitCode, outcome } = await look();
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  expect({ exitCode, outcome }).toEqual({ exitCode: 0, outcome: 'ok' });
});

describe('where much is wrong at once', () => {
  const wrong = 'deadbeef01';
  let looked: Looked;
  beforeAll(async () => {
    await leaveOrphan(wrong);
    await runAll([
      "REVOKE XA_RECOVER_ADMIN ON *.* FROM 'switchyard'@'%'",
      "REVOKE TRIGGER ON *.* FROM 'switchyard'@'%'",
      'SET GLOBAL binlog_format = MIXED',
      'SET GLOBAL binlog_row_image = MINIMAL',
      'SET GLOBAL binlog_expire_logs_seconds = 60',
      'SET GLOBAL log_bin_trust_function_creators = OFF',
      'UPDATE _switchyard.schema_version SET version = 99',
    ]);
    await purgeBinlogs();
    const { switchyard } = mysql.cluster;
    const closed = { ...switchyard, port: 1 };
    looked = await look({
      clusters: new Map([
        ['commerce', { ...switchyard, replicas: [{ ...closed, name: 'reader' }] }],
        ['absent', { ...closed, name: 'absent' }],
      ]),
      taskQueue: uniqueName('nobody'),
      router: { driver: 'webhook', url: 'http://127.0.0.1:1/rules', secret: 'x'.repeat(32), timeoutMs: 1_000 },
      notify: {
        ...{ driver: 'activity', taskQueue: uniqueName('nobody'), activityType: 'takeNotice', timeoutMs: 1_000 },
        events: ['failed'],
      },
    });
  });
  afterAll(() =>
    runAll([
      "GRANT XA_RECOVER_ADMIN, TRIGGER ON *.* TO 'switchyard'@'%'",
      'SET GLOBAL binlog_format = ROW',
      'SET GLOBAL binlog_row_image = FULL',
      'SET GLOBAL binlog_expire_logs_seconds = DEFAULT',
      'SET GLOBAL log_bin_trust_function_creators = ON',
      'UPDATE _switchyard.schema_version SET version = 8, newest = NULL',
    ]),
  );

  it.each([
    ['connection', 'absent', 'problem', 'SERVER_UNAVAILABLE', 'absent'],
    ['settings', 'absent', 'notAsked', undefined, 'cluster absent'],
    ['settings', 'commerce', 'problem', 'BINLOG_FORMAT_NOT_ROW', 'MIXED'],
    ['grants', 'commerce', 'problem', 'MISSING_PRIVILEGES', 'XA_RECOVER_ADMIN on *.*'],
    ['grants', 'commerce', 'problem', 'MISSING_PRIVILEGES', 'TRIGGER on shop.*'],
    ['moves', 'commerce', 'warning', 'TRIGGERS_NOT_ALLOWED', 'commerce'],
    ['binlog', 'commerce', 'warning', undefined, 'binlog_row_image=MINIMAL'],
    ['binlog', 'commerce', 'problem', 'BINLOG_RETENTION_TOO_SHORT', '60 s'],
    ['binlog', 'commerce', 'problem', 'POSITION_PURGED', `online-ddl/${wrong}`],
    ['replicas', 'commerce', 'problem', 'SERVER_UNAVAILABLE', 'Replica reader'],
    ['sidecar', 'commerce', 'problem', 'SIDECAR_TOO_NEW', '99'],
    ['leftovers', 'commerce', 'problem', undefined, `locks of shop.orders; a stream`],
    ['workers', undefined, 'problem', undefined, 'kind control'],
    ['workers', undefined, 'problem', undefined, 'kind follow'],
    ['workers', undefined, 'problem', undefined, 'kind work'],
    ['router', undefined, 'problem', undefined, 'http://127.0.0.1:1'],
    ['notifications', undefined, 'problem', undefined, 'notify'],
  ] as const)('%s of %s: %s %s', (check, cluster, level, code, words) => {
    const findings = looked.of(check, cluster);
    const found = findings.find(({ message }) => message.includes(words));
    expect(found, JSON.stringify(findings)).toMatchObject({ level, ...(code === undefined ? {} : { code }) });
    if (level !== 'notAsked') expect(found?.remedy).toMatch(/\w/);
  });

  it('ends with 1, and says of what is well that it is', () => {
    expect(looked).toMatchObject({ exitCode: 1, outcome: 'problems' });
    const well = looked.findings.filter(({ level }) => level === 'ok').map(({ check }) => check);
    expect(well).toEqual(expect.arrayContaining(['connection', 'clock', 'space', 'temporal', 'namespace']));
  });
});

it('mends what is ours: an older sidecar, and what an operation has left whose workflow is gone', async () => {
  const unmended = await look({}, { fix: true });
  expect(unmended.fixes?.map(({ outcome }) => outcome)).toEqual(['notDone', 'notDone']);
  expect(unmended.of('sidecar')).toMatchObject([
    { level: 'warning', fix: expect.stringContaining('older version stand still') as string },
  ]);
  const { fixes, findings, exitCode } = await look({}, { fix: true, yes: true });
  expect(fixes?.map(({ outcome, message }) => [outcome, message])).toEqual([
    ['done', expect.stringContaining('has version')],
    ['done', expect.stringContaining('locks of shop.orders')],
  ]);
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  expect(exitCode).toBe(0);
});

it('registers search attributes that the namespace lacks, and leaves those alone that are of another type', async () => {
  let types: Record<string, number> = {};
  const reach = async (): Promise<ReachedTemporal> => {
    const reached = await temporal();
    const operatorService = {
      listSearchAttributes: () => Promise.resolve({ customAttributes: types }),
      addSearchAttributes: ({ searchAttributes }: { searchAttributes: Record<string, number> }) => {
        types = { ...types, ...searchAttributes };
        return Promise.resolve({});
      },
    };
    const connection = new Proxy(reached.connection, {
      get: (target, name): unknown => {
        if (name === 'operatorService') return operatorService;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    return { ...reached, connection };
  };
  const { fixes, of } = await look({}, { fix: true, yes: true }, reach);
  expect(fixes).toMatchObject([{ outcome: 'done', message: expect.stringContaining('SwitchyardPhase') as string }]);
  expect(of('search-attributes')).toMatchObject([{ level: 'ok' }]);
  types = { ...types, SwitchyardPhase: 1 };
  const looked = await look({}, { fix: true, yes: true }, reach);
  expect(looked.of('search-attributes')).toMatchObject([{ level: 'warning', code: 'SEARCH_ATTRIBUTES_REFUSED' }]);
  expect(looked.fixes).toEqual([]);
});

it('starts the clean-up of a retained table once more that was terminated, and of none that somebody has kept', async () => {
  const [terminated, kept, open] = ['deadbeef02', 'deadbeef03', 'deadbeef04'];
  for (const id of [terminated, kept]) await leaveRetained(id, { database: 'shop', table: retainedName(id) });
  // Of a table with named CHECK constraints.
  await leaveRetained(open, { database: retainedName(open), table: 'orders' });
  const { client, connection } = await temporal();
  const cleanupOf = (id: string): string => tableCleanupWorkflowId('commerce', 'shop', retainedName(id));
  try {
    for (const id of [terminated, kept, open]) {
      const input = { cluster: 'commerce', database: 'shop', operationId: id, retainedTable: retainedName(id) };
      const handle = await client.workflow.start('tableCleanup', {
        ...{ taskQueue, workflowId: cleanupOf(id) },
        args: [{ ...input, retainForMs: 86_400_000, completedAt: new Date().toISOString() }],
      });
      if (id === kept) await handle.executeUpdate('keepRetained', { args: [{}] });
      if (id === terminated) await handle.terminate();
    }
    const { fixes, of, exitCode } = await look({}, { fix: true, yes: true });
    expect(fixes).toMatchObject([{ outcome: 'done', what: expect.stringContaining(terminated) as string }]);
    // Of what is kept it is told all the same: it is somebody's to drop.
    expect(of('leftovers')).toMatchObject([{ level: 'warning', message: expect.stringContaining(kept) as string }]);
    expect(exitCode).toBe(0);
    const started = client.workflow.getHandle(cleanupOf(terminated));
    expect((await started.describe()).status.name).toBe('RUNNING');
    for (const id of [terminated, open]) await client.workflow.getHandle(cleanupOf(id)).terminate();
  } finally {
    await connection.close();
  }
});

it('looks at the clusters all the same where Temporal cannot be reached, and ends with 5', async () => {
  const { exitCode, of } = await look({}, {}, () => temporal('127.0.0.1:1'));
  expect(exitCode).toBe(5);
  expect(of('temporal')).toMatchObject([{ level: 'problem', code: 'TEMPORAL_UNREACHABLE' }]);
  expect(of('workers')).toMatchObject([{ level: 'notAsked' }]);
  expect(of('leftovers')).toMatchObject([{ level: 'notAsked' }]);
  expect(of('sidecar')).toMatchObject([{ level: 'ok' }]);
});
