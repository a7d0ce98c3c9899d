/** The members of an ENUM or SET as information_schema's COLUMN_TYPE lists them: `enum('a','it''s')`. */
import { createModes } from './create-statement.js';
import { tokenize } from './tokens.js';

/** Its strings, without quotes, in order. */
export function typeArguments(columnType: string): readonly string[] {
  return tokenize(columnType, createModes).tokens.flatMap(({ kind, value }) => (kind === 'string' ? [value] : []));
}
