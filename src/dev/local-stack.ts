/**
 * The local stack: two MySQL clusters and Temporal, started side by side in one folder, with the configuration file that
 * a worker takes. Whatever ends the start (an error, Ctrl-C) ends everything that was started; logs stay for a look.
 */
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { hasCode, SwitchyardError } from '../errors/switchyard-error.js';
import { createContext, type DevContext } from './context.js';
import { findMysql } from './find-mysqld.js';
import { startMysqlReplica } from './mysql-replica.js';
import { startMysqlServer, type MysqlServer, type MysqlServerOptions } from './mysql-server.js';
import type { Progress } from './progress.js';
import { exitCodeOf, onStopSignal, type StopHandlers } from './stop-signals.js';
import { makeTemporaryFolder, removeAbandonedFolders } from './temporary-folder.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';

export interface LocalStackOptions {
  /** A folder that stays, with its data; where absent a temporary one, removed at the end unless `keep`. */
  readonly folder?: string;
  readonly keep?: boolean;
  /** 7233 and 8233 where they are free. */
  readonly preferDefaultTemporalPorts?: boolean;
  /** Without the web UI: for tests. */
  readonly headless?: boolean;
  /** A replica of each cluster, which the configuration names. */
  readonly replica?: boolean;
  /** Arguments for both mysqld that override ours. */
  readonly mysqlArgs?: readonly string[];
  /** SIGINT, SIGTERM and SIGHUP stop everything, then end the process. */
  readonly stopOnSignals?: boolean;
  readonly progress?: Progress;
}

type Replicas = Readonly<Partial<Record<'commerce' | 'customer', MysqlServer>>>;

interface Stoppable {
  stop(): Promise<void>;
}

export interface LocalStack {
  readonly folder: string;
  /** `switchyard.yaml` for workers, mode 0600. */
  readonly configFile: string;
  readonly temporal: TemporalServer;
  readonly clusters: { readonly commerce: MysqlServer; readonly customer: MysqlServer };
  /** By the cluster; none unless asked for. */
  readonly replicas: Replicas;
  /** This is stopped before the servers are, such as a worker. */
  stopFirst(thing: Stoppable): void;
  isStopping(): boolean;
  /** Stops everything; may be called twice. With `keepLogs` (after a failure) the logs of a temporary folder stay. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** Returns when all servers answer. Errors: those of findMysql, findTemporal and the servers; DEV_STOPPED on a signal. */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const abort = new AbortController();
  let stack: LocalStack | undefined;
  const folder = await makeFolder(options);
  const handlers: StopHandlers = {
    stop(signal) {
      if (stack === undefined) abort.abort(new SwitchyardError('DEV_STOPPED', { signal }));
      else void stack.stop().finally(() => process.exit(exitCodeOf(signal)));
    },
    endAtOnce() {
      // Kills the servers: they write nothing more into the folder.
      abort.abort();
      if (isTemporary(options)) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    },
  };
  const forgetSignals = options.stopOnSignals ? onStopSignal(handlers) : () => undefined;
  try {
    const servers = await startServers(options, folder, abort);
    const configFile = await writeConfig(folder, servers);
    stack = assemble(options, folder, configFile, servers, forgetSignals);
    return stack;
  } catch (error) {
    if (options.folder === undefined) {
      await (hasCode(error, 'DEV_STOPPED') ? rm(folder, { recursive: true, force: true }) : removeAllButLogs(folder));
    }
    forgetSignals();
    throw error;
  }
}

async function makeFolder({ folder, keep = false }: LocalStackOptions): Promise<string> {
  if (folder === undefined) {
    await removeAbandonedFolders();
    return makeTemporaryFolder({ keep });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return resolve(folder);
}

function isTemporary({ folder, keep }: LocalStackOptions): boolean {
  return folder === undefined && !keep;
}

interface Servers {
  readonly temporal: TemporalServer;
  readonly commerce: MysqlServer;
  readonly customer: MysqlServer;
  readonly replicas: Replicas;
}

/** What the configuration calls the replica of each cluster. */
const replicaName = 'reader';

/** Starts all at once; when one fails, the others are ended before its error is thrown. */
async function startServers(options: LocalStackOptions, folder: string, abort: AbortController): Promise<Servers> {
  const context = createContext(options.progress, abort.signal);
  const mysql = findMysql(context);
  const settings = async (name: string, serverId: number): Promise<MysqlServerOptions> => {
    const extraArgs = options.mysqlArgs ?? [];
    return { name, folder: join(folder, name), serverId, mysql: await mysql, context, extraArgs };
  };
  const cluster = async (name: string, serverId: number) => startMysqlServer(await settings(name, serverId));
  const commerce = cluster('commerce', 1);
  const customer = cluster('customer', 2);
  const replicaOf = async (source: Promise<MysqlServer>, serverId: number): Promise<MysqlServer | undefined> => {
    if (options.replica !== true) return undefined;
    const server = await source;
    return startMysqlReplica(server, await settings(`${server.name}-${replicaName}`, serverId));
  };
  const replicas = [replicaOf(commerce, 3), replicaOf(customer, 4)] as const;
  const starting = [startTemporal(options, folder, context), commerce, customer, ...replicas] as const;
  try {
    const [temporal, one, other, ofOne, ofOther] = await Promise.all(starting);
    const started = { ...(ofOne && { commerce: ofOne }), ...(ofOther && { customer: ofOther }) };
    return { temporal, commerce: one, customer: other, replicas: started };
  } catch (error) {
    // Kills what is still starting; what has started is stopped when it has said so.
    abort.abort(error);
    for (const result of await Promise.allSettled(starting)) {
      if (result.status === 'fulfilled') await result.value?.kill('SIGKILL');
    }
    throw abort.signal.reason;
  }
}

function startTemporal(options: LocalStackOptions, folder: string, context: DevContext): Promise<TemporalServer> {
  const preferred = options.preferDefaultTemporalPorts ? { preferredPort: 7233, preferredUiPort: 8233 } : {};
  const headless = options.headless ?? false;
  return startTemporalServer({ folder: join(folder, 'temporal'), context, headless, ...preferred });
}

async function writeConfig(folder: string, { commerce, customer, replicas }: Servers): Promise<string> {
  const login = ({ host, port, user, password }: MysqlServer): object => ({ host, port, user, password });
  const cluster = (server: MysqlServer, replica: MysqlServer | undefined): object =>
    replica === undefined ? login(server) : { ...login(server), replicas: { [replicaName]: login(replica) } };
  const file = join(folder, 'switchyard.yaml');
  // The router's rules are where a move of the demo ends, since its source dies there.
  const config = {
    clusters: { commerce: cluster(commerce, replicas.commerce), customer: cluster(customer, replicas.customer) },
    router: { driver: 'table', cluster: 'customer' },
  };
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

function assemble(
  options: LocalStackOptions,
  folder: string,
  configFile: string,
  { temporal, commerce, customer, replicas }: Servers,
  forgetSignals: () => void,
): LocalStack {
  const first: Stoppable[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = async (keepLogs: boolean): Promise<void> => {
    await Promise.all(first.map((thing) => thing.stop()));
    await Promise.all(Object.values(replicas).map((server) => server.stop()));
    await Promise.all([temporal, commerce, customer].map((server) => server.stop()));
    if (isTemporary(options)) {
      await (keepLogs ? removeAllButLogs(folder) : rm(folder, { recursive: true, force: true }));
    }
    forgetSignals();
  };
  return {
    folder,
    configFile,
    temporal,
    clusters: { commerce, customer },
    replicas,
    stopFirst: (thing) => void first.push(thing),
    isStopping: () => stopping !== undefined,
    stop: ({ keepLogs = false } = {}) => (stopping ??= stopAll(keepLogs)),
  };
}

/** After a failed start: a temporary folder keeps what explains it, and nothing of a hundred megabytes. */
async function removeAllButLogs(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !entry.name.endsWith('.log')) await rm(path, { force: true });
  }
}
