/** Many small operations at once, and how long they need to get where they are to be. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Connection } from 'mysql2/promise';
import type { OperationStatus } from '../../contract/operation/status.js';
import { moveTablesWorkflowId, onlineDdlWorkflowId, taskQueueDefault, workflowTypes } from '../../contract/names.js';
import { during, type Progress } from '../progress.js';
import { benchDatabase } from './sbtest.js';

const lookAgainMs = 500;

/** Makes small tables of these names anew. */
export async function makeSmallTables(session: Connection, names: readonly string[], rows: number): Promise<void> {
  for (const name of names) {
    await session.query(`DROP TABLE IF EXISTS ${name}`);
    await session.query(`CREATE TABLE ${name} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL DEFAULT 0)`);
    await session.query(
      `INSERT INTO ${name} (n) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       SELECT n FROM numbers`,
      [rows],
    );
  }
}

/** Starts a migration of a small table. @param options of the input. */
export function startSmallMigration(client: Client, table: string, options: object = {}): Promise<WorkflowHandle> {
  const statement = `ALTER TABLE ${table} ADD note VARCHAR(20) NULL`;
  return client.workflow.start(workflowTypes.onlineDdl, {
    taskQueue: taskQueueDefault,
    workflowId: onlineDdlWorkflowId('commerce', benchDatabase, table),
    args: [{ cluster: 'commerce', database: benchDatabase, statement, options }],
  });
}

/** Starts a move of a small table from `commerce` to `customer`. */
export function startSmallMove(client: Client, table: string): Promise<WorkflowHandle> {
  const place = (cluster: string): object => ({ cluster, database: benchDatabase });
  return client.workflow.start(workflowTypes.moveTables, {
    taskQueue: taskQueueDefault,
    workflowId: moveTablesWorkflowId(table),
    args: [{ name: table, source: place('commerce'), target: place('customer'), tables: [table] }],
  });
}

/** Waits until all are in this phase. @param title for people. @throws where one is in a phase that it does not leave. */
export async function untilAllIn(
  handles: readonly WorkflowHandle[],
  phase: string,
  { progress, title }: { readonly progress: Progress; readonly title: string },
): Promise<void> {
  const task = progress.begin(title, handles.length, 'operations');
  await during(task, async () => {
    let waiting = handles;
    while (waiting.length > 0) {
      const phases = await Promise.all(waiting.map(phaseOf));
      const stuck = phases.find((one) => ['failed', 'needsOperator', 'cancelled'].includes(one));
      if (stuck !== undefined) throw new Error(`an operation is ${stuck}`);
      waiting = waiting.filter((_handle, index) => phases[index] !== phase);
      task.update(handles.length - waiting.length, phase);
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  });
}

export async function phaseOf(handle: WorkflowHandle): Promise<string> {
  return (await handle.query<OperationStatus<string, string>>('status')).phase;
}
