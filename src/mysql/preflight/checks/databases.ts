/** The databases of a move are there: it makes tables, and no databases. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Session } from '../../server/session/session.js';
import type { Check } from '../check.js';

/** @throws UNKNOWN_DATABASE. */
export const checkDatabases: Check<'pair'> = {
  scope: 'pair',
  ask: async ({ source, target }) => {
    for (const { session, database } of [source, target]) await refuseUnknownDatabase(session, database);
    return [];
  },
};

/** @throws UNKNOWN_DATABASE. */
export async function refuseUnknownDatabase(session: Session, database: string): Promise<void> {
  const rows = await session.rows('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [database]);
  if (rows.length === 0) throw new SwitchyardError('UNKNOWN_DATABASE', { database, cluster: session.cluster.name });
}
