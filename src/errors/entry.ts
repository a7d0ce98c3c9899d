/** What the engine does with an error: try again, give up (cleaning up), or wait for a person. */
export type ErrorKind = 'retryable' | 'terminal' | 'needsOperator';

/** One error of the catalogue. `{name}` in the sentence is filled in from the facts of the occurrence. */
export interface CatalogueEntry {
  readonly kind: ErrorKind;
  /** What is wrong and where, in one sentence. */
  readonly sentence: string;
  /** What the reader can do about it. */
  readonly remedy: string;
}

export type Catalogue = Readonly<Record<string, CatalogueEntry>>;
