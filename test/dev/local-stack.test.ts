import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createConnection, type Connection as MysqlConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startLocalStack, type LocalStack } from '../../src/dev/local-stack.js';
import type { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { startMysqlServer, type MysqlServer } from '../../src/dev/mysql-server.js';
import { eventually } from '../support/eventually.js';
import { fixture, isRunning, runScript, waitUntilGone } from './fixtures/run-fixture.js';

interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

async function withConnection<T>(login: Login, use: (connection: MysqlConnection) => Promise<T>): Promise<T> {
  const { port, user, password } = login;
  const connection = await createConnection({ host: '127.0.0.1', port, user, password });
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

async function rows(login: Login, sql: string): Promise<RowDataPacket[]> {
  return withConnection(login, async (connection) => (await connection.query<RowDataPacket[]>(sql))[0]);
}

const appOf = ({ port, app }: MysqlServer): Login => ({ port, ...app });
const rootOf = ({ port, socket, root }: MysqlServer): Login & { socket: string } => ({ port, socket, ...root });

async function withTemporal<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Command lines of processes that name this folder, as `ps` shows them. */
function runningWith(folder: string): string[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(folder));
}

interface StackAbout {
  readonly folder: string;
  readonly temporal: string;
  readonly clusters: readonly Login[];
  readonly pids: readonly number[];
}

describe('stacks that two processes start at once', () => {
  it('have different ports, all work, and nothing of them is left when the processes are killed with SIGKILL', async () => {
    const parents = [1, 2].map(() => runScript(fixture('start-stack.ts')));
    const stacks = (await Promise.all(parents.map(({ firstLine }) => firstLine))).map(
      (line) => JSON.parse(line) as StackAbout,
    );
    const pids = stacks.flatMap((stack) => stack.pids);
    try {
      const clusters = stacks.flatMap((stack) => stack.clusters);
      const uuids = await Promise.all(clusters.map((cluster) => rows(cluster, 'SELECT @@server_uuid AS uuid')));
      expect(new Set(uuids.map(([row]) => row?.uuid as string)).size).toBe(4);
      expect(new Set(clusters.map(({ port }) => port)).size).toBe(4);
      expect(stacks[0]?.temporal).not.toBe(stacks[1]?.temporal);
      for (const { temporal } of stacks) {
        await withTemporal(temporal, (client) => client.workflow.start('w', { taskQueue: 'q', workflowId: 'here' }));
      }
      expect(pids.filter(isRunning)).toHaveLength(6);
    } finally {
      for (const parent of parents) parent.process.kill('SIGKILL');
      const left = await waitUntilGone(pids, 5_000);
      for (const { folder } of stacks) rmSync(folder, { recursive: true, force: true });
      expect(left).toEqual([]);
    }
  });
});

describe('a local stack that cannot start', () => {
  it('leaves no process and no data, only the logs that its error names', async () => {
    const starting = startLocalStack({ headless: true, mysqlArgs: ['--no-such-setting'] });
    const error = await starting.then(
      () => expect.unreachable(),
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'DEV_START_FAILED', message: /unknown option '--no-such-setting'/ });
    const logFile = (error as SwitchyardError).facts.logFile as string;
    const folder = resolve(logFile, '../..');
    expect(readFileSync(logFile, 'utf8')).toContain('no-such-setting');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name).filter((name) => !name.endsWith('.log'))).toEqual([]);
    expect(runningWith(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

describe('a local stack', () => {
  let stack: LocalStack;
  let commerce: MysqlServer;
  beforeAll(async () => {
    stack = await startLocalStack({ headless: true, replica: true });
    commerce = stack.clusters.commerce;
  });
  afterAll(async () => {
    await stack?.stop();
    expect(runningWith(stack.folder)).toEqual([]);
    expect(() => statSync(stack.folder)).toThrow('ENOENT');
  });

  it('has a configuration file for workers that others may not read', () => {
    expect(statSync(stack.configFile).mode & 0o777).toBe(0o600);
    const login = ({ host, port, user, password }: MysqlServer) => ({ host, port, user, password });
    const withReplica = (name: 'commerce' | 'customer') => {
      const replica = stack.replicas[name];
      return { ...login(stack.clusters[name]), replicas: { reader: replica && login(replica) } };
    };
    expect(parse(readFileSync(stack.configFile, 'utf8'))).toEqual({
      clusters: { commerce: withReplica('commerce'), customer: withReplica('customer') },
      router: { driver: 'table', cluster: 'customer' },
    });
  });

  it('has servers as Switchyard wants them, with an empty history', async () => {
    const sql = `SELECT @@gtid_mode AS gtid, @@binlog_format AS format, @@sync_binlog AS syncBinlog,
      @@innodb_flush_log_at_trx_commit AS flushLog, @@gtid_executed AS executed, @@server_id AS id`;
    const settings = { gtid: 'ON', format: 'ROW', syncBinlog: 1, flushLog: 1, executed: '' };
    expect(await rows(stack.clusters.customer, sql)).toEqual([{ ...settings, id: 2 }]);
  });

  it('gives the account of Switchyard what it needs to see, and no power over the server', async () => {
    await withConnection(commerce, async (connection) => {
      for (const sql of [
        'XA RECOVER',
        'SHOW BINARY LOGS',
        'SELECT * FROM performance_schema.metadata_locks',
        'SELECT * FROM information_schema.innodb_trx',
        'CREATE DATABASE _switchyard',
        'DROP DATABASE _switchyard',
      ]) {
        await connection.query(sql);
      }
      await expect(connection.query('SET GLOBAL max_connections = 10')).rejects.toThrow(/SYSTEM_VARIABLES_ADMIN/);
      await expect(connection.query('LOCK INSTANCE FOR BACKUP')).rejects.toThrow(/BACKUP_ADMIN/);
    });
  });

  it('has replicas that follow and take no writes, also after they were killed', async () => {
    const replica = stack.replicas.commerce;
    if (replica === undefined) throw new Error('there is none');
    await withConnection(appOf(commerce), (connection) => connection.query('CREATE DATABASE followed'));
    const arrives = () =>
      eventually('the database', async () => {
        const [row] = await rows(replica, "SHOW DATABASES LIKE 'followed'");
        return row;
      });
    await arrives();
    await withConnection(appOf(replica), async (connection) => {
      await expect(connection.query('CREATE DATABASE mine')).rejects.toThrow(/read-only/);
    });
    await replica.kill('SIGKILL');
    await withConnection(appOf(commerce), (connection) => connection.query('DROP DATABASE followed'));
    await replica.start();
    await eventually('its end', async () => {
      const found = await rows(replica, "SHOW DATABASES LIKE 'followed'");
      return found.length === 0 ? true : undefined;
    });
  });

  it('keeps every committed row when mysqld is killed and started again', async () => {
    await withConnection(appOf(commerce), async (connection) => {
      await connection.query('CREATE DATABASE shop');
      await connection.query('CREATE TABLE shop.orders (id int PRIMARY KEY)');
      await connection.query('INSERT INTO shop.orders VALUES (1), (2)');
    });
    const before = commerce.pid();
    await commerce.kill('SIGKILL');
    expect(isRunning(before)).toBe(false);
    await expect(rows(commerce, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await commerce.start();
    expect(commerce.pid()).not.toBe(before);
    expect(await rows(commerce, 'SELECT id FROM shop.orders')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('has servers that can be frozen and go on', async () => {
    await withConnection(commerce, async (connection) => {
      await commerce.kill('SIGSTOP');
      const answer = connection.query('SELECT 1 AS one').then(() => 'answered');
      const silence = new Promise((resolve) => setTimeout(resolve, 300, 'silence'));
      expect(await Promise.race([answer, silence])).toBe('silence');
      await commerce.kill('SIGCONT');
      expect(await answer).toBe('answered');
    });
  });

  it('keeps workflows when Temporal is killed and started again', async () => {
    const { temporal } = stack;
    await withTemporal(temporal.address, (client) =>
      client.workflow.start('w', { taskQueue: 'q', workflowId: 'before-the-kill' }),
    );
    await temporal.kill('SIGKILL');
    await temporal.start();
    const found = await withTemporal(temporal.address, (client) =>
      client.workflow.getHandle('before-the-kill').describe(),
    );
    expect(found.status.name).toBe('RUNNING');
  });

  it('lets root in by its password only', async () => {
    await expect(rows({ ...rootOf(commerce), password: '' }, 'SELECT 1')).rejects.toThrow(/Access denied/);
    expect(await rows(rootOf(commerce), 'SELECT CURRENT_USER() AS user')).toEqual([{ user: 'root@localhost' }]);
  });

  it('tells a mysqld that cannot have its port from other failures', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-port-test-'));
    const starting = startMysqlServer({ name: 'other', folder, serverId: 9, port: commerce.port });
    await expect(starting).rejects.toMatchObject({ code: 'DEV_START_FAILED', facts: { portTaken: true } });
    rmSync(folder, { recursive: true, force: true });
  });
});
