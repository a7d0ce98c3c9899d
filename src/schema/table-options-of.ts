/** Table options as SHOW CREATE TABLE writes them behind the closing parenthesis. */
import { readTableOptions } from './clauses/table-options.js';
import { createModes } from './create-statement.js';
import { significantTokens, tokenize } from './tokens.js';

/** Values by option name in upper case: `ROW_FORMAT` -> `COMPRESSED`. */
export function tableOptionsOf(options: string): ReadonlyMap<string, string> {
  const clauses = readTableOptions(significantTokens(tokenize(options, createModes).tokens));
  return new Map(clauses.flatMap((clause) => (clause.kind === 'tableOption' ? [[clause.option, clause.value]] : [])));
}
