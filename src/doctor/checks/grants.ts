/** Our account may do all that operations need: on the server, in the sidecar, and in each database that is meant. */
import { databasesTriedMax } from '../../limits/doctor.js';
import { hasCode, SwitchyardError } from '../../errors/switchyard-error.js';
import { askedServer, askPrivileges, grantedDatabases, type AskedServer } from '../../mysql/preflight/ask-server.js';
import { openDatabases } from '../../mysql/server/sidecar/open-streams.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { sidecarExists } from '../../mysql/server/sidecar/schema.js';
import { ok, problemOf, warning, type Check, type Finding } from '../check.js';

export const checkGrants: Check<'cluster'> = {
  scope: 'cluster',
  name: 'grants',
  ask: ({ cluster, databases: given }) =>
    withSession(cluster, controlVariables, async (session) => {
      const server = await askedServer(session);
      const { error } = await askPrivileges(server, null);
      const ofServer = error === undefined ? [] : [problemOf(error, cluster.name)];
      const open = (await sidecarExists(session).catch(() => false))
        ? await openDatabases(session).catch(() => [])
        : [];
      const meant = [...new Set([...given, ...open, ...(await grantedDatabases(server))])];
      const tried = meant.slice(0, databasesTriedMax);
      const ofDatabases: Finding[] = [];
      for (const database of tried) ofDatabases.push(...(await inDatabase(server, database, missingIn(error))));
      const findings = [...ofServer, ...ofDatabases];
      if (meant.length === 0) return [...findings, ...(await anywhere(server))];
      if (findings.length > 0) return findings;
      const others = meant.length - tried.length;
      return [ok(`All that is needed, also in ${tried.join(', ')}${others > 0 ? ` (${others} more not tried)` : ''}.`)];
    }),
};

/** Nobody has a database of this name: what may be done there may be done in all. */
const nobodys = '_switchyard_doctor';

async function anywhere(server: AskedServer): Promise<readonly Finding[]> {
  const { error } = await askPrivileges(server, nobodys);
  return error === undefined ? [ok('All that is needed, in every database.')] : [noDatabase];
}

const noDatabase = warning(
  'The account is granted nothing in any database by its name, so it was not tried whether it may change tables.',
  'Grant what docs/servers.md has under "Grants" on the databases with tables that are to be changed, or name one: --database NAME.',
);

/** What is missing in this one besides what is missing everywhere. */
async function inDatabase(
  server: AskedServer,
  database: string,
  everywhere: readonly string[],
): Promise<readonly Finding[]> {
  const { error } = await askPrivileges(server, database);
  if (error === undefined) return [];
  const missing = missingIn(error).filter((privilege) => !everywhere.includes(privilege));
  if (!hasCode(error, 'MISSING_PRIVILEGES')) return [problemOf(error, server.session.cluster.name)];
  if (missing.length === 0) return [];
  const { account = '', cluster = '', statements = '' } = error.facts;
  return [problemOf(new SwitchyardError('MISSING_PRIVILEGES', { account, cluster, missing, statements }))];
}

function missingIn(error: unknown): readonly string[] {
  if (!hasCode(error, 'MISSING_PRIVILEGES')) return [];
  const { missing } = error.facts;
  return Array.isArray(missing) ? (missing as readonly string[]) : [];
}
