import { clientErrors } from './catalogue/client.js';
import { commandErrors } from './catalogue/command.js';
import { dataErrors } from './catalogue/data.js';
import { devErrors } from './catalogue/dev.js';
import { feedErrors } from './catalogue/feed.js';
import { inputErrors } from './catalogue/input.js';
import { moveErrors } from './catalogue/move.js';
import { operationErrors } from './catalogue/operation.js';
import { preflightErrors } from './catalogue/preflight.js';
import { routerErrors } from './catalogue/router.js';
import { statementErrors } from './catalogue/statement.js';
import { notifyErrors } from './catalogue/notify.js';
import { temporalErrors } from './catalogue/temporal.js';
import { tlsErrors } from './catalogue/tls.js';
import { verifyErrors } from './catalogue/verify.js';
import type { CatalogueEntry, ErrorKind, FactNames } from './entry.js';

/** Every error that Switchyard raises, by code. docs/errors.md is made from this. */
export const catalogue = {
  ...inputErrors,
  ...statementErrors,
  ...preflightErrors,
  ...feedErrors,
  ...dataErrors,
  ...operationErrors,
  ...tlsErrors,
  ...commandErrors,
  ...moveErrors,
  ...routerErrors,
  ...temporalErrors,
  ...devErrors,
  ...notifyErrors,
  ...verifyErrors,
  ...clientErrors,
} as const;

export type ErrorCode = keyof typeof catalogue;

type Fact = string | number | boolean | readonly string[];

/** What is known about one occurrence: ids, names, keys, positions. Never row values other than keys, never secrets. */
export type ErrorFacts = Readonly<Record<string, Fact>>;

type NamesOf<Code extends ErrorCode> = FactNames<(typeof catalogue)[Code]>;

/** The facts of this error, all of them: those that its sentence and its remedy name, and those that it declares. */
export type FactsOf<Code extends ErrorCode> = { readonly [Name in NamesOf<Code>]: Fact } & {
  readonly [Other in Exclude<NamesOf<ErrorCode>, NamesOf<Code>>]?: never;
};

function filled({ kind, sentence, remedy }: CatalogueEntry, facts: ErrorFacts): CatalogueEntry {
  return { kind, sentence: fill(sentence, facts), remedy: fill(remedy, facts) };
}

/** Fills `{name}` from the facts. */
function fill(template: string, facts: ErrorFacts): string {
  return template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const fact = facts[name];
    return Array.isArray(fact) ? fact.join(', ') : String(fact);
  });
}

interface ErrorOptionsOfOurs {
  readonly cause?: unknown;
  /** In place of what the catalogue says. */
  readonly told?: CatalogueEntry;
}

/** An error as another process has told it: its texts are filled in. The code may be one that only newer versions know. */
export interface ToldError extends CatalogueEntry {
  readonly code: string;
  readonly facts: ErrorFacts;
}

/** An error of the catalogue: its message is the sentence with the facts filled in. */
export class SwitchyardError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly kind: ErrorKind;
  readonly remedy: string;
  readonly facts: ErrorFacts;

  constructor(code: Code, facts: FactsOf<Code>, { told, ...options }: ErrorOptionsOfOurs = {}) {
    const { kind, sentence, remedy } = told ?? filled(catalogue[code], facts);
    super(sentence, options);
    this.name = 'SwitchyardError';
    this.code = code;
    this.kind = kind;
    this.remedy = remedy;
    this.facts = facts;
  }

  /** An error that has come from elsewhere, in the words in which it was told. */
  static told(told: ToldError, cause: unknown): SwitchyardError {
    return new SwitchyardError(told.code as ErrorCode, told.facts as never, { told, cause });
  }
}

/** Whether `error` is an error of the catalogue with this code. */
export function hasCode<Code extends ErrorCode>(error: unknown, code: Code): error is SwitchyardError<Code> {
  return error instanceof SwitchyardError && error.code === code;
}
