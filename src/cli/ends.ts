/** How a verb ends: its exit code (docs/cli.md, "Exit codes"), and what is said of an error. */
import { inputErrors } from '../errors/catalogue/input.js';
import { SwitchyardError } from '../errors/switchyard-error.js';

export const exitCodes = {
  done: 0,
  failed: 1,
  /** What was asked for cannot be asked for so: nothing was done. */
  usage: 2,
  refused: 3,
  tooLate: 4,
  /** Temporal, or nobody there who answers. */
  unreachable: 5,
  /** By Ctrl-C: only the looking ended. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A mistake on the command line. One sentence says what is wrong and what to do. */
export class UsageProblem extends Error {}

/** By the codes of the catalogue that are no failures of an operation. */
const byCode: Readonly<Record<string, ExitCode>> = {
  ...Object.fromEntries(Object.keys(inputErrors).map((code) => [code, exitCodes.usage])),
  NOT_ONE_ALTER: exitCodes.usage,
  STATEMENT_NOT_BUILT_YET: exitCodes.usage,
  STATEMENT_OTHER_DATABASE: exitCodes.usage,
  VERSION_COMMENT_UNCLEAR: exitCodes.usage,
  UNKNOWN_COMMAND: exitCodes.usage,
  UNKNOWN_WORKFLOW: exitCodes.usage,
  NOT_AN_OPERATION: exitCodes.usage,
  SEARCH_ATTRIBUTES_MISSING: exitCodes.usage,
  TEMPORAL_SETTINGS_NOT_VALID: exitCodes.usage,
  COMMAND_NOT_ALLOWED: exitCodes.refused,
  ALREADY_STARTED: exitCodes.refused,
  COMMAND_TOO_LATE: exitCodes.tooLate,
  NOT_ANSWERED: exitCodes.unreachable,
  UNKNOWN_NAMESPACE: exitCodes.unreachable,
};

/** What a shell is told of an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageProblem) return exitCodes.usage;
  if (!(error instanceof SwitchyardError)) return exitCodes.failed;
  const { code } = error;
  return byCode[code] ?? (code.startsWith('TEMPORAL_') ? exitCodes.unreachable : exitCodes.failed);
}

/** An error as `--json` shows it. */
interface ErrorShown {
  readonly version: 1;
  readonly kind: 'error';
  /** Of the catalogue (docs/errors.md); `USAGE` for a mistake on the command line, `UNEXPECTED` for what nobody has foreseen. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly exitCode: number;
}

export function errorShown(error: unknown): ErrorShown {
  const exitCode = exitCodeOf(error);
  const common = { version: 1, kind: 'error', exitCode } as const;
  if (error instanceof SwitchyardError) {
    return { ...common, code: error.code, message: error.message, remedy: error.remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { ...common, code: error instanceof UsageProblem ? 'USAGE' : 'UNEXPECTED', message, remedy: null };
}

/** The same for people. */
export function errorWords({ code, message, remedy }: ErrorShown): string {
  return [
    code === 'USAGE' ? message : `${code}: ${message}`,
    ...(remedy === null || remedy === '' ? [] : [remedy]),
  ].join('\n');
}
