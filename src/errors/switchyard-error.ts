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

/** Fills `{name}` from the facts. */
function fill(template: string, facts: ErrorFacts): string {
  return template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const fact = facts[name];
    return Array.isArray(fact) ? fact.join(', ') : String(fact);
  });
}

/** An error of the catalogue: its message is the sentence with the facts filled in. */
export class SwitchyardError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly kind: ErrorKind;
  readonly remedy: string;
  readonly facts: ErrorFacts;

  constructor(code: Code, facts: FactsOf<Code>, options: { readonly cause?: unknown } = {}) {
    const entry: CatalogueEntry = catalogue[code];
    super(fill(entry.sentence, facts), options);
    this.name = 'SwitchyardError';
    this.code = code;
    this.kind = entry.kind;
    this.remedy = fill(entry.remedy, facts);
    this.facts = facts;
  }
}

/** Whether `error` is an error of the catalogue with this code. */
export function hasCode<Code extends ErrorCode>(error: unknown, code: Code): error is SwitchyardError<Code> {
  return error instanceof SwitchyardError && error.code === code;
}
