/** What a cluster has on record of one operation, for people who look back. Reads only, and makes nothing. */
import type { AuditLine } from '../../../domain/audit.js';
import type { SampledSeries } from '../../../domain/samples.js';
import { auditLinesReadMax } from '../../../limits/mysql-server.js';
import { existingTables } from '../introspect/load-table.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { loadSamples } from './samples.js';
import { sidecarDatabase, sidecarExists } from './schema.js';
import { carriedOver, describeNotCompared } from './verification.js';

/** How far one table is; of a move, by its number. Times are ISO. */
interface RecordedTable {
  readonly tableNumber: number;
  readonly rowsCopied: number;
  readonly copiedAt: string | null;
  readonly indexedAt: string | null;
  /** Null, too, where only the stream in the other direction has compared it. */
  readonly verifiedAt: string | null;
  readonly notCompared: readonly string[];
}

export interface OperationRecords {
  readonly audit: readonly Omit<AuditLine, 'operationId'>[];
  readonly tables: readonly RecordedTable[];
  readonly series: readonly SampledSeries[];
}

/** @returns null where the cluster has no sidecar. @throws the driver's errors. */
export function loadRecords(cluster: ClusterSettings, operationId: string): Promise<OperationRecords | null> {
  return withSession(cluster, controlVariables, async (session) => {
    if (!(await sidecarExists(session))) return null;
    // An earlier version has made it, and no worker of this one has been there.
    const hasSamples = (await existingTables(session, sidecarDatabase, ['samples'])).has('samples');
    return {
      audit: await loadAudit(session, operationId),
      tables: await loadTables(session, operationId),
      series: hasSamples ? await loadSamples(session, operationId) : [],
    };
  });
}

/** The newest, in the order of their times. */
async function loadAudit(session: Session, operationId: string): Promise<OperationRecords['audit']> {
  const newest = await session.rows<OperationRecords['audit'][number]>(
    `SELECT ${isoColumn('at', 'at')}, command, via, asked_by AS \`by\`, reason, outcome, message
       FROM _switchyard.audit_log WHERE operation_id = ? ORDER BY at DESC, id DESC LIMIT ${auditLinesReadMax}`,
    [operationId],
  );
  return [...newest].reverse();
}

interface StoredTable extends Omit<RecordedTable, 'tableNumber' | 'rowsCopied' | 'notCompared'> {
  readonly tableNumber: number | string;
  readonly rowsCopied: number | string;
  readonly notCompared: string | null;
  readonly changesNotCompared: number | string;
}

async function loadTables(session: Session, operationId: string): Promise<readonly RecordedTable[]> {
  const rows = await session.rows<StoredTable>(
    `SELECT table_number AS tableNumber, rows_copied AS rowsCopied, ${isoColumn('copied_at', 'copiedAt')},
            ${isoColumn('indexed_at', 'indexedAt')},
            ${isoColumn(`NULLIF(verified_at, ${carriedOver})`, 'verifiedAt')},
            not_compared AS notCompared, changes_not_compared AS changesNotCompared
       FROM _switchyard.progress WHERE operation_id = ? ORDER BY table_number`,
    [operationId],
  );
  return rows.map(({ tableNumber, rowsCopied, notCompared, changesNotCompared, ...times }) => ({
    ...{ tableNumber: Number(tableNumber), rowsCopied: Number(rowsCopied), ...times },
    notCompared: describeNotCompared({
      notCompared: notCompared === null ? [] : (JSON.parse(notCompared) as string[]),
      changesNotCompared: Number(changesNotCompared),
    }),
  }));
}

/** As ISO text, to the microsecond: a client would cut it. */
function isoColumn(sql: string, name: string): string {
  return `DATE_FORMAT(${sql}, '%Y-%m-%dT%H:%i:%s.%fZ') AS ${name}`;
}
