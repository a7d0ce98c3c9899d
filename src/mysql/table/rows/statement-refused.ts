/** What the server refuses of a definition, in its own words: trying again would not change it. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { TableName } from '../../../schema/table-model.js';
import { errorKind, serverErrorNumber, serverMessage } from '../../server/session/server-errors.js';

/** STATEMENT_REFUSED, in the server's words. They are about the copy, which nobody knows; people are told of the table. */
export function statementRefused(error: unknown, copy: TableName, table: TableName): SwitchyardError {
  const problem = serverMessage(error).replaceAll(copy.table, table.table);
  return new SwitchyardError('STATEMENT_REFUSED', { problem, errno: serverErrorNumber(error) ?? 0 }, { cause: error });
}

/**
 * Makes something of an empty table's definition. No row has been read, so the server's words hold none; a value that it
 * refuses is one of the definition, such as a default.
 * @throws STATEMENT_REFUSED where the server refuses it for good, everything else as it is.
 */
export async function defining<Result>(
  copy: TableName,
  table: TableName,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const kind = errorKind(error);
    throw kind === 'statement' || kind === 'data' ? statementRefused(error, copy, table) : error;
  }
}
