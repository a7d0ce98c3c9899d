/** CHAR values under PAD_CHAR_TO_FULL_LENGTH, with which our own SQL never runs: a native ALTER TABLE converts them with it. */
import type { ColumnModel } from '../../../schema/table-model.js';
import type { ConversionSettings } from '../../server/session/variables.js';

/** The column as the user's statement reads it where it becomes another type: in that mode a CHAR with all its spaces. */
export function asStatementReads(
  source: ColumnModel,
  target: ColumnModel,
  reference: string,
  { statementSqlMode = '' }: Partial<ConversionSettings>,
): string {
  const isPadded = source.dataType === 'char' && statementSqlMode.split(',').includes('PAD_CHAR_TO_FULL_LENGTH');
  if (!isPadded || target.dataType === 'char') return reference;
  const length = /^char\((\d+)\)/.exec(source.columnType)?.[1] ?? '1';
  return `RPAD(${reference}, ${length}, ' ')`;
}
