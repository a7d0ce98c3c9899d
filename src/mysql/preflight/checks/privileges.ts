/**
 * Our account may do all that a change needs. The server is asked, since only it knows what roles, wildcards, partial
 * revokes and accounts of other hosts add up to: each privilege is tried with a statement that changes nothing.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { privilegeLockWaitSeconds, privilegeWaitMs } from '../../../limits/mysql-preflight.js';
import { operationIdHexDigits } from '../../../limits/shared.js';
import { quoteIdentifier } from '../../../schema/identifier.js';
import { copyName } from '../../../schema/names.js';
import { isDoneWithin } from '../../server/locks/brief-locks.js';
import { serverErrorNumber } from '../../server/session/server-errors.js';
import { withSession, type Session } from '../../server/session/session.js';
import { controlVariables } from '../../server/session/variables.js';
import { sidecarDatabase } from '../../server/sidecar/schema.js';
import type { Check, ContextOf } from '../check.js';
import { parseGrants, surelyHolds } from '../grants.js';
import {
  ownDatabasePrivileges,
  requiredPrivileges,
  type PrivilegeScope,
  type Probe,
  type RequiredPrivilege,
} from '../required-privileges.js';

type ServerContext = ContextOf<'server'>;

/** Named as the databases of operations are, although none has this one. */
const ownDatabaseTried = copyName('0'.repeat(operationIdHexDigits));

/** @throws MISSING_PRIVILEGES naming each, with the statements that grant them. */
export const checkPrivileges: Check<'server'> = {
  scope: 'server',
  ask: async (context) => {
    const { session, database } = context;
    // A session of its own, since a server that is locked for a backup lets statements that would write wait (only
    // after it has looked at their privileges).
    const variables = { ...controlVariables, lock_wait_timeout: privilegeLockWaitSeconds };
    const missing = await withSession(session.cluster, variables, (probing) => findMissing(probing, context));
    if (missing.length === 0) return [];
    const { account } = await session.row<{ account: string }>('SELECT CURRENT_USER() AS account');
    throw new SwitchyardError('MISSING_PRIVILEGES', {
      account,
      cluster: session.cluster.name,
      missing: missing.map(({ privilege, scope }) => `${privilege} on ${scopeName(scope, database)}.*`),
      statements: grantStatements(context, account, missing).join(' '),
    });
  },
};

/** `looking` ends what waits on `session`. */
interface Sessions {
  readonly session: Session;
  readonly looking: Session;
}

async function findMissing(session: Session, context: ServerContext): Promise<readonly RequiredPrivilege[]> {
  const missing = new Set<RequiredPrivilege>();
  const needed = neededFor(context);
  for (const required of needed) {
    if (required.probe === null) continue;
    const database = databaseOf(required.scope, context.database) ?? '';
    if (await isDenied({ session, looking: context.session }, required.probe, database)) missing.add(required);
  }
  for (const required of needed) {
    if (required.probe === null && !(await isShown(session, context, required, missing))) missing.add(required);
  }
  return needed.filter((required) => missing.has(required));
}

function neededFor({ database, needsOwnDatabases }: ServerContext): readonly RequiredPrivilege[] {
  const always =
    database === null ? requiredPrivileges.filter(({ scope }) => scope !== 'database') : requiredPrivileges;
  return needsOwnDatabases ? [...always, ...ownDatabasePrivileges] : always;
}

async function isDenied(sessions: Sessions, { statement, deniedAs }: Probe, database: string): Promise<boolean> {
  try {
    await isDoneWithin(sessions, privilegeWaitMs, () => sessions.session.rows(statement(database)));
    return false;
  } catch (error) {
    const number = serverErrorNumber(error);
    if (number === undefined) throw error;
    return number === deniedAs;
  }
}

/** Whether the grants show a privilege that cannot be tried. */
async function isShown(
  session: Session,
  { facts, database }: ServerContext,
  { scope, privilege }: RequiredPrivilege,
  missing: ReadonlySet<RequiredPrivilege>,
): Promise<boolean> {
  const rows = await session.rows<Record<string, string>>('SHOW GRANTS');
  const grants = parseGrants(rows.flatMap((row) => Object.values(row)));
  const known = requiredPrivileges.filter(
    (other) => other.scope === scope && other.probe !== null && !missing.has(other),
  );
  return surelyHolds(grants, {
    privilege,
    database: databaseOf(scope, database) ?? '',
    known: known.map((other) => other.privilege),
    literalPatterns: facts.partialRevokes === true,
    caseSensitive: facts.lowerCaseTableNames === 0,
  });
}

/** The database in which privileges of the scope are tried; null for all databases. */
function databaseOf(scope: PrivilegeScope, database: string | null): string | null {
  switch (scope) {
    case 'global':
      return null;
    case 'performance_schema':
      return 'performance_schema';
    case 'database':
      return database;
    case 'sidecar':
      return sidecarDatabase;
    case 'ownDatabases':
      return ownDatabaseTried;
  }
}

/** For messages. */
function scopeName(scope: PrivilegeScope, database: string | null): string {
  return scope === 'ownDatabases' ? '_sw_%' : (databaseOf(scope, database) ?? '*');
}

/** One statement for each scope in which something is missing. */
function grantStatements(
  context: ServerContext,
  account: string,
  missing: readonly RequiredPrivilege[],
): readonly string[] {
  const scopes = [...new Set(missing.map(({ scope }) => scope))];
  return scopes.map((scope) => {
    // A grant on a database hides those whose wider patterns matched before: it must have everything itself.
    const granted = scope === 'global' ? missing : neededFor(context);
    const privileges = granted.filter((required) => required.scope === scope).map(({ privilege }) => privilege);
    return `GRANT ${privileges.join(', ')} ON ${grantTarget(scope, context)}.* TO ${quoteAccount(account)};`;
  });
}

function grantTarget(scope: PrivilegeScope, { facts, database }: ServerContext): string {
  const literalPatterns = facts.partialRevokes === true;
  // Each operation has databases of other names: where a grant cannot have a pattern, only one on all of them will do.
  if (scope === 'ownDatabases') return literalPatterns ? '*' : '`\\_sw\\_%`';
  const target = databaseOf(scope, database);
  if (target === null) return '*';
  return quoteIdentifier(literalPatterns ? target : target.replace(/[\\%_]/g, '\\$&'));
}

/** `user@host`, as CURRENT_USER() says it, as an account in a statement. */
function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  return `${quoteIdentifier(account.slice(0, at))}@${quoteIdentifier(account.slice(at + 1))}`;
}
