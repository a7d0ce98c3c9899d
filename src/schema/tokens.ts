/**
 * Cuts SQL into tokens as MySQL's own lexer does: the base of everything here that reads SQL. Nothing is ever looked for
 * in raw text, where a comment or a default could look like a clause.
 */

type TokenKind =
  /** A keyword or an unquoted name. */
  | 'word'
  /** A name in back-ticks, or in double quotes where ANSI_QUOTES is on. */
  | 'quotedName'
  | 'string'
  | 'number'
  | 'hex'
  | 'bit'
  /** One character of punctuation. */
  | 'operator'
  | 'comment'
  /** The start of a version comment; what is in it is live SQL, up to `versionClose`. */
  | 'versionOpen'
  | 'versionClose';

export interface Token {
  readonly kind: TokenKind;
  /** Offsets in the text, in UTF-16 units: [start, end). */
  readonly start: number;
  readonly end: number;
  /** A name or string without its quotes and escapes; everything else as it is written. */
  readonly value: string;
  /** Words in upper case and punctuation as it is; empty for all others, so that they never look like a keyword. */
  readonly keyword: string;
}

export interface LexicalModes {
  /** sql_mode ANSI_QUOTES: "a" is a name, not a string. */
  readonly ansiQuotes: boolean;
  /** sql_mode NO_BACKSLASH_ESCAPES: a backslash in a string is a backslash. */
  readonly noBackslashEscapes?: boolean;
}

export interface TokenizedText {
  /** In order, with nothing but white space between them. */
  readonly tokens: readonly Token[];
  /** What is opened and never closed (a syntax error to the server), or null. The last token then reaches to the end. */
  readonly unclosed: { readonly what: 'string' | 'name' | 'comment'; readonly start: number } | null;
}

const nameCharacters = '0-9A-Za-z_$\\u0080-\\uffff';
const patterns = {
  space: /[ \t\n\v\f\r]+/y,
  // `--` begins a comment only before white space or a control character.
  lineComment: /(?:#|--(?=[\0-\x20\x7f]|$))[^\n]*/y,
  // Five digits of version, or six; fewer or more are not all version.
  versionOpen: /\/\*!(?:\d{6}(?!\d)|\d{5})?/y,
  hexString: /[xX]'[0-9A-Fa-f]*'/y,
  bitString: /[bB]'[01]*'/y,
  hexNumber: new RegExp(`0x[0-9A-Fa-f]+(?![${nameCharacters}])`, 'y'),
  bitNumber: new RegExp(`0b[01]+(?![${nameCharacters}])`, 'y'),
  exponent: /\d+[eE][+-]?\d+/y,
  digitName: new RegExp(`\\d+(?!\\d)[${nameCharacters}]+`, 'y'),
  number: /\d+(?:\.\d*(?:[eE][+-]?\d+)?)?|\.\d+(?:[eE][+-]?\d+)?/y,
  word: new RegExp(`[${nameCharacters}]+`, 'y'),
} as const;

/** Length of the match of a pattern at `offset`; 0 for none. */
function matchLength(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** Tokens of `text`. Never fails: what the lexer does not know is an operator, and what is not closed is said. */
export function tokenize(text: string, modes: LexicalModes): TokenizedText {
  const tokens: Token[] = [];
  let unclosed: TokenizedText['unclosed'] = null;
  let inVersionComment = false;
  let offset = 0;
  const push = (kind: TokenKind, length: number, value?: string): void => {
    const written = text.slice(offset, offset + length);
    const keyword = kind === 'word' ? upperAscii(written) : kind === 'operator' ? written : '';
    tokens.push({ kind, start: offset, end: offset + length, value: value ?? written, keyword });
    offset += length;
  };
  while (offset < text.length) {
    const space = matchLength(patterns.space, text, offset);
    offset += space;
    if (space > 0) continue;
    const quoted = readQuoted(text, offset, modes);
    const simple = quoted ?? readSimple(text, offset, inVersionComment, tokens.at(-1));
    if (!simple.closed) unclosed ??= { what: unclosedKind(simple.kind), start: offset };
    if (simple.kind === 'versionOpen') inVersionComment = true;
    if (simple.kind === 'versionClose') inVersionComment = false;
    push(simple.kind, simple.length, simple.value);
  }
  if (inVersionComment) unclosed ??= { what: 'comment', start: tokens.findLast(isVersionOpen)?.start ?? 0 };
  return { tokens, unclosed };
}

/** Without comments and the marks of version comments: what the server's parser sees. */
export function significantTokens(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ kind }) => kind !== 'comment' && kind !== 'versionOpen' && kind !== 'versionClose');
}

interface Reading {
  readonly kind: TokenKind;
  readonly length: number;
  readonly value?: string;
  readonly closed: boolean;
}

function isVersionOpen({ kind }: Token): boolean {
  return kind === 'versionOpen';
}

function unclosedKind(kind: TokenKind): 'string' | 'name' | 'comment' {
  if (kind === 'string') return 'string';
  return kind === 'quotedName' ? 'name' : 'comment';
}

/** ASCII letters only: `ı` and `ſ` would become letters of keywords otherwise. */
function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** A string or a quoted name at `offset`, or undefined. */
function readQuoted(text: string, offset: number, modes: LexicalModes): Reading | undefined {
  const quote = text[offset];
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  const isName = quote === '`' || (quote === '"' && modes.ansiQuotes);
  const escapes = !isName && modes.noBackslashEscapes !== true;
  let value = '';
  let at = offset + 1;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === quote) {
      if (text[at + 1] !== quote) break;
      at += 1;
      value += quote;
    } else if (character === '\\' && escapes) {
      at += 1;
      value += unescape(text.charAt(at));
    } else {
      value += character;
    }
  }
  const closed = at < text.length;
  return { kind: isName ? 'quotedName' : 'string', length: Math.min(at + 1, text.length) - offset, value, closed };
}

const escapeSequences: Readonly<Record<string, string>> = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

function unescape(character: string): string {
  return escapeSequences[character] ?? character;
}

/** Everything that is not quoted. */
function readSimple(text: string, offset: number, inVersionComment: boolean, previous: Token | undefined): Reading {
  const found = (kind: TokenKind, length: number): Reading => ({ kind, length, closed: true });
  if (inVersionComment && text.startsWith('*/', offset)) return found('versionClose', 2);
  const version = matchLength(patterns.versionOpen, text, offset);
  if (version > 0) return found('versionOpen', version);
  if (text.startsWith('/*', offset)) {
    const end = text.indexOf('*/', offset + 2);
    return { kind: 'comment', length: (end < 0 ? text.length : end + 2) - offset, closed: end >= 0 };
  }
  const line = matchLength(patterns.lineComment, text, offset);
  if (line > 0) return found('comment', line);
  // After a dot that follows directly, digits are a name too: `shop.2024`.
  const afterDot = previous?.keyword === '.' && previous.end === offset;
  const wordOnly = matchLength(patterns.word, text, offset);
  if (afterDot && wordOnly > 0) return found('word', wordOnly);
  const beforeName = text[offset] === '.' && previous?.kind === 'word' && previous.end === offset;
  if (beforeName && matchLength(patterns.word, text, offset + 1) > 0) return found('operator', 1);
  return readLiteral(text, offset) ?? found('operator', 1);
}

const literals: readonly (readonly [TokenKind, RegExp])[] = [
  ['hex', patterns.hexString],
  ['bit', patterns.bitString],
  ['hex', patterns.hexNumber],
  ['bit', patterns.bitNumber],
  ['number', patterns.exponent],
  ['word', patterns.digitName],
  ['number', patterns.number],
  ['word', patterns.word],
];

function readLiteral(text: string, offset: number): Reading | undefined {
  for (const [kind, pattern] of literals) {
    const length = matchLength(pattern, text, offset);
    if (length > 0) return { kind, length, closed: true };
  }
  return undefined;
}
