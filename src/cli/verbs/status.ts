/** `switchyard status` and `switchyard watch`: what there is, and how far it is. */
import type { ListConditions } from '../../client/list.js';
import type { TableCleanupHandle } from '../../client/operations.js';
import type { OperationSummary } from '../../client/summary.js';
import { operationKinds } from '../../contract/operation/metrics.js';
import type { OperationKind } from '../../domain/residual.js';
import { listedMaxDefault } from '../../limits/cli.js';
import { connected, withConnection, type AddVerb, type Called } from '../context.js';
import { exitCodes, UsageProblem, type ExitCode } from '../ends.js';
import { findOperation, findWorkflow } from '../find.js';
import { placedFlags, addFlags, givenFields } from '../flags/flag.js';
import { number } from '../flags/values.js';
import { look } from '../looks.js';
import { operationJson, summaryJson } from '../show/json.js';
import { listLines, listRemarks } from '../show/list.js';
import { operationLines, type Drawn } from '../show/operation.js';
import { plain } from '../show/text.js';
import { writeJson, writeLines, type Terminal } from '../terminal.js';
import { untilEnd } from '../wait.js';

/** Of the list. */
const listFlags = placedFlags({
  all: { about: 'also those that have ended' },
  kind: { value: 'type', about: `only these: ${operationKinds.join(' or ')}` },
  phase: { value: 'phase', about: 'only those in this phase' },
  cluster: { value: 'name', about: 'only those on this cluster' },
  table: { value: 'database.table', about: 'only those of this table' },
  needsOperator: { about: 'only those that wait for a person' },
  limit: { value: 'number', parse: number, about: `at most so many, newest first (${listedMaxDefault})` },
});

interface ListFields extends Pick<ListConditions, 'phase' | 'cluster' | 'table' | 'needsOperator'> {
  readonly all?: true;
  readonly kind?: string;
  readonly limit?: number;
}

export const addStatus: AddVerb = (program, context) => {
  program.commandsGroup('Look:');
  const status = program
    .command('status')
    .description('shows one operation in full, or lists those that are open.')
    .argument('[id]', 'the id of an operation');
  addFlags(status.optionsGroup('Of the list:'), listFlags);
  withConnection(status).action((id: string | undefined) => {
    const fields = givenFields(status, listFlags) as ListFields;
    if (id !== undefined && Object.keys(fields).length > 0) {
      throw new UsageProblem('What chooses from the list goes without an id.');
    }
    const conditions = conditionsOf(fields);
    return connected(status, context, (called) =>
      id === undefined ? showList(called, conditions, fields.limit ?? listedMaxDefault) : showOne(called, id),
    );
  });
  const watch = program
    .command('watch')
    .description('shows how far one operation is, until it ends or you leave.')
    .argument('<id>', 'the id of the operation');
  withConnection(watch).action((id: string) =>
    connected(watch, context, async (called) => {
      const handle = await findOperation(called.client, id);
      return untilEnd(called, handle, { phase: null, timeoutMs: null, wanted: 'completed', isWatched: true });
    }),
  );
};

/** @throws UsageProblem. */
function conditionsOf({ all, kind, phase, cluster, table, needsOperator }: ListFields): ListConditions {
  const known: OperationKind | undefined = operationKinds.find((type) => type === kind);
  if (kind !== undefined && known === undefined) {
    throw new UsageProblem(`--kind has to be ${operationKinds.join(' or ')}.`);
  }
  return { kind: known, open: all === true ? undefined : true, phase, cluster, table, needsOperator };
}

async function showList(
  { client, terminal, json }: Called,
  conditions: ListConditions,
  limit: number,
): Promise<ExitCode> {
  const operations: OperationSummary[] = [];
  let isMore = false;
  for await (const summary of client.list(conditions)) {
    isMore = operations.length >= limit;
    if (isMore) break;
    operations.push(summary);
  }
  if (json) {
    writeJson(terminal, { version: 1, kind: 'operations', operations: operations.map(summaryJson), more: isMore });
    return exitCodes.done;
  }
  if (operations.length === 0) terminal.write(`There are none${conditions.open === true ? ' that are open' : ''}.\n`);
  else writeLines(terminal, listLines(operations, drawnOn(terminal)));
  const more = isMore ? [`There are more: --limit lists them.`] : [];
  for (const remark of [...more, ...listRemarks(operations)]) terminal.complain(`${remark}\n`);
  return exitCodes.done;
}

/** What an operation has kept, and when it is dropped. */
async function showCleanup({ terminal, json }: Called, handle: TableCleanupHandle): Promise<ExitCode> {
  const { workflowId } = handle;
  const status = await handle.status();
  if (json) writeJson(terminal, { version: 1, kind: 'tableCleanup', workflowId, status });
  else {
    const { cluster, database, retainedTable, phase, dropAt, tables, retrying, nextStep } = status;
    const more = tables.left.length > 1 ? ` and ${tables.left.length - 1} more` : '';
    writeLines(terminal, [
      plain(`${database}.${retainedTable}${more} on ${cluster}  ${phase}`),
      ...(phase === 'waiting' ? [`To be dropped at ${dropAt}.`] : []),
      ...(retrying === null ? [] : [plain(`Fails since ${retrying.since}: ${retrying.message}`)]),
      `Next: ${plain(nextStep)}`,
    ]);
  }
  return exitCodes.done;
}

/** Also of what has ended, as long as Temporal and a worker know it. */
async function showOne({ client, terminal, everyMs, json }: Called, id: string): Promise<ExitCode> {
  const handle = await findWorkflow(client, id);
  if (handle.kind === 'tableCleanup') return showCleanup({ client, terminal, everyMs, json }, handle);
  const seen = await look(handle);
  if (json) writeJson(terminal, operationJson(seen));
  else if (seen.shown !== null) writeLines(terminal, operationLines(seen.shown, drawnOn(terminal)));
  else writeLines(terminal, listLines([seen.summary], drawnOn(terminal)));
  if (seen.problem === null) return exitCodes.done;
  if (!json) terminal.complain(`${seen.problem.message}\n${seen.problem.remedy}\n`);
  return exitCodes.unreachable;
}

function drawnOn({ columns, colours }: Terminal): Drawn {
  return { columns, colours, nowMs: Date.now() };
}
