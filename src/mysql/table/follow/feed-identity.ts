/** Who the feed is to the server, and which tables it follows. */
import { createHash } from 'node:crypto';
import type { FollowedTable } from '../../../binlog/feed-item.js';
import type { TableName } from '../../../schema/table-model.js';
import type { TablePlan } from '../rows/table-plan.js';
import { sidecarDatabase } from '../../server/sidecar/schema.js';

/**
 * Server id and replica UUID of an operation's feed. Both come from the operation id alone: when a second worker opens
 * the feed, the server ends the first one's stream, so a frozen worker cannot read on.
 */
export function replicaIdentity(operationId: string): { serverId: number; replicaUuid: string } {
  const hash = createHash('sha256').update(`switchyard feed ${operationId}`).digest('hex');
  const uuid = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)];
  // The upper half of the range: people number their servers from below.
  const serverId = 0x8000_0000 + (Number.parseInt(hash.slice(32, 40), 16) % 0x7fff_fffe);
  return { serverId, replicaUuid: uuid.join('-') };
}

/** The source table with the key columns that are decoded. */
export function followedTable(plan: TablePlan): FollowedTable {
  return {
    ...plan.source,
    columnCount: plan.sourceColumnCount,
    keyColumns: plan.key.columns.map(({ name, ordinal, kind, unsigned, paddedLength, defaultText }) => ({
      name,
      ordinal,
      kind,
      unsigned,
      ...(paddedLength === null ? {} : { paddedLength }),
      ...(defaultText === undefined ? {} : { defaultText }),
    })),
  };
}

/** Whether changes of this table on the source's server are our own work: the sidecar, and the copies that are there. */
export function isOwnTable(copies: readonly TableName[], database: string, table: string): boolean {
  if (database === sidecarDatabase) return true;
  return copies.some((copy) => database === copy.database && table === copy.table);
}
