/**
 * Takes SHOW CREATE TABLE apart. The text is the server's own, asked for without ANSI_QUOTES and NO_BACKSLASH_ESCAPES;
 * its version comments are live, since the server that wrote them reads them.
 */
import { findNamed } from './identifier.js';
import { spanOf, TokenCursor, type NamedSpan, type Span } from './token-cursor.js';
import { significantTokens, tokenize, type LexicalModes, type Token } from './tokens.js';

type CreateElementKind = 'column' | 'primary' | 'index' | 'check' | 'foreignKey';

/** One line of the definition: a column, an index or a constraint. */
export interface CreateElement {
  readonly kind: CreateElementKind;
  /** Name of the column, index or constraint; `PRIMARY` for the primary key. */
  readonly name: string;
  /** As the server writes it, version comments included, without the comma. */
  readonly text: string;
  /** Indexes: as the server names their kind. */
  readonly indexKind: 'primary' | 'unique' | 'index' | 'fulltext' | 'spatial' | null;
}

export interface CreateStatement {
  readonly elements: readonly CreateElement[];
  /** What stands behind the closing parenthesis, without the partitioning. */
  readonly options: string;
  /** The PARTITION BY with its version comment; empty where there is none. */
  readonly partitioning: string;
}

/** How SHOW CREATE TABLE quotes in our sessions. */
export const createModes: LexicalModes = { ansiQuotes: false, noBackslashEscapes: false };

/** The tables that are compared with each other at one time. */
const rememberedMax = 4;
const remembered = new Map<string, CreateStatement>();

/**
 * Splits the text of SHOW CREATE TABLE. The last ones are remembered: whoever asks for each column of a table asks with the
 * same text again, and a thousand times a text of a thousand columns takes half a minute.
 */
export function splitCreateStatement(text: string): CreateStatement {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const statement = split(text);
  for (const oldest of remembered.keys()) {
    if (remembered.size < rememberedMax) break;
    remembered.delete(oldest);
  }
  remembered.set(text, statement);
  return statement;
}

function split(text: string): CreateStatement {
  const { tokens } = tokenize(text, createModes);
  const open = tokens.findIndex(({ keyword }) => keyword === '(');
  const close = closingParenthesis(tokens, open);
  const bodyEnd = tokens[close]?.start ?? text.length;
  const behind = tokens[close]?.end ?? text.length;
  const partitioning = startOfPartitioning(tokens.slice(close + 1)) ?? text.length;
  return {
    elements: elementSpans(tokens.slice(open + 1, close), bodyEnd).map((span) =>
      readElement(text.slice(...span).trim()),
    ),
    options: text.slice(behind, partitioning).trim(),
    partitioning: text.slice(partitioning).trim(),
  };
}

/** The tokens of one column's definition; none where there is no such column. */
export function columnTokens(text: string, column: string): readonly Token[] {
  const columns = splitCreateStatement(text).elements.filter(({ kind }) => kind === 'column');
  return readTokens(findNamed(columns, column)?.text ?? '');
}

/** Where the table's name stands, quotes included. */
export function createdTableName(text: string): NamedSpan {
  const cursor = new TokenCursor(readTokens(text));
  cursor.accept('CREATE', 'TABLE');
  return cursor.takeName() ?? { name: '', span: [0, 0] };
}

/** The definition without its AUTO_INCREMENT counter, which rows move: equal before and after unless somebody's DDL came. */
export function definitionFingerprintText(text: string): string {
  const option = autoIncrementOption(text);
  return option === undefined ? text : text.slice(0, option.span[0]).trimEnd() + text.slice(option.span[1]);
}

/** The next AUTO_INCREMENT value as SHOW CREATE TABLE has it, or null where it has none (nothing was inserted yet). */
export function autoIncrementOf(text: string): string | null {
  return autoIncrementOption(text)?.value ?? null;
}

export interface CheckNames {
  /** Chosen by people: unique in the database, and kept when the table is renamed. */
  readonly explicit: readonly NamedSpan[];
  /** `<table>_chk_…`: follow the table's name by themselves when it is renamed. */
  readonly automatic: readonly NamedSpan[];
}

/** The names of CHECK constraints, with their places in the text. */
export function checkNames(text: string): CheckNames {
  // The server renames by the letters of this prefix, in their case, whatever follows it (tried).
  const prefix = `${createdTableName(text).name}_chk_`;
  const tokens = readTokens(text);
  const names = tokens.flatMap((token, index): NamedSpan[] => {
    const isCheck = tokens[index - 1]?.keyword === 'CONSTRAINT' && tokens[index + 1]?.keyword === 'CHECK';
    return isCheck ? [{ name: token.value, span: [token.start, token.end] }] : [];
  });
  return {
    explicit: names.filter(({ name }) => !name.startsWith(prefix)),
    automatic: names.filter(({ name }) => name.startsWith(prefix)),
  };
}

/**
 * Whether people have named CHECK constraints of the table. Such names are unique in a database and nothing can rename
 * one, so that shadow and retained table get databases of their own.
 */
export function hasNamedChecks(text: string): boolean {
  return checkNames(text).explicit.length > 0;
}

function readTokens(text: string): readonly Token[] {
  return significantTokens(tokenize(text, createModes).tokens);
}

function closingParenthesis(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (tokens[index]?.keyword === '(') depth += 1;
    if (tokens[index]?.keyword === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}

/** From comma to comma, so that version comments stay with the element that they belong to. */
function elementSpans(tokens: readonly Token[], end: number): readonly Span[] {
  const spans: Span[] = [];
  let start = tokens[0]?.start ?? end;
  let depth = 0;
  for (const token of tokens) {
    if (token.keyword === '(') depth += 1;
    if (token.keyword === ')') depth -= 1;
    if (depth > 0 || token.keyword !== ',') continue;
    spans.push([start, token.start]);
    start = token.end;
  }
  return [...spans, [start, end]];
}

function readElement(text: string): CreateElement {
  const cursor = new TokenCursor(readTokens(text));
  if (cursor.accept('PRIMARY', 'KEY')) return { kind: 'primary', name: 'PRIMARY', text, indexKind: 'primary' };
  if (cursor.accept('CONSTRAINT')) {
    const name = cursor.takeName()?.name ?? '';
    return { kind: cursor.at('FOREIGN') ? 'foreignKey' : 'check', name, text, indexKind: null };
  }
  const prefix = cursor.acceptOneOf('UNIQUE', 'FULLTEXT', 'SPATIAL');
  const isIndex = cursor.acceptOneOf('KEY', 'INDEX') !== undefined;
  const name = cursor.takeName()?.name ?? '';
  if (!isIndex) return { kind: 'column', name, text, indexKind: null };
  const indexKind = (prefix ?? 'INDEX').toLowerCase() as 'unique' | 'index' | 'fulltext' | 'spatial';
  return { kind: 'index', name, text, indexKind };
}

/** Offset of the version comment (or the word) that begins the partitioning. */
function startOfPartitioning(tokens: readonly Token[]): number | undefined {
  const at = tokens.findIndex(({ keyword }, index) => {
    const behind = significantTokens(tokens.slice(index + 1))[0];
    return keyword === 'PARTITION' && behind?.keyword === 'BY';
  });
  const before = tokens[at - 1];
  return before?.kind === 'versionOpen' ? before.start : tokens[at]?.start;
}

/** The table option, which stands behind the closing parenthesis; a column has the same word without a number. */
function autoIncrementOption(text: string): { readonly value: string; readonly span: Span } | undefined {
  const tokens = readTokens(text);
  const options = tokens.slice(
    closingParenthesis(
      tokens,
      tokens.findIndex(({ keyword }) => keyword === '('),
    ) + 1,
  );
  const at = options.findIndex(
    ({ keyword }, index) => keyword === 'AUTO_INCREMENT' && options[index + 1]?.keyword === '=',
  );
  const value = options[at + 2];
  if (at < 0 || value === undefined) return undefined;
  return { value: value.value, span: spanOf(options.slice(at, at + 3)) };
}
