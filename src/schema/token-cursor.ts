/** Reads significant tokens from left to right. */
import type { Token } from './tokens.js';

/** [start, end) in the text, in UTF-16 units. */
export type Span = readonly [start: number, end: number];

/** A name and where it stands, quotes included. */
export interface NamedSpan {
  readonly name: string;
  readonly span: Span;
}

export class TokenCursor {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#index >= this.#tokens.length;
  }

  /** The token `ahead` of the next one, or undefined past the end. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#index + ahead];
  }

  /** Whether the next tokens are these keywords (upper case) or punctuation. */
  at(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, index) => this.peek(index)?.keyword === keyword);
  }

  /** Steps over these keywords if they are next. @returns whether they were. */
  accept(...keywords: readonly string[]): boolean {
    if (!this.at(...keywords)) return false;
    this.#index += keywords.length;
    return true;
  }

  /** Steps over one of these keywords if it is next, and returns it. */
  acceptOneOf(...keywords: readonly string[]): string | undefined {
    return keywords.find((keyword) => this.accept(keyword));
  }

  /** The next token, stepped over. */
  take(): Token | undefined {
    const token = this.peek();
    if (token !== undefined) this.#index += 1;
    return token;
  }

  /** Whether a name may stand here: quoted, or a word. */
  get atName(): boolean {
    const kind = this.peek()?.kind;
    return kind === 'word' || kind === 'quotedName';
  }

  /** The name that is next, stepped over; undefined where there is none. */
  takeName(): NamedSpan | undefined {
    if (!this.atName) return undefined;
    const token = this.take();
    return token === undefined ? undefined : { name: token.value, span: [token.start, token.end] };
  }

  /** All that is left, stepped over. */
  takeRest(): readonly Token[] {
    const rest = this.#tokens.slice(this.#index);
    this.#index = this.#tokens.length;
    return rest;
  }

  /** Steps over a group in parentheses that is next. @returns the tokens in it, or undefined where there is none. */
  takeGroup(): readonly Token[] | undefined {
    if (!this.at('(')) return undefined;
    let depth = 0;
    for (let end = this.#index; end < this.#tokens.length; end += 1) {
      depth += depthChange(this.#tokens[end]);
      if (depth > 0) continue;
      const inside = this.#tokens.slice(this.#index + 1, end);
      this.#index = end + 1;
      return inside;
    }
    return undefined;
  }
}

function depthChange(token: Token | undefined): number {
  if (token?.keyword === '(') return 1;
  return token?.keyword === ')' ? -1 : 0;
}

/** The tokens that are in no parentheses. */
export function outerTokens(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    const change = depthChange(token);
    depth += change;
    return depth === 0 && change === 0;
  });
}

/** Cuts at the commas that are in no parentheses. At least one piece, which may be empty. */
export function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const pieces: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += depthChange(token);
    if (depth === 0 && token.keyword === ',') pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces;
}

/** From the first to the last of these tokens; empty at `fallback` where there are none. */
export function spanOf(tokens: readonly Token[], fallback = 0): Span {
  return [tokens[0]?.start ?? fallback, tokens.at(-1)?.end ?? fallback];
}
