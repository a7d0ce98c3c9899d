/** What an operation has left, and what is kept on purpose. Pure. */
import type { ReportData } from '../data.js';
import { ofKind } from '../history/events.js';
import { field, numberField, textField, textsField } from '../history/runs.js';
import { durationText, timeText } from '../markup/words.js';
import type { OperationFacts } from './facts.js';
import type { Sources } from './sources.js';

type Left = Pick<ReportData, 'residuals' | 'retained'>;

export function leftOf({ kind, migration, move }: Sources, facts: OperationFacts): Left {
  const { result, events } = facts;
  const cleanups = ofKind(events, 'childStarted')
    .filter(({ type }) => type === 'tableCleanup')
    .map(({ workflowId }) => `The workflow ${workflowId} drops what is kept when its time is over.`);
  if (kind === 'onlineDdl') {
    const residuals = migration.status?.leftBehind ?? textsField(result, 'leftBehind');
    return { residuals, retained: [...oldTable(facts, migration.status?.retainedTable ?? null), ...cleanups] };
  }
  const { status } = move;
  const skipped = (status?.skipped ?? []).map((what) => `Left out, since it did not answer: ${what}.`);
  const residuals = status?.residuals ?? textsField(result, 'residuals');
  const kept = status?.retained ?? field(result, 'retained');
  return {
    residuals: [...residuals, ...skipped, ...lossOf(status?.loss ?? field(result, 'loss'))],
    retained: [...(Array.isArray(kept) ? kept.map(keptWords) : []), ...cleanups],
  };
}

function oldTable({ prepared, result, places }: OperationFacts, told: string | null): readonly string[] {
  const table = told ?? textField(result, 'retainedTable');
  if (table === null) return [];
  const retainForMs = numberField(prepared, 'retainForMs');
  const completedAt = textField(result, 'completedAt');
  const time = retainForMs === null ? '' : ` for ${durationText(retainForMs)}`;
  const until =
    retainForMs === null || completedAt === null
      ? ''
      : `, until ${timeText(new Date(Date.parse(completedAt) + retainForMs).toISOString())}`;
  return [`The old table is kept as ${table} on cluster ${places[0]?.cluster ?? ''}${time}${until}.`];
}

function keptWords(kept: unknown): string {
  const [cluster, database, table, of] = ['cluster', 'database', 'table', 'of'].map(
    (name) => textField(kept, name) ?? '',
  );
  return `${of} is kept as ${database}.${table} on cluster ${cluster}.`;
}

function lossOf(loss: unknown): readonly string[] {
  const reason = textField(loss, 'reason');
  if (reason === null) return [];
  const position = textField(loss, 'lastReversedPosition');
  const upTo = position === null ? 'nothing of it was ever reversed' : `its writes up to ${position} are on the source`;
  return [`The target was given up (${reason}): ${upTo}; what was written there after that is lost.`];
}
