/** A MySQL server of a test file's own, for tests that change or kill it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMysqlReplica } from '../../src/dev/mysql-replica.js';
import { startMysqlServer, type MysqlServer } from '../../src/dev/mysql-server.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';

export interface OwnMysql {
  readonly server: MysqlServer;
  /** As the shared stack tells it of its cluster. */
  readonly cluster: {
    readonly switchyard: ClusterSettings;
    readonly app: ClusterSettings;
    readonly root: ClusterSettings;
  };
  /** Its data goes with it. */
  stop(): Promise<void>;
}

const serverIds = { commerce: 11, customer: 12, rules: 14 } as const;
const replicaServerId = 13;

/** Starts it in a temporary folder. */
export async function startOwnMysql(
  extraArgs: readonly string[] = [],
  name: keyof typeof serverIds = 'commerce',
): Promise<OwnMysql> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-own-'));
  return asOwn(folder, await startMysqlServer({ name, folder, serverId: serverIds[name], extraArgs }));
}

/** Starts a replica of another one, which follows it. @param name as the configuration may call it. */
export async function startOwnReplica({ server: source }: OwnMysql, name: string): Promise<OwnMysql> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-own-'));
  return asOwn(folder, await startMysqlReplica(source, { name, folder, serverId: replicaServerId }));
}

function asOwn(folder: string, server: MysqlServer): OwnMysql {
  const { name } = server;
  const as = ({ user, password }: { user: string; password: string }): ClusterSettings => ({
    name,
    host: server.host,
    port: server.port,
    user,
    password,
  });
  return {
    server,
    cluster: { switchyard: as(server), app: as(server.app), root: as(server.root) },
    async stop() {
      await server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
