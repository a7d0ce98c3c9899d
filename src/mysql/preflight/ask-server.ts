/**
 * What preflight asks of a server, asked without an operation: every check answers for itself, and none of them ends it, so
 * that all that is wrong is told at once.
 */
import { ownName } from '../../schema/names.js';
import { sidecarDatabase } from '../server/sidecar/schema.js';
import type { Session } from '../server/session/session.js';
import type { Check } from './check.js';
import { checks } from './checks.js';
import { checkBinlogRetention } from './checks/binlog-retention.js';
import { checkPrivileges } from './checks/privileges.js';
import { checkReplicas } from './checks/replicas.js';
import { refuseWithoutTriggers } from './checks/triggers-allowed.js';
import { namedInGrants, parseGrants } from './grants.js';
import { loadServerFacts, type ServerFacts } from './server-facts.js';

type ServerCheck = Check<'server'>;

/** What is wrong, undefined where nothing is; beside it what people should know. */
export interface ServerAnswer {
  readonly error?: unknown;
  readonly warnings: readonly string[];
}

export interface AskedServer {
  readonly session: Session;
  readonly facts: ServerFacts;
}

/** @throws the driver's errors. */
export async function askedServer(session: Session): Promise<AskedServer> {
  return { session, facts: await loadServerFacts(session) };
}

/** Asked apart: of an operation, a database, or what is no matter of settings. */
const apart: readonly Check[] = [checkBinlogRetention, checkPrivileges, checkReplicas];

/** The settings of the server and what goes on there: all checks of a server but those that are asked apart. */
export async function askSettings(server: AskedServer): Promise<readonly ServerAnswer[]> {
  const answers: ServerAnswer[] = [];
  for (const check of checks)
    if (check.scope === 'server' && !apart.includes(check)) answers.push(await ask(check, server));
  return answers;
}

/** Whether binlogs are kept for the least time that any operation needs. */
export function askRetention(server: AskedServer): Promise<ServerAnswer> {
  return ask(checkBinlogRetention, server);
}

/** @param database null for what is needed in none. */
export function askPrivileges(server: AskedServer, database: string | null): Promise<ServerAnswer> {
  return ask(checkPrivileges, server, database);
}

/** What a move needs besides. */
export function askTriggers({ session }: AskedServer): Promise<ServerAnswer> {
  return answerOf(async () => {
    await refuseWithoutTriggers(session);
    return [];
  });
}

/** Databases of applications that the grants of our account name. @throws the driver's errors. */
export async function grantedDatabases({ session, facts }: AskedServer): Promise<readonly string[]> {
  const lines = await session.rows<Record<string, string>>('SHOW GRANTS');
  const rows = await session.rows<{ name: string }>('SELECT schema_name AS name FROM information_schema.schemata');
  const how = {
    literalPatterns: facts.partialRevokes === true,
    caseSensitive: facts.lowerCaseTableNames === 0,
  };
  const grants = parseGrants(lines.flatMap((row) => Object.values(row)));
  return namedInGrants(
    grants,
    rows.map(({ name }) => name),
    how,
  ).filter((name) => !isNobodys(name));
}

function isNobodys(database: string): boolean {
  const ofServer = ['mysql', 'sys', 'information_schema', 'performance_schema'];
  return database === sidecarDatabase || ofServer.includes(database) || ownName({ database, table: '' }) !== undefined;
}

function ask(
  check: ServerCheck,
  { session, facts }: AskedServer,
  database: string | null = null,
): Promise<ServerAnswer> {
  const context = { session, facts, database, needsOwnDatabases: false, expectedDurationSeconds: 0 };
  return answerOf(() => check.ask(context));
}

async function answerOf(asked: () => Promise<readonly string[]>): Promise<ServerAnswer> {
  try {
    return { warnings: await asked() };
  } catch (error) {
    return { error, warnings: [] };
  }
}
