/**
 * A local MySQL server with its own folder, accounts and port, set up as Switchyard wants a cluster (GTID, row format,
 * full durability). It can be killed, frozen and started again on the same data and port: fault tests do so.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { devMysqlConnectionsMax } from '../limits/dev.js';
import { createContext, type DevContext } from './context.js';
import { findMysql, type MysqlPrograms } from './find-mysqld.js';
import { ensureAccounts, initSql, type MysqlAccount, type MysqlAccounts } from './mysql-accounts.js';
import { writeClientScript } from './mysql-client.js';
import { ensureDataFolder, mysqldBaseArguments } from './mysql-data.js';
import { choosePort, loopback, startOnFreePort, waitUntilReady } from './ready.js';
import { serverProcess, type ServerProcess } from './server-process.js';
import { supervise, type SupervisedChild } from './supervise.js';

export interface MysqlServerOptions {
  /** The cluster's name, for messages. */
  readonly name: string;
  /** Data, accounts, socket and log go below it; what is there from an earlier run is used again. */
  readonly folder: string;
  readonly serverId: number;
  /** Exactly this one; a free one where absent. */
  readonly port?: number;
  /** Arguments of mysqld that come after, and so override, ours. */
  readonly extraArgs?: readonly string[];
  /** What findMysql() found; searched for where absent. */
  readonly mysql?: MysqlPrograms;
  readonly context?: DevContext;
}

type Settings = MysqlServerOptions & Required<Pick<MysqlServerOptions, 'mysql' | 'context'>>;

/** `user` and `password` are the account for Switchyard; `app` is for writers, `root` for tests. */
export interface MysqlServer extends MysqlAccount, ServerProcess {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly app: MysqlAccount;
  readonly root: MysqlAccount;
  readonly socket: string;
  readonly folder: string;
  /** A script that opens the `mysql` client as root; undefined where the machine has no client. */
  readonly clientScript: string | undefined;
}

/** Returns when the server answers. Errors: DEV_START_FAILED with the end of its log. */
export async function startMysqlServer(options: MysqlServerOptions): Promise<MysqlServer> {
  const context = options.context ?? createContext();
  const mysql = options.mysql ?? (await findMysql(context));
  const settings: Settings = { ...options, mysql, context };
  const { folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const accounts = await ensureAccounts(folder);
  await writeFile(join(folder, 'init.sql'), initSql(accounts), { mode: 0o600 });
  await ensureDataFolder(context, mysql, join(folder, 'data'));
  const startOn = async (port: number): Promise<Pick<Started, 'port' | 'child'>> => ({
    port,
    child: await startProcess(settings, accounts.switchyard, port),
  });
  const { port, child } = await (options.port === undefined
    ? startOnFreePort(async () => startOn(await choosePort()))
    : startOn(options.port));
  const clientScript = await writeClientScript(mysql.mysql, folder, { host: loopback, port, ...accounts.root });
  return describeServer(settings, accounts, { port, child, clientScript });
}

interface Started {
  readonly port: number;
  readonly child: SupervisedChild;
  readonly clientScript: string | undefined;
}

function describeServer(settings: Settings, accounts: MysqlAccounts, started: Started): MysqlServer {
  const { port, child, clientScript } = started;
  return {
    name: settings.name,
    host: loopback,
    port,
    ...accounts.switchyard,
    app: accounts.app,
    root: accounts.root,
    socket: join(settings.folder, 'data', socketName),
    folder: settings.folder,
    clientScript,
    ...serverProcess(child, () => startProcess(settings, accounts.switchyard, port)),
  };
}

/** Relative to the data folder, mysqld's working folder: an absolute path may be longer than a socket's can be (107). */
const socketName = 'mysql.sock';

async function startProcess(settings: Settings, account: MysqlAccount, port: number): Promise<SupervisedChild> {
  const { folder, name, mysql, context } = settings;
  const dataFolder = join(folder, 'data');
  // Left by a killed server; with them mysqld refuses to start when the old pid belongs to somebody else by now.
  await rm(join(dataFolder, socketName), { force: true });
  await rm(join(dataFolder, `${socketName}.lock`), { force: true });
  const child = await supervise({
    title: `mysqld of cluster ${name}`,
    program: mysql.mysqld,
    args: mysqldArguments(settings, dataFolder, port),
    logFile: join(folder, 'mysqld.log'),
    signal: context.signal,
  });
  // The password is this server's alone: whoever accepts it on this port is our child and no other server.
  await waitUntilReady(child, () => canLogIn(port, account));
  return child;
}

function mysqldArguments(settings: Settings, dataFolder: string, port: number): string[] {
  return [
    ...mysqldBaseArguments(settings.mysql, dataFolder),
    `--init-file=${join(settings.folder, 'init.sql')}`,
    `--bind-address=${loopback}`,
    `--port=${port}`,
    `--socket=${socketName}`,
    '--pid-file=mysqld.pid',
    '--loose-mysqlx=OFF',
    `--server-id=${settings.serverId}`,
    '--gtid-mode=ON',
    '--enforce-gtid-consistency=ON',
    '--log-bin=bin',
    '--sync-binlog=1',
    '--innodb-flush-log-at-trx-commit=1',
    '--performance-schema=ON',
    // Rows come from another server fastest by LOAD DATA LOCAL.
    '--local-infile=ON',
    // Fences are triggers, which only SUPER may make otherwise where there is a binlog.
    '--log-bin-trust-function-creators=ON',
    `--max-connections=${devMysqlConnectionsMax}`,
    // Modest, since two of them run beside each other on a laptop; a benchmark may ask for more.
    '--innodb-buffer-pool-size=256M',
    '--loose-innodb-redo-log-capacity=256M',
    ...(settings.extraArgs ?? []),
  ];
}

async function canLogIn(port: number, { user, password }: MysqlAccount): Promise<boolean> {
  try {
    const connection = await createConnection({ host: loopback, port, user, password, connectTimeout: 2_000 });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
