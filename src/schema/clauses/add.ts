/** ADD: columns, indexes and constraints, alone or as a list in parentheses. */
import type { AlterClause, ClauseContent } from '../alter-clause.js';
import { splitAtCommas, TokenCursor, type NamedSpan } from '../token-cursor.js';
import type { Token } from '../tokens.js';
import { readColumnDefinition } from './column-definition.js';
import { finishClause, type ReadClause } from './read-clause.js';

type IndexKind = Extract<ClauseContent, { kind: 'addIndex' }>['indexKind'];

/** @param tokens of the whole clause, ADD included. @returns one clause for each thing that is added. */
export function readAdd(tokens: readonly Token[]): readonly AlterClause[] {
  const cursor = new TokenCursor(tokens);
  cursor.accept('ADD');
  cursor.accept('COLUMN');
  const group = cursor.takeGroup();
  if (group === undefined) {
    const read = readElement(cursor);
    return [finishClause(tokens, read, cursor.done)];
  }
  if (!cursor.done) return [finishClause(tokens, undefined, false)];
  return splitAtCommas(group).map((element) => {
    const inner = new TokenCursor(element);
    const read = readElement(inner);
    return finishClause(element, read, inner.done);
  });
}

/** A column, an index or a constraint. */
function readElement(cursor: TokenCursor): ReadClause | undefined {
  if (!cursor.accept('CONSTRAINT'))
    return readIndex(cursor, null) ?? readConstraint(cursor, undefined) ?? readColumn(cursor);
  const unnamed = cursor.at('CHECK') || cursor.at('PRIMARY') || cursor.at('UNIQUE') || cursor.at('FOREIGN');
  const name = unnamed ? undefined : cursor.takeName();
  return readIndex(cursor, name?.name ?? null) ?? readConstraint(cursor, name);
}

function readIndex(cursor: TokenCursor, constraintName: string | null): ReadClause | undefined {
  const indexKind = takeIndexKind(cursor);
  if (indexKind === undefined) return undefined;
  const hasName = cursor.atName && !cursor.at('USING');
  const name = (hasName ? cursor.takeName()?.name : undefined) ?? constraintName;
  if (cursor.takeRest().length === 0) return undefined;
  return { content: { kind: 'addIndex', indexKind, name: indexKind === 'primary' ? 'PRIMARY' : name } };
}

function takeIndexKind(cursor: TokenCursor): IndexKind | undefined {
  if (cursor.accept('PRIMARY', 'KEY')) return 'primary';
  if (cursor.acceptOneOf('INDEX', 'KEY') !== undefined) return 'index';
  const keyword = cursor.acceptOneOf('UNIQUE', 'FULLTEXT', 'SPATIAL');
  if (keyword === undefined) return undefined;
  cursor.acceptOneOf('INDEX', 'KEY');
  return keyword.toLowerCase() as IndexKind;
}

function readConstraint(cursor: TokenCursor, name: NamedSpan | undefined): ReadClause | undefined {
  if (cursor.accept('FOREIGN', 'KEY')) {
    cursor.takeRest();
    return { content: { kind: 'addForeignKey', name: name?.name ?? null } };
  }
  if (!cursor.accept('CHECK')) return undefined;
  cursor.takeRest();
  const constraintNames = name === undefined ? [] : [name];
  return { content: { kind: 'addCheck', name: name?.name ?? null }, constraintNames };
}

function readColumn(cursor: TokenCursor): ReadClause | undefined {
  const column = cursor.takeName();
  const rest = cursor.takeRest();
  if (column === undefined || rest.length === 0) return undefined;
  const { definition, constraintNames } = readColumnDefinition(rest);
  return { content: { kind: 'addColumn', column: column.name, definition }, constraintNames };
}
