/** All checks of preflight in their order, of each scope: a check is a file in `checks/` and a line here. */
import type { Check } from './check.js';
import { checkBinlogFilters } from './checks/binlog-filters.js';
import { checkBinlogOn } from './checks/binlog-on.js';
import { checkBinlogRetention } from './checks/binlog-retention.js';
import { checkClauses } from './checks/clauses.js';
import { checkDatabases } from './checks/databases.js';
import { checkDurability } from './checks/durability.js';
import { checkForeignKeys } from './checks/foreign-keys.js';
import { checkGtidOn } from './checks/gtid-on.js';
import { checkLockInstrument } from './checks/lock-instrument.js';
import { checkLongTransactions } from './checks/long-transactions.js';
import { checkNameComparison } from './checks/name-comparison.js';
import { checkOnePrimary } from './checks/one-primary.js';
import { checkOtherServer } from './checks/other-server.js';
import { checkPreparedXa } from './checks/prepared-xa.js';
import { checkPrivileges } from './checks/privileges.js';
import { checkReplicaUpdates } from './checks/replica-updates.js';
import { checkReplicas } from './checks/replicas.js';
import { checkRowFormat } from './checks/row-format.js';
import { checkServerKind } from './checks/server-kind.js';
import { checkTableKind } from './checks/table-kind.js';
import { checkTableOwner } from './checks/table-owner.js';
import { checkTriggersAllowed } from './checks/triggers-allowed.js';
import { checkTriggers } from './checks/triggers.js';
import { checkUsableKey } from './checks/usable-key.js';
import { checkWritable } from './checks/writable.js';

/**
 * What two servers are to each other, what needs no privilege, the privileges, what needs them; what may wait comes late.
 * The first that fails ends it.
 */
export const checks: readonly Check[] = [
  checkOtherServer,
  checkNameComparison,
  checkDatabases,
  checkTriggersAllowed,
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
  checkLongTransactions,
  checkPreparedXa,
  checkClauses,
  checkUsableKey,
];
