/** How a preparation frees tables of operations whose workflow is gone, whichever kind those are of. */
import { removeAbandonedMigration } from '../../mysql/migration/clean-up.js';
import type { FreeTablesOptions } from '../../mysql/server/sidecar/free-tables.js';
import { askOwner } from './workflows.js';

export const freeingTables: Pick<FreeTablesOptions, 'askOwner' | 'removeAbandonedMigration'> = {
  askOwner,
  removeAbandonedMigration,
};
