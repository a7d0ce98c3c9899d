/** A replica of a local server, as people have one: it follows by GTID, and takes no writes of anybody else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { devPollMs, devStartTimeoutMs } from '../limits/dev.js';
import { startMysqlServer, type MysqlServer, type MysqlServerOptions } from './mysql-server.js';

/** Returns when it follows. Errors: DEV_START_FAILED, also where it does not come to follow. */
export async function startMysqlReplica(
  source: MysqlServer,
  { extraArgs = [], ...options }: MysqlServerOptions,
): Promise<MysqlServer> {
  const own = ['--super-read-only=ON', '--relay-log=relay', '--relay-log-recovery=ON'];
  const replica = await startMysqlServer({ ...options, extraArgs: [...own, ...extraArgs] });
  const { host, port, user, password } = { ...replica, ...replica.root };
  const root = await createConnection({ host, port, user, password });
  try {
    // A folder that is used again follows a port that may be another's by now.
    await root.query('STOP REPLICA');
    await root.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = ?, SOURCE_PASSWORD = ?,
              SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1`,
      [source.host, source.port, source.user, source.password],
    );
    await root.query('START REPLICA');
    await untilItFollows(root, replica);
    return replica;
  } catch (error) {
    await replica.kill('SIGKILL');
    throw error;
  } finally {
    await root.end();
  }
}

async function untilItFollows(root: Connection, { name, logFile }: MysqlServer): Promise<void> {
  const deadline = performance.now() + devStartTimeoutMs;
  for (;;) {
    const [rows] = await root.query<RowDataPacket[]>(
      `SELECT c.service_state AS receiver, a.service_state AS applier, c.last_error_message AS problem
         FROM performance_schema.replication_connection_status c
         JOIN performance_schema.replication_applier_status a USING (channel_name)`,
    );
    const [row] = rows;
    if (row?.['receiver'] === 'ON' && row['applier'] === 'ON') return;
    if (performance.now() > deadline) {
      const why = `it does not follow: ${String(row?.['problem'])}`;
      throw new SwitchyardError('DEV_START_FAILED', {
        server: `replica ${name}`,
        problem: why,
        logFile,
        portTaken: false,
      });
    }
    await sleep(devPollMs);
  }
}
