/** An account with the grants of docs/servers.md, word for word, and no others. */
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { withSession } from '../../src/mysql/server/session/session.js';
import { blocks } from '../docs/pages.js';
import { uniqueName } from './eventually.js';

interface Accounts {
  readonly switchyard: ClusterSettings;
  readonly root: ClusterSettings;
}

/** The cluster with an account of its own, which `makeDocumented` makes. */
export function asDocumented<Given extends Accounts>(cluster: Given): Given {
  const user = uniqueName('least');
  return { ...cluster, switchyard: { ...cluster.switchyard, user, password: user } };
}

/** @param demands as behind CREATE USER. */
export async function makeDocumented(
  { switchyard: { user, password }, root }: Accounts,
  database: string,
  demands = '',
): Promise<void> {
  await withSession(root, { autocommit: 1 }, async (session) => {
    await session.run(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}' ${demands}`);
    for (const grant of documentedGrants(user, database)) await session.run(grant);
  });
}

export async function dropDocumented({ switchyard, root }: Accounts): Promise<void> {
  await withSession(root, { autocommit: 1 }, (session) => session.run(`DROP USER IF EXISTS '${switchyard.user}'@'%'`));
}

/** The statements of the page for this account and this database. */
function documentedGrants(user: string, database: string): readonly string[] {
  const sql = blocks('docs/servers.md', 'sql').join('\n');
  const pattern = `\`${database.replaceAll('_', '\\_')}\``;
  return [...sql.matchAll(/^GRANT .*;$/gm)].map(([grant]) =>
    grant.replace("'switchyard'", `'${user}'`).replace('`shop`', pattern),
  );
}
