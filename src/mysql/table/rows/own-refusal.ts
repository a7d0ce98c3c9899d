/**
 * Values that the server would take and that must not be written, since a native ALTER TABLE would make something else of
 * them: an expression in the copy's own SQL that fails on them, so that they end as all values do that do not fit.
 */
import type { ErrorCode } from '../../../errors/switchyard-error.js';
import { serverErrorNumber, serverMessage } from '../../server/session/server-errors.js';

type RefusalCode = Extract<ErrorCode, 'NUMBERS_WOULD_BE_NEW' | 'MOMENT_SHOWN_TWICE'>;

/** Of a function whose argument the message shows. */
const wrongArgument = 1411;
const mark = '_switchyard';

/** A number to SQL, and an error as soon as it is evaluated. */
export function refusing(code: RefusalCode, column: string): string {
  const argument = Buffer.from(`${mark} ${code} ${column}`).toString('hex');
  return `LENGTH(UUID_TO_BIN(_utf8mb4 x'${argument}'))`;
}

/** What was refused so, by the error of the statement; undefined for any other error. */
export function ownRefusal(error: unknown): { readonly code: RefusalCode; readonly column: string } | undefined {
  if (serverErrorNumber(error) !== wrongArgument) return undefined;
  const found = new RegExp(`${mark} ([A-Z_]+) (.*)'`, 's').exec(serverMessage(error));
  const [, code, column = ''] = found ?? [];
  return code === undefined ? undefined : { code: code as RefusalCode, column };
}
