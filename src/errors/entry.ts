/** What the engine does with an error: try again, give up (cleaning up), or wait for a person. */
export type ErrorKind = 'retryable' | 'terminal' | 'needsOperator';

/** One error of the catalogue. `{name}` in the sentence and the remedy is filled in from the facts of the occurrence. */
export interface CatalogueEntry {
  readonly kind: ErrorKind;
  /** What is wrong and where, in one sentence. */
  readonly sentence: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  /** Names of facts that no text has: programs read them. */
  readonly unsaid?: readonly string[];
}

export type Catalogue = Readonly<Record<string, CatalogueEntry>>;

/** The names in braces of a text. Braces around something else, such as an example in JSON, stay as they are. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string}"${string}` ? never : Name) | NamesIn<Rest>
  : never;

/** The facts that an occurrence of this error has to come with. */
export type FactNames<Entry extends CatalogueEntry> = Entry extends { readonly unsaid: readonly (infer Unsaid)[] }
  ? NamesIn<Entry['sentence'] | Entry['remedy']> | Unsaid
  : NamesIn<Entry['sentence'] | Entry['remedy']>;
