/** A clause while it is read: its content, and the constraint names that were met. */
import type { AlterClause, ClauseContent } from '../alter-clause.js';
import { spanOf, type NamedSpan, type TokenCursor } from '../token-cursor.js';
import type { Token } from '../tokens.js';

export interface ReadClause {
  readonly content: ClauseContent;
  readonly constraintNames?: readonly NamedSpan[];
}

/** Reads one clause from its head on; undefined where it is not what it began as. */
export type ClauseReader = (cursor: TokenCursor) => ReadClause | undefined;

/** The finished clause. What was not read to its end was not understood. */
export function finishClause(tokens: readonly Token[], read: ReadClause | undefined, complete: boolean): AlterClause {
  const span = spanOf(tokens);
  if (read === undefined || !complete) {
    return { kind: 'unknown', span, constraintNames: [] };
  }
  return { ...read.content, span, constraintNames: read.constraintNames ?? [] };
}
