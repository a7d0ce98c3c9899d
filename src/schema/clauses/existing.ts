/** Clauses about what the table has: DROP, CHANGE, MODIFY, RENAME, ALTER. */
import type { ColumnDefinition } from '../alter-clause.js';
import type { TokenCursor } from '../token-cursor.js';
import { readColumnDefinition } from './column-definition.js';
import type { ClauseReader, ReadClause } from './read-clause.js';

/** DROP … of anything but partitions. */
export const readDrop: ClauseReader = (cursor) => {
  cursor.accept('DROP');
  if (cursor.accept('PRIMARY', 'KEY')) return { content: { kind: 'dropPrimaryKey' } };
  if (cursor.accept('FOREIGN', 'KEY'))
    return withName(cursor, (name) => ({ content: { kind: 'dropForeignKey', name } }));
  if (cursor.acceptOneOf('INDEX', 'KEY') !== undefined) {
    return withName(cursor, (name) => ({ content: { kind: 'dropIndex', name } }));
  }
  const constraint = cursor.acceptOneOf('CHECK', 'CONSTRAINT');
  if (constraint !== undefined) {
    const kind = constraint === 'CHECK' ? 'dropCheck' : 'dropConstraint';
    return withConstraint(cursor, kind);
  }
  cursor.accept('COLUMN');
  return withName(cursor, (column) => {
    cursor.acceptOneOf('RESTRICT', 'CASCADE');
    return { content: { kind: 'dropColumn', column } };
  });
};

/** CHANGE [COLUMN] old new definition. */
export const readChange: ClauseReader = (cursor) => {
  cursor.accept('CHANGE');
  cursor.accept('COLUMN');
  return withName(cursor, (column) =>
    withName(cursor, (newName) =>
      withDefinition(cursor, (definition) => ({ kind: 'changeColumn', column, newName, definition })),
    ),
  );
};

/** MODIFY [COLUMN] name definition. */
export const readModify: ClauseReader = (cursor) => {
  cursor.accept('MODIFY');
  cursor.accept('COLUMN');
  return withName(cursor, (column) =>
    withDefinition(cursor, (definition) => ({ kind: 'modifyColumn', column, definition })),
  );
};

/** RENAME of a column, an index or the table. @param database where an unqualified new name of the table belongs. */
export function readRename(cursor: TokenCursor, database: string): ReadClause | undefined {
  cursor.accept('RENAME');
  const thing = cursor.acceptOneOf('COLUMN', 'INDEX', 'KEY');
  if (thing !== undefined) {
    return withName(cursor, (name) => {
      if (!cursor.accept('TO')) return undefined;
      return withName(cursor, (newName) => ({
        content:
          thing === 'COLUMN' ? { kind: 'renameColumn', column: name, newName } : { kind: 'renameIndex', name, newName },
      }));
    });
  }
  cursor.acceptOneOf('TO', 'AS', '=');
  return withName(cursor, (first) => {
    if (!cursor.accept('.')) return { content: { kind: 'renameTable', target: { database, table: first } } };
    return withName(cursor, (table) => ({ content: { kind: 'renameTable', target: { database: first, table } } }));
  });
}

/** ALTER of a column, an index or a CHECK constraint. */
export const readAlter: ClauseReader = (cursor) => {
  cursor.accept('ALTER');
  if (cursor.accept('INDEX')) {
    return withName(cursor, (name) => rest(cursor, { content: { kind: 'alterIndexVisibility', name } }));
  }
  if (cursor.acceptOneOf('CHECK', 'CONSTRAINT') !== undefined) {
    const read = withConstraint(cursor, 'alterCheck');
    return read === undefined ? undefined : rest(cursor, read);
  }
  cursor.accept('COLUMN');
  return withName(cursor, (column) => rest(cursor, { content: { kind: 'alterColumn', column } }));
};

function withName(cursor: TokenCursor, read: (name: string) => ReadClause | undefined): ReadClause | undefined {
  const name = cursor.takeName();
  return name === undefined ? undefined : read(name.name);
}

function withConstraint(
  cursor: TokenCursor,
  kind: 'dropCheck' | 'dropConstraint' | 'alterCheck',
): ReadClause | undefined {
  const name = cursor.takeName();
  return name === undefined ? undefined : { content: { kind, name: name.name }, constraintNames: [name] };
}

function withDefinition(
  cursor: TokenCursor,
  content: (definition: ColumnDefinition) => ReadClause['content'],
): ReadClause | undefined {
  const tokens = cursor.takeRest();
  if (tokens.length === 0) return undefined;
  const { definition, constraintNames } = readColumnDefinition(tokens);
  return { content: content(definition), constraintNames };
}

/** What follows says what to set; there must be something. */
function rest(cursor: TokenCursor, read: ReadClause): ReadClause | undefined {
  return cursor.takeRest().length === 0 ? undefined : read;
}
