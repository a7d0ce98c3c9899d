/**
 * SHOW CREATE TABLE with what it cannot say put right: labels of ENUM and SET, and expressions, in which it prints `?` for a
 * character of four bytes and for text of another character set (exact-expression.ts). Pure. All other characters stay
 * the server's own.
 */
import { createModes, splitCreateStatement, type CreateElement } from './create-statement.js';
import { expressionBytes, hasOtherCharset } from './exact-expression.js';
import { foldName } from './identifier.js';
import { spanOf, splitAtCommas, type Span } from './token-cursor.js';
import { significantTokens, tokenize, type Token } from './tokens.js';

/** The exact values of one table, by folded names; expressions as information_schema shows them. */
export interface ExactValues {
  /** Of ENUM and SET columns whose labels are in doubt, in their order. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Of generated columns, and of columns with an expression for their default. */
  readonly columns: ReadonlyMap<string, string>;
  readonly checks: ReadonlyMap<string, string>;
  /** Of indexes, by part; null where a part is a column. */
  readonly indexes: ReadonlyMap<string, readonly (string | null)[]>;
}

interface Replacement {
  readonly span: Span;
  readonly bytes: Buffer;
}

/** Whether a definition has text that may be another one than it shows. */
export function isInDoubt(text: string): boolean {
  return text.includes('?') || hasOtherCharset(text);
}

/** The columns whose labels are in doubt, by the text of SHOW CREATE TABLE. */
export function labelsInDoubt(createStatement: string): readonly string[] {
  return splitCreateStatement(createStatement)
    .elements.filter(
      ({ kind, text }) => kind === 'column' && labelTokens(text).some(({ value }) => value.includes('?')),
    )
    .map(({ name }) => name);
}

/** How many labels an ENUM or SET column has. */
export function countLabels(createStatement: string, column: string): number {
  const { elements } = splitCreateStatement(createStatement);
  const element = elements.find(({ kind, name }) => kind === 'column' && foldName(name) === foldName(column));
  return labelTokens(element?.text ?? '').length;
}

/** The bytes of a statement that says what the text means. @param text from SHOW CREATE TABLE, with whatever names. */
export function exactCreate(text: string, values: ExactValues): Buffer {
  const { tokens } = tokenize(text, createModes);
  const head = tokens.find(({ keyword }) => keyword === '(');
  const { elements, options, partitioning } = splitCreateStatement(text);
  const parts = elements.map((element) => exactElement(element, values));
  const comma = Buffer.from(',\n');
  return Buffer.concat([
    Buffer.from(text.slice(0, head?.end ?? 0)),
    ...parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part])),
    Buffer.from(`\n) ${options} ${partitioning}`),
  ]);
}

function exactElement(element: CreateElement, values: ExactValues): Buffer {
  const { text } = element;
  return isInDoubt(text) ? replaced(text, replacementsIn(element, values)) : Buffer.from(text);
}

function replacementsIn({ kind, name, text }: CreateElement, values: ExactValues): readonly Replacement[] {
  const tokens = significantTokens(tokenize(text, createModes).tokens);
  const folded = foldName(name);
  switch (kind) {
    case 'column': {
      const labels = values.labels.get(folded) ?? [];
      const expression = values.columns.get(folded);
      const group = groupBehind(tokens, 'AS') ?? groupBehind(tokens, 'DEFAULT');
      return [
        ...labelTokens(text).flatMap((token, index) => {
          const label = labels[index];
          return label === undefined ? [] : [{ span: spanOf([token]), bytes: Buffer.from(quoted(label)) }];
        }),
        ...(expression === undefined || group === undefined ? [] : [asGroup(group, expression)]),
      ];
    }
    case 'check': {
      const clause = values.checks.get(folded);
      const group = groupBehind(tokens, 'CHECK');
      return clause === undefined || group === undefined ? [] : [asGroup(group, clause)];
    }
    case 'index':
    case 'primary': {
      const parts = splitAtCommas(firstGroup(tokens)?.slice(1, -1) ?? []);
      return (values.indexes.get(folded) ?? []).flatMap((expression, index) => {
        const group = firstGroup(parts[index] ?? []);
        return expression === null || group === undefined ? [] : [asGroup(group, expression)];
      });
    }
    case 'foreignKey':
      return [];
  }
}

function asGroup(group: readonly Token[], expression: string): Replacement {
  return {
    span: spanOf(group),
    bytes: Buffer.concat([Buffer.from('('), expressionBytes(expression), Buffer.from(')')]),
  };
}

/** The labels in the type of a column; none where it is no ENUM or SET. */
function labelTokens(text: string): readonly Token[] {
  const tokens = significantTokens(tokenize(text, createModes).tokens);
  const type = tokens[1]?.keyword;
  const group = type === 'ENUM' || type === 'SET' ? firstGroup(tokens) : undefined;
  return (group ?? []).filter(({ kind }) => kind === 'string');
}

/** The group in parentheses behind the first of these words, with its parentheses. */
function groupBehind(tokens: readonly Token[], keyword: string): readonly Token[] | undefined {
  const at = tokens.findIndex((token, index) => token.keyword === keyword && tokens[index + 1]?.keyword === '(');
  return at < 0 ? undefined : firstGroup(tokens.slice(at + 1));
}

function firstGroup(tokens: readonly Token[]): readonly Token[] | undefined {
  const start = tokens.findIndex(({ keyword }) => keyword === '(');
  if (start < 0) return undefined;
  let depth = 0;
  for (let end = start; end < tokens.length; end += 1) {
    if (tokens[end]?.keyword === '(') depth += 1;
    if (tokens[end]?.keyword === ')') depth -= 1;
    if (depth === 0) return tokens.slice(start, end + 1);
  }
  return undefined;
}

/** A literal in a session without NO_BACKSLASH_ESCAPES. */
function quoted(label: string): string {
  return `'${label.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function replaced(text: string, replacements: readonly Replacement[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { span, bytes } of [...replacements].sort((one, other) => one.span[0] - other.span[0])) {
    pieces.push(Buffer.from(text.slice(at, span[0])), bytes);
    at = span[1];
  }
  return Buffer.concat([...pieces, Buffer.from(text.slice(at))]);
}
