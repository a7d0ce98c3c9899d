/** Operations as a table. */
import { phasePainted } from './operation.js';
import type { Drawn } from './operation.js';
import { ageWords } from './numbers.js';
import { table } from './table.js';

/** What is shown of one, as Temporal lists it. */
export interface ListedOperation {
  readonly workflowId: string;
  readonly kind: string;
  readonly open: boolean;
  /** How Temporal calls its state, such as RUNNING. */
  readonly execution: string;
  readonly startedAt: string;
  /** Null and empty where the namespace has no search attributes. */
  readonly phase: string | null;
  readonly clusters: readonly string[];
  readonly tables: readonly string[];
  readonly needsOperator: boolean | null;
}

const heads = ['PHASE', '', 'WHAT', 'WHERE', 'BEGUN', 'ID'];

export function listLines(
  operations: readonly ListedOperation[],
  { columns, colours, nowMs }: Drawn,
): readonly string[] {
  const rows = operations.map((operation) => [
    phaseOf(operation),
    operation.open && operation.needsOperator === true ? '!' : '',
    whatOf(operation),
    operation.clusters.join(' → ') || '-',
    ageWords(operation.startedAt, nowMs),
    operation.workflowId,
  ]);
  return table(heads, rows, columns, (cell, column, row) => {
    if (column === 0) return phasePainted(rows[row]?.[0] ?? '', cell, colours);
    return column === 1 ? colours.red(cell) : cell;
  });
}

/** One that Temporal has ended keeps the phase that it had. */
function phaseOf({ open, execution, phase }: ListedOperation): string {
  if (!open && ['TERMINATED', 'TIMED_OUT'].includes(execution)) return execution.toLowerCase();
  return phase ?? execution.toLowerCase();
}

/** Of a move each table is there at both places. */
function whatOf({ kind, tables }: ListedOperation): string {
  const [first, ...others] = tables;
  if (first === undefined) return kind;
  const more = kind === 'moveTables' ? Math.ceil(tables.length / 2) - 1 : others.length;
  return more > 0 ? `${first} +${more}` : first;
}

/** What is said below, where the list cannot say it. */
export function listRemarks(operations: readonly ListedOperation[]): readonly string[] {
  const needing = operations.filter(({ open, needsOperator }) => open && needsOperator === true).length;
  const known = operations.some(({ phase }) => phase !== null);
  return [
    ...(needing > 0
      ? [`! ${needing} ${needing === 1 ? 'waits' : 'wait'} for a person: "switchyard status ID" names the next step.`]
      : []),
    ...(operations.length > 0 && !known
      ? [
          'Phases are not listed: the namespace has no search attributes ("switchyard worker --register-search-attributes" adds them).',
        ]
      : []),
  ];
}
