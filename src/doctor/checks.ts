/** All checks of the doctor in the order in which they are shown: a check is a file in `checks/` and a line here. */
import type { Check } from './check.js';
import { checkBinlog } from './checks/binlog.js';
import { checkClock } from './checks/clock.js';
import { checkConnection } from './checks/connection.js';
import { checkGrants } from './checks/grants.js';
import { checkLeftovers } from './checks/leftovers.js';
import { checkMoves } from './checks/moves.js';
import { checkNamespace } from './checks/namespace.js';
import { checkNotifications } from './checks/notifications.js';
import { checkOperations } from './checks/operations.js';
import { checkReplicas } from './checks/replicas.js';
import { checkRouter } from './checks/router.js';
import { checkSearchAttributes } from './checks/search-attributes.js';
import { checkSettings } from './checks/settings.js';
import { checkSidecar } from './checks/sidecar.js';
import { checkSpace } from './checks/space.js';
import { checkTemporal } from './checks/temporal.js';
import { checkVersions } from './checks/versions.js';
import { checkWorkers } from './checks/workers.js';

export const checks: readonly Check[] = [
  checkConnection,
  checkSettings,
  checkGrants,
  checkMoves,
  checkBinlog,
  checkClock,
  checkReplicas,
  checkSpace,
  checkSidecar,
  checkLeftovers,
  checkTemporal,
  checkNamespace,
  checkWorkers,
  checkVersions,
  checkSearchAttributes,
  checkOperations,
  checkRouter,
  checkNotifications,
];
