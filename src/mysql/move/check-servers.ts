/**
 * What two servers must be so that tables can move from one to the other, and back (docs/design/moves.md, "What two
 * servers must be").
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { loadServerFacts, type ServerFacts } from '../preflight/server-facts.js';
import type { SessionPair } from '../server/session/session-pair.js';
import type { Session } from '../server/session/session.js';

/**
 * @returns the facts of the source's server.
 * @throws SAME_SERVER, UNKNOWN_DATABASE, TRIGGERS_NOT_ALLOWED, NAMES_COMPARED_DIFFERENTLY.
 */
export async function checkServers(
  { source, target }: SessionPair,
  databases: { readonly source: string; readonly target: string },
): Promise<ServerFacts> {
  const facts = await loadServerFacts(source);
  const targetFacts = await loadServerFacts(target);
  if (facts.serverUuid === targetFacts.serverUuid) {
    throw new SwitchyardError('SAME_SERVER', { source: source.cluster.name, target: target.cluster.name });
  }
  if (facts.lowerCaseTableNames !== targetFacts.lowerCaseTableNames) {
    throw new SwitchyardError('NAMES_COMPARED_DIFFERENTLY', {
      ...{ source: source.cluster.name, target: target.cluster.name },
      settings: `${facts.lowerCaseTableNames} and ${targetFacts.lowerCaseTableNames}`,
    });
  }
  await checkDatabase(source, databases.source);
  await checkDatabase(target, databases.target);
  for (const session of [source, target]) await checkTriggersAllowed(session);
  return facts;
}

async function checkDatabase(session: Session, database: string): Promise<void> {
  const rows = await session.rows('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [database]);
  if (rows.length === 0) throw new SwitchyardError('UNKNOWN_DATABASE', { database, cluster: session.cluster.name });
}

/** Fences are triggers. Where there is a binlog the server lets only SUPER make them, unless it trusts their makers. */
async function checkTriggersAllowed(session: Session): Promise<void> {
  const { trusted } = await session.row<{ trusted: number | string }>(
    'SELECT @@GLOBAL.log_bin_trust_function_creators AS trusted',
  );
  if (Number(trusted) === 1) return;
  const grants = await session.rows<Record<string, string>>('SHOW GRANTS');
  const holdsSuper = grants.some((row) =>
    Object.values(row).some((text) => /\b(SUPER|ALL PRIVILEGES)\b.* ON \*\.\*/.test(text)),
  );
  if (!holdsSuper) throw new SwitchyardError('TRIGGERS_NOT_ALLOWED', { cluster: session.cluster.name });
}
