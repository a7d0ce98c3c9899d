/** What an operation is, out of its history and its answers: names, places, who started it, how it ended. Pure. */
import type { Outcome } from '../data.js';
import { ofKind, type HistoryEvent } from '../history/events.js';
import { field, ranIn, textField, textsField, type Ran } from '../history/runs.js';
import type { Place } from '../../domain/routing.js';
import type { Sources } from './sources.js';

export interface OperationFacts {
  readonly events: readonly HistoryEvent[];
  readonly ran: readonly Ran[];
  readonly input: unknown;
  /** What the preparation has told; undefined where it has not, or where its run is not kept any more. */
  readonly prepared: unknown;
  readonly operationId: string | null;
  /** Of a migration one, of a move two. */
  readonly places: readonly Place[];
  readonly tables: readonly string[];
  readonly name: string;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly endedAt: string | null;
  readonly outcome: Outcome;
  /** The result of the workflow; undefined before its end, and where it failed. */
  readonly result: unknown;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export function factsOf(sources: Sources): OperationFacts {
  const { runs, kind, madeAt, migration, move } = sources;
  const events = runs.flat();
  const ran = runs.flatMap(ranIn);
  const [started] = ofKind(events, 'started');
  const closed = ofKind(events, 'closed')
    .filter(({ how }) => how !== 'continued')
    .at(-1);
  const prepared = ran.findLast(({ activity, end }) => preparations.includes(activity) && end === 'completed')?.result;
  const status = migration.status ?? move.status;
  const input = started?.input;
  const common = {
    ...{ events, ran, input, prepared },
    operationId: status?.operationId ?? textField(prepared, 'operationId') ?? idIn(ran),
    ...{ startedAt: started?.at ?? madeAt, startedBy: started?.identity ?? '', endedAt: closed?.at ?? null },
    ...{ outcome: outcomeOf(closed), result: closed?.result, problem: closed?.problem ?? null },
  };
  return { ...common, ...(kind === 'onlineDdl' ? migrationNames(sources, common) : moveNames(sources, common)) };
}

const preparations: readonly string[] = ['prepareMigration', 'prepareMove'];

/** What every activity is told after the preparation. */
function idIn(ran: readonly Ran[]): string | null {
  return ran.map(({ request }) => textField(request, 'operationId')).find((id) => id !== null) ?? null;
}

function outcomeOf(closed: Extract<HistoryEvent, { readonly kind: 'closed' }> | undefined): Outcome {
  if (closed === undefined || closed.how === 'continued') return 'running';
  if (closed.how !== 'completed') return closed.how;
  return textField(closed.result, 'outcome') === 'cancelled' ? 'cancelled' : 'completed';
}

type Names = Pick<OperationFacts, 'places' | 'tables' | 'name'>;
type Known = Pick<OperationFacts, 'input' | 'prepared'>;

function migrationNames({ migration: { status } }: Sources, { input, prepared }: Known): Names {
  const cluster = status?.cluster ?? textField(input, 'cluster') ?? '';
  const database = textField(prepared, 'database') ?? status?.database ?? textField(input, 'database') ?? '';
  const table = status?.table ?? textField(prepared, 'table');
  const name = table === null ? database : `${database}.${table}`;
  return { places: [{ cluster, database }], tables: table === null ? [] : [table], name };
}

function moveNames({ move: { status, plan } }: Sources, { input, prepared }: Known): Names {
  const places = (['source', 'target'] as const).map((side): Place => {
    const said = status?.[side] ?? field(prepared, side) ?? field(input, side);
    return { cluster: textField(said, 'cluster') ?? '', database: textField(said, 'database') ?? '' };
  });
  const planned = plan?.tables ?? textsField(field(prepared, 'terms'), 'tables');
  const tables = planned.length > 0 ? planned : textsField(input, 'tables');
  return { places, tables, name: status?.name ?? textField(input, 'name') ?? '' };
}
