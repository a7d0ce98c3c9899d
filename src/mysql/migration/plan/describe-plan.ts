/** Puts the plan of a statement together: what was tried, and what the server and our books on it tell. */
import type { Loss } from '../../../domain/loss.js';
import type { AlgorithmTrial, ExpectedDuration, StatementPlan, TableSize } from '../../../domain/statement-plan.js';
import type { SwitchyardError } from '../../../errors/switchyard-error.js';
import { lossesListedMax } from '../../../limits/mysql-migration.js';
import { roughCopyBytesPerSecond } from '../../../limits/mysql.js';
import type { TableName } from '../../../schema/table-model.js';
import { replicasAttached } from '../../preflight/checks/replicas.js';
import { loadCopyRates, loadSwapsSeen } from '../../server/sidecar/experience.js';
import type { Session } from '../../server/session/session.js';

/** What a migration of the statement is, or would be, asked for. */
export interface PlanTerms {
  readonly lockTimeoutMs: number;
  readonly retainForMs: number;
}

interface Described {
  readonly statement: string;
  readonly table: TableName;
  readonly plannedOn: number | null;
  readonly algorithms: readonly AlgorithmTrial[];
  readonly losses: readonly Loss[];
  readonly warnings: readonly string[];
  readonly terms: PlanTerms;
}

/** @param session with the reading settings, on a server that has the sidecar. */
export async function describePlan(session: Session, described: Described): Promise<StatementPlan> {
  const { statement, table, plannedOn, algorithms, losses, warnings, terms } = described;
  const size = await loadSize(session, table);
  return {
    ...{ statement, database: table.database, table: table.table, plannedOn, algorithms },
    ...{ does: 'copy', refused: null, size },
    duration: expectedDuration(size, await loadCopyRates(session)),
    disk: { copyBytes: size.dataBytes + size.indexBytes, binlogBytes: size.dataBytes },
    writers: { lockTimeoutMs: terms.lockTimeoutMs, seen: await loadSwapsSeen(session) },
    replicas: await replicasAttached(session),
    revertible: {
      possible: false,
      why: `nothing reverts a migration yet; the old table is kept for ${terms.retainForMs / 3_600_000} h, without what is written after the swap`,
    },
    losses: losses.slice(0, lossesListedMax),
    lossesNotListed: Math.max(0, losses.length - lossesListedMax),
    warnings,
  };
}

/** @param ownName of a table of ours on which it was planned, for which the application's name is said. */
export function describeRefusal(
  place: Pick<StatementPlan, 'statement' | 'database' | 'table'>,
  error: SwitchyardError,
  ownName: string | undefined,
): StatementPlan {
  const message = ownName === undefined ? error.message : error.message.replaceAll(ownName, place.table ?? '');
  return {
    ...place,
    ...{ plannedOn: null, does: null, refused: { code: error.code, message }, algorithms: [] },
    ...{ size: null, duration: null, disk: null, writers: null, replicas: [], losses: [], lossesNotListed: 0 },
    ...{ revertible: { possible: false, why: 'it is refused' }, warnings: [] },
  };
}

async function loadSize(session: Session, { database, table }: TableName): Promise<TableSize> {
  const row = await session.row<Record<keyof TableSize, number | string | null>>(
    `SELECT table_rows AS \`rows\`, data_length AS dataBytes, index_length AS indexBytes
       FROM information_schema.tables WHERE table_schema = ? AND table_name = ?`,
    [database, table],
  );
  const { rows, dataBytes, indexBytes } = row;
  return { rows: Number(rows ?? 0), dataBytes: Number(dataBytes ?? 0), indexBytes: Number(indexBytes ?? 0) };
}

function expectedDuration({ dataBytes }: TableSize, rates: readonly number[]): ExpectedDuration {
  const measured = [...rates].sort((one, other) => one - other)[Math.floor(rates.length / 2)];
  const bytesPerSecond = Math.round(measured ?? roughCopyBytesPerSecond);
  const seconds = Math.ceil(dataBytes / Math.max(bytesPerSecond, 1));
  return { seconds, bytesPerSecond, measuredOperations: rates.length };
}
