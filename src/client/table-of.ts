/** The table of a statement, for the workflow id of its migration. */
import { parseAlter } from '../schema/alter-statement.js';

interface Changing {
  readonly database: string;
  readonly statement: string;
  readonly options?: { readonly sqlMode?: string | undefined } | undefined;
}

/**
 * The name of the table that the statement changes. Which modes the server has is not known here: where the input names
 * none, double quotes around a name are taken for what they mean with ANSI_QUOTES. @throws as `parseAlter`.
 */
export function tableOf({ database, statement, options }: Changing): string {
  const modes = options?.sqlMode;
  const context = { database, lowerCaseTableNames: true, noBackslashEscapes: modes?.includes('NO_BACKSLASH_ESCAPES') };
  const read = (ansiQuotes: boolean): string =>
    parseAlter(statement, { ...context, noBackslashEscapes: context.noBackslashEscapes ?? false, ansiQuotes }).table
      .table;
  if (modes !== undefined) return read(modes.includes('ANSI'));
  try {
    return read(false);
  } catch (error) {
    try {
      return read(true);
    } catch {
      throw error;
    }
  }
}
