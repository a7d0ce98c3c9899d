import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MysqlServer } from '../../../src/dev/mysql-server.js';
import { longTransactionSeconds } from '../../../src/limits/mysql-preflight.js';
import { loadTable } from '../../../src/mysql/server/introspect/load-table.js';
import { waitForPreparedXa } from '../../../src/mysql/preflight/checks/prepared-xa.js';
import { replicasAttached } from '../../../src/mysql/preflight/checks/replicas.js';
import { checkReplicaUpdates } from '../../../src/mysql/preflight/checks/replica-updates.js';
import { loadServerFacts } from '../../../src/mysql/preflight/server-facts.js';
import type { Session } from '../../../src/mysql/server/session/session.js';
import type { TableModel } from '../../../src/schema/table-model.js';
import { globally, serverCases, tableCases } from './cases.js';
import { intercepted, withVariables } from './intercepted.js';
import { failureOf, openSession, preflightOf, runAll, startServers, type OwnServers } from './own-servers.js';

let servers: OwnServers;
let primary: MysqlServer;
let replica: MysqlServer;
let root: Session;
let control: Session;
let onReplica: Session;

beforeAll(async () => {
  servers = await startServers([
    { name: 'primary', serverId: 31 },
    { name: 'replica', serverId: 32, extraArgs: ['--binlog-ignore-db=elsewhere', '--log-replica-updates=OFF'] },
  ]);
  [primary, replica] = servers.all as [MysqlServer, MysqlServer];
  root = await openSession(primary, primary.root);
  control = await openSession(primary, primary);
  onReplica = await openSession(replica, replica.root);
  await runAll(root, [
    'CREATE DATABASE shop',
    'CREATE TABLE shop.orders (id BIGINT PRIMARY KEY, note TEXT)',
    'CREATE DATABASE elsewhere',
  ]);
});

afterAll(async () => {
  for (const session of [root, control, onReplica]) await session?.close();
  await servers?.stop();
});

function orders(): Promise<TableModel> {
  return loadTable(control, { database: 'shop', table: 'orders' });
}

describe('preflight on a sound server', () => {
  it('passes without a warning and leaves nothing behind', async () => {
    const executed = async (): Promise<unknown> => root.row('SELECT @@GLOBAL.gtid_executed AS gtids');
    const before = await executed();
    expect(await preflightOf(control, await orders())).toEqual([]);
    expect(await executed()).toEqual(before);
  });

  it('knows the facts of the server, and null for what it does not have', async () => {
    const { uuid } = await root.row<{ uuid: string }>('SELECT @@server_uuid AS uuid');
    expect(await loadServerFacts(control)).toMatchObject({
      serverUuid: uuid,
      logBin: true,
      gtidMode: 'ON',
      syncBinlog: 1,
      readOnly: false,
      timeZone: 'SYSTEM',
      lowerCaseTableNames: 0,
      binlogRetentionSeconds: 2_592_000,
      groupReplicationSinglePrimaryMode: null,
      wsrepOn: null,
    });
  });
});

describe('preflight refuses', () => {
  it.each(serverCases)('$title', async ({ code, mentions, arrange, reset }) => {
    const table = await orders();
    try {
      await runAll(root, arrange);
      const failure = await failureOf(preflightOf(control, table));
      expect(failure.code).toBe(code);
      for (const mention of mentions) expect(failure.message).toContain(mention);
      expect(failure.message + failure.remedy).not.toContain('unknown)');
    } finally {
      await runAll(root, reset);
    }
    expect(await preflightOf(control, table)).toEqual([]);
  });

  it.each([
    { title: 'MariaDB', changed: { version: '11.8.3-MariaDB-deb13' }, code: 'SERVER_NOT_MYSQL' },
    { title: 'a MySQL below 8.0.28', changed: { version: '8.0.27' }, code: 'SERVER_TOO_OLD' },
    { title: 'a MySQL of the last century but one', changed: { version: '5.7.44-log' }, code: 'SERVER_TOO_OLD' },
    { title: 'a version that says nothing', changed: { version: 'unknown' }, code: 'SERVER_TOO_OLD' },
    { title: 'a server without a binlog', changed: { log_bin: 'OFF' }, code: 'BINLOG_OFF' },
    { title: 'a server that does not know GTIDs', changed: { gtid_mode: undefined }, code: 'GTID_OFF' },
    { title: 'a Galera cluster', changed: { wsrep_on: 'ON' }, code: 'MULTI_PRIMARY' },
  ])('$title', async ({ changed, code }) => {
    const failure = await failureOf(preflightOf(withVariables(control, changed), await orders()));
    expect(failure.code).toBe(code);
  });

  it('accepts the oldest version, and one without the variables that newer ones dropped', async () => {
    const changed = { version: '8.0.28', binlog_format: undefined, binlog_error_action: undefined };
    expect(await preflightOf(withVariables(control, changed), await orders())).toEqual([]);
  });
});

describe('preflight refuses', () => {
  it.each(tableCases)('$title', async ({ code, mentions, make, table }) => {
    try {
      await runAll(root, make);
      const failure = await failureOf(preflightOf(control, await loadTable(control, table)));
      expect(failure.code).toBe(code);
      for (const mention of mentions) expect(failure.message).toContain(mention);
    } finally {
      await runAll(root, [
        'DROP TABLE IF EXISTS elsewhere.child, shop.refused, shop.parent, shop._sw_0123456789_old',
        'DROP VIEW IF EXISTS shop.refused',
        'DROP DATABASE IF EXISTS _switchyard',
      ]);
    }
  });

  it('takes a name that only looks like one of ours, and names that differ by case, for what they are', async () => {
    await runAll(root, [
      'CREATE TABLE shop._sw_orders (id INT PRIMARY KEY)',
      'CREATE TABLE shop.ORDERS (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES shop._sw_orders (id))',
      'CREATE TABLE shop._sw_free (id INT PRIMARY KEY)',
    ]);
    try {
      const free = await loadTable(control, { database: 'shop', table: '_sw_free' });
      expect(await preflightOf(control, free)).toEqual([]);
      expect(await preflightOf(control, await orders())).toEqual([]);
    } finally {
      await root.run('DROP TABLE shop.ORDERS, shop._sw_orders, shop._sw_free');
    }
  });
});

describe('preflight and prepared XA transactions', () => {
  async function prepare(xid: string): Promise<void> {
    const session = await openSession(primary, primary.root);
    await runAll(session, [
      `XA START '${xid}'`,
      `INSERT INTO shop.orders VALUES (1, 'prepared')`,
      `XA END '${xid}'`,
      `XA PREPARE '${xid}'`,
    ]);
    await session.close();
  }

  it('names one that nobody ends', async () => {
    await prepare('forgotten');
    try {
      const failure = await failureOf(waitForPreparedXa(control, 300));
      expect(failure.code).toBe('XA_PREPARED');
      expect(failure.message).toContain(`0x${Buffer.from('forgotten').toString('hex').toUpperCase()}`);
    } finally {
      await root.run(`XA ROLLBACK 'forgotten'`);
    }
  });

  it('waits for one that is ended soon', async () => {
    await prepare('slow');
    const table = await orders();
    let passed = false;
    const preflight = preflightOf(control, table).then(() => (passed = true));
    await sleep(700);
    expect(passed).toBe(false);
    await root.run(`XA ROLLBACK 'slow'`);
    await preflight;
  });
});

describe('preflight warns', () => {
  it('of binlogs that may be gone before the change is done', async () => {
    try {
      await root.run('SET GLOBAL binlog_expire_logs_seconds = 1000');
      const options = { expectedDurationSeconds: 400 };
      const warnings = await preflightOf(control, await orders(), options);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/kept for 1000 s.*at least 1200/);
      await root.run('SET GLOBAL binlog_expire_logs_auto_purge = OFF');
      expect(await preflightOf(control, await orders(), options)).toEqual([]);
    } finally {
      await runAll(root, globally('binlog_expire_logs_seconds = DEFAULT', 'binlog_expire_logs_auto_purge = ON'));
    }
  });

  it('of transactions that are open for long, by their sessions', async () => {
    const idle = await openSession(primary, primary.app);
    try {
      await runAll(idle, ['START TRANSACTION', `INSERT INTO shop.orders VALUES (2, 'secret')`]);
      await sleep(1_100);
      const impatient = intercepted(control, (sql, values, run) =>
        run(
          sql,
          sql.includes('events_transactions_current')
            ? values.map((value) => (value === longTransactionSeconds ? 1 : value))
            : values,
        ),
      );
      const warnings = await preflightOf(impatient, await orders());
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(new RegExp(`session ${idle.id} \\(app@\\S+\\) for [1-9] s`));
      expect(warnings[0]).not.toContain('secret');
      expect(await preflightOf(control, await orders())).toEqual([]);
    } finally {
      await idle.close();
    }
  });

  it('of a server that does not record metadata locks', async () => {
    const switchTo = (enabled: string): Promise<unknown> =>
      root.run(
        `UPDATE performance_schema.setup_instruments SET enabled = ? WHERE name = 'wait/lock/metadata/sql/mdl'`,
        [enabled],
      );
    try {
      await switchTo('NO');
      const warnings = await preflightOf(control, await orders());
      expect(warnings).toEqual([expect.stringContaining('cannot be named')]);
    } finally {
      await switchTo('YES');
    }
  });

  it('of a source from which the server replicates', async () => {
    try {
      await root.run(`CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'upstream', SOURCE_PORT = 4242`);
      const warnings = await preflightOf(control, await orders());
      expect(warnings).toEqual([expect.stringContaining('replicates from upstream:4242')]);
    } finally {
      await root.run('RESET REPLICA ALL');
    }
  });
});

describe('preflight and replication', () => {
  it('sees a replica, and refuses one that does not log all that it replicates', async () => {
    expect(await replicasAttached(control)).toEqual([]);
    await onReplica.run(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = ?, SOURCE_PASSWORD = ?,
              GET_SOURCE_PUBLIC_KEY = 1, SOURCE_AUTO_POSITION = 1`,
      [primary.host, primary.port, primary.user, primary.password],
    );
    await onReplica.run('START REPLICA');
    const deadline = Date.now() + 15_000;
    while ((await replicasAttached(control)).length === 0 && Date.now() < deadline) await sleep(50);
    expect(await replicasAttached(control)).toEqual(['server id 32']);
    const warnings = await preflightOf(control, await orders());
    expect(warnings).toEqual([expect.stringContaining('Replicas are attached (server id 32)')]);

    const table = await orders();
    const filtered = await failureOf(preflightOf(onReplica, table));
    expect(filtered.code).toBe('BINLOG_FILTERED');
    expect(filtered.message).toContain('binlog-ignore-db=elsewhere');
    const facts = await loadServerFacts(onReplica);
    const server = { session: onReplica, facts, database: table.database };
    const failure = await failureOf(
      checkReplicaUpdates.ask({ ...server, needsOwnDatabases: false, expectedDurationSeconds: 1 }),
    );
    expect(failure.code).toBe('REPLICA_UPDATES_NOT_LOGGED');
    expect(failure.message).toContain(`${primary.host}:${primary.port}`);
  });
});
