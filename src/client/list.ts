/** Which operations there are, as Temporal lists them (docs/lists.md). */
import { operationKinds } from '../contract/operation/metrics.js';
import type { SearchAttributeName } from '../contract/operation/search-attributes.js';
import type { OperationKind } from '../domain/residual.js';
import type { Access } from './access.js';
import { summaryOf, type OperationSummary } from './summary.js';

/** What is absent asks for nothing. */
export interface ListConditions {
  readonly kind?: OperationKind | undefined;
  /** `true`: those that are open, `false`: those that have ended; both where it is absent. */
  readonly open?: boolean | undefined;
  /** From here on the namespace has to have the search attributes of Switchyard. */
  readonly phase?: string | undefined;
  readonly cluster?: string | undefined;
  /** As `database.table`. */
  readonly table?: string | undefined;
  readonly needsOperator?: boolean | undefined;
  /** More of it, in the language of Temporal's lists, such as `StartTime < "2026-11-01T00:00:00Z"`. */
  readonly query?: string | undefined;
}

/** Newest first. @throws SEARCH_ATTRIBUTES_MISSING, TEMPORAL_UNREACHABLE and others of the catalogue. */
export async function* listOperations(
  access: Access,
  conditions: ListConditions,
): AsyncGenerator<OperationSummary, void> {
  const query = listQuery(conditions);
  try {
    for await (const info of access.client.workflow.list({ query })) {
      const kind = operationKinds.find((type) => type === info.type);
      if (kind !== undefined) yield summaryOf(info, kind);
    }
  } catch (error) {
    throw access.named(error, { what: 'the list', workflowId: query, withinMs: 0 });
  }
}

/** In the language of Temporal's lists. */
export function listQuery({ kind, open, phase, cluster, table, needsOperator, query }: ListConditions): string {
  const kinds = kind === undefined ? operationKinds : [kind];
  const parts = [`WorkflowType IN (${kinds.map(quoted).join(', ')})`];
  if (open !== undefined) parts.push(`ExecutionStatus ${open ? '=' : '!='} 'Running'`);
  const ours = (name: SearchAttributeName, value: string): number => parts.push(`${name} = ${value}`);
  if (phase !== undefined) ours('SwitchyardPhase', quoted(phase));
  if (cluster !== undefined) ours('SwitchyardCluster', quoted(cluster));
  // A move of very many tables has only the name of the database.
  if (table !== undefined) {
    const anyOfIt = `${table.split('.')[0] ?? ''}.*`;
    parts.push(`${'SwitchyardTable' satisfies SearchAttributeName} IN (${quoted(table)}, ${quoted(anyOfIt)})`);
  }
  if (needsOperator !== undefined) ours('SwitchyardNeedsOperator', String(needsOperator));
  if (query !== undefined) parts.push(`(${query})`);
  return parts.join(' AND ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
