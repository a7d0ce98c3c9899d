/**
 * The routing rules as rows, for applications to read. One row for each move has the version, and stays when its rules are
 * removed: without it a late older version would bring them back. Its number says which of two moves of a table is newer.
 */
import type { RuleSet } from '../../../domain/routing.js';
import type { Session } from '../session/session.js';

/** `newer`: a newer version of this move is there already, and nothing was changed. */
export type StoredRules = 'applied' | 'newer';

/** Replaces the rules of a move unless it has this version or a newer one already; all of them, or none. */
export async function storeRuleSet(session: Session, ruleSet: RuleSet): Promise<StoredRules> {
  await session.run('START TRANSACTION');
  try {
    const stored = await lockVersion(session, ruleSet);
    if (stored < ruleSet.version) await replaceRules(session, ruleSet);
    await session.run('COMMIT');
    return stored > ruleSet.version ? 'newer' : 'applied';
  } catch (error) {
    await session.run('ROLLBACK').catch(() => session.destroy());
    throw error;
  }
}

/** The version that the move has, 0 where it is not known yet. Until the end of the transaction nobody else writes it. */
async function lockVersion(session: Session, { operationId, move }: RuleSet): Promise<number> {
  // Locks the row also where it is there already: a second writer waits here for the first, and then finds its version.
  await session.run(
    `INSERT INTO _switchyard.routing_moves (operation_id, move_name, version, applied_at)
     VALUES (?, ?, 0, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE operation_id = VALUES(operation_id)`,
    [operationId, move],
  );
  const { version } = await session.row<{ version: number | string }>(
    'SELECT version FROM _switchyard.routing_moves WHERE operation_id = ?',
    [operationId],
  );
  return Number(version);
}

async function replaceRules(session: Session, { operationId, version, rules }: RuleSet): Promise<void> {
  await session.run(
    'UPDATE _switchyard.routing_moves SET version = ?, applied_at = UTC_TIMESTAMP(6) WHERE operation_id = ?',
    [version, operationId],
  );
  await session.run('DELETE FROM _switchyard.routing_rules WHERE operation_id = ?', [operationId]);
  if (rules.length === 0) return;
  await session.run(
    `INSERT INTO _switchyard.routing_rules
       (operation_id, cluster_name, database_name, table_name, reads_cluster, reads_database, writes_cluster, writes_database)
     VALUES ${rules.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    rules.flatMap(({ cluster, database, table, reads, writes }) => [
      operationId,
      cluster,
      database,
      table,
      reads.cluster,
      reads.database,
      writes.cluster,
      writes.database,
    ]),
  );
}

/** A row of `selectRoutingRules`; numbers may come as texts. The rule's columns are null for a move without rules. */
export interface RoutingRow {
  readonly number: number | string;
  readonly operationId: string;
  readonly move: string;
  readonly version: number | string;
  readonly cluster: string | null;
  readonly database: string;
  readonly table: string;
  readonly readsCluster: string;
  readonly readsDatabase: string;
  readonly writesCluster: string;
  readonly writesDatabase: string;
}

/** All moves with all their rules in one statement, so that what it reads is of one moment. */
export const selectRoutingRules = `SELECT m.move_number AS \`number\`, m.operation_id AS operationId, m.move_name AS move,
       m.version AS version, r.cluster_name AS cluster, r.database_name AS \`database\`, r.table_name AS \`table\`,
       r.reads_cluster AS readsCluster, r.reads_database AS readsDatabase,
       r.writes_cluster AS writesCluster, r.writes_database AS writesDatabase
  FROM _switchyard.routing_moves m LEFT JOIN _switchyard.routing_rules r ON r.operation_id = m.operation_id
 WHERE m.version > 0 ORDER BY m.move_number, r.cluster_name, r.database_name, r.table_name`;
