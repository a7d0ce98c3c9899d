/**
 * Preflight: what must be so before anything is made (docs/design/prepare.md, "Checks"). It changes nothing on the
 * server. Not asked here: free disk space, which SQL does not tell; the keys of the table, which the schema rules look
 * at.
 */
import {
  longTransactionSeconds,
  preparedXaWaitMs,
  roughCopyBytesPerSecond,
  roughDurationSecondsMin,
} from '../../limits/preflight.js';
import type { TableModel } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import { checkBinlogFilters } from './checks/binlog-filters.js';
import { checkBinlogOn } from './checks/binlog-on.js';
import { checkBinlogRetention } from './checks/binlog-retention.js';
import type { Check, PreflightContext } from './check.js';
import { checkDurability } from './checks/durability.js';
import { checkForeignKeys } from './checks/foreign-keys.js';
import { checkGtidOn } from './checks/gtid-on.js';
import { checkLockInstrument } from './checks/lock-instrument.js';
import { checkLongTransactions } from './checks/long-transactions.js';
import { checkOnePrimary } from './checks/one-primary.js';
import { checkPreparedXa } from './checks/prepared-xa.js';
import { checkPrivileges } from './checks/privileges.js';
import { checkReplicaUpdates } from './checks/replica-updates.js';
import { checkReplicas } from './checks/replicas.js';
import { checkRowFormat } from './checks/row-format.js';
import { loadServerFacts } from './server-facts.js';
import { checkServerKind } from './checks/server-kind.js';
import { checkTableKind } from './checks/table-kind.js';
import { checkTableOwner } from './checks/table-owner.js';
import { checkTriggers } from './checks/triggers.js';
import { checkWritable } from './checks/writable.js';

/** In order: what needs no privilege, the privileges, what needs them; what may wait comes late. */
const checks: readonly Check[] = [
  checkServerKind,
  checkWritable,
  checkOnePrimary,
  checkBinlogOn,
  checkGtidOn,
  checkRowFormat,
  checkDurability,
  checkBinlogRetention,
  checkTableOwner,
  checkTableKind,
  checkPrivileges,
  checkBinlogFilters,
  checkReplicaUpdates,
  checkTriggers,
  checkForeignKeys,
  checkReplicas,
  checkLockInstrument,
  checkLongTransactions(longTransactionSeconds),
  checkPreparedXa(preparedXaWaitMs),
];

export interface PreflightOptions {
  /** Where the caller knows it better than a guess from the table's size. */
  readonly expectedDurationSeconds?: number;
}

/**
 * Runs all checks; the first that fails ends it.
 * @param session a control session without an open transaction.
 * @returns what the operator should know although it stops nothing, one sentence each.
 * @throws SwitchyardError of the first failure; the driver's errors.
 */
export async function runPreflight(
  session: Session,
  table: TableModel,
  options: PreflightOptions = {},
): Promise<{ readonly warnings: readonly string[] }> {
  const facts = await loadServerFacts(session);
  const expectedDurationSeconds = options.expectedDurationSeconds ?? roughDurationSeconds(table);
  const context: PreflightContext = { session, facts, table, expectedDurationSeconds };
  const warnings: string[] = [];
  for (const check of checks) warnings.push(...(await check(context)));
  return { warnings };
}

function roughDurationSeconds({ dataBytesEstimated }: TableModel): number {
  return Math.max(roughDurationSecondsMin, dataBytesEstimated / roughCopyBytesPerSecond);
}
