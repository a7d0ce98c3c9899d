import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../../../src/dev/context.js';
import { findMysql } from '../../../src/dev/find-mysqld.js';
import { startMysqlServer, type MysqlServer } from '../../../src/dev/mysql-server.js';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { runPreflight } from '../../../src/mysql/preflight/run-preflight.js';
import { loadServerFacts } from '../../../src/mysql/preflight/server-facts.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../src/mysql/server/session/variables.js';
import type { TableModel } from '../../../src/schema/table-model.js';

export interface OwnServers {
  readonly all: readonly MysqlServer[];
  stop(): Promise<void>;
}

interface OwnServer {
  readonly name: string;
  readonly serverId: number;
  readonly extraArgs?: readonly string[];
}

/** Servers of a test file's own, since it changes their global settings. */
export async function startServers(wanted: readonly OwnServer[]): Promise<OwnServers> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-preflight-'));
  const context = createContext();
  const mysql = await findMysql(context);
  // A system time zone that is not UTC: ages must be right all the same.
  const zone = process.env.TZ;
  process.env.TZ = 'JST-9';
  try {
    const all = await Promise.all(
      wanted.map((server) => startMysqlServer({ ...server, folder: join(folder, server.name), mysql, context })),
    );
    return {
      all,
      async stop() {
        // Their data goes with them: nothing to wait for.
        await Promise.all(all.map((server) => server.kill('SIGKILL')));
        await rm(folder, { recursive: true, force: true });
      },
    };
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
}

export function openSession(server: MysqlServer, account: { user: string; password: string }): Promise<Session> {
  const { name, host, port } = server;
  const { user, password } = account;
  return Session.open({ name, host, port, user, password }, controlVariables);
}

export async function runAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await session.run(statement);
}

/** Preflight of an operation on this table alone. @returns the warnings. */
export async function preflightOf(
  session: Session,
  table: TableModel,
  options: { readonly expectedDurationSeconds?: number } = {},
): Promise<readonly string[]> {
  const facts = await loadServerFacts(session);
  return runPreflight({ sites: [{ session, facts, database: table.database, tables: [table] }], ...options });
}

/** The error of the catalogue with which the check fails. */
export async function failureOf(check: Promise<unknown>): Promise<SwitchyardError> {
  const outcome = await check.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof SwitchyardError)) throw new Error(`not a SwitchyardError: ${String(outcome)}`);
  return outcome;
}
