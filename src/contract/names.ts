/** The task queue that workers of Switchyard poll unless the configuration names another. */
export const taskQueueDefault = 'switchyard';

/** Workflow types as they are written on the wire. */
export const workflowTypes = {
  onlineDdl: 'onlineDdl',
  moveTables: 'moveTables',
  planDdl: 'planDdl',
  reconcile: 'reconcile',
  tableCleanup: 'tableCleanup',
  tellRouter: 'tellRouter',
} as const;

/** The workflow id that clients use for an operation on this table, so that most collisions fail at start. */
export function onlineDdlWorkflowId(cluster: string, database: string, table: string): string {
  return `online-ddl/${cluster}/${database}/${table}`;
}

/** The workflow id of the migration that a file of `switchyard ddl apply` describes: a file is applied once. */
export function appliedWorkflowId(cluster: string, database: string, file: string): string {
  return `online-ddl/${cluster}/${database}/${file}`;
}

/** The workflow id of the clean-up of one retained table. */
export function tableCleanupWorkflowId(cluster: string, database: string, retainedTable: string): string {
  return `table-cleanup/${cluster}/${database}/${retainedTable}`;
}

/** The workflow id of the clean-up of all retained tables of an operation. */
export function tablesCleanupWorkflowId(cluster: string, database: string, operationId: string): string {
  return `table-cleanup/${cluster}/${database}/${operationId}`;
}

/** The one of these that a clean-up has: the second where it is started with a list. */
export function cleanupWorkflowId(of: {
  readonly cluster: string;
  readonly database: string;
  readonly operationId: string;
  readonly retainedTable: string;
  readonly tables?: readonly string[];
}): string {
  return of.tables === undefined
    ? tableCleanupWorkflowId(of.cluster, of.database, of.retainedTable)
    : tablesCleanupWorkflowId(of.cluster, of.database, of.operationId);
}

/** The workflow id of telling the router one version of the rules of a move. */
export function tellRouterWorkflowId(operationId: string, version: number): string {
  return `tell-router/${operationId}/${version}`;
}

/** The workflow id that clients use for a look at this cluster. */
export function reconcileWorkflowId(cluster: string): string {
  return `reconcile/${cluster}`;
}

/** The workflow id that clients use for a plan of statements on this database. */
export function planDdlWorkflowId(cluster: string, database: string): string {
  return `plan-ddl/${cluster}/${database}`;
}

/** The workflow id that clients use for a move of this name. */
export function moveTablesWorkflowId(name: string): string {
  return `move-tables/${name}`;
}
