/**
 * Which tables a statement of somebody else defines anew, empties or removes. Such statements are no row events: the
 * feed must stop for those on the table that it follows (P5), and only for those.
 */
import type { TableName } from './table-model.js';
import { TokenCursor } from './token-cursor.js';
import { significantTokens, tokenize } from './tokens.js';

export interface DdlTargets {
  /** The first word, such as TRUNCATE; for messages. */
  readonly verb: string;
  readonly tables: readonly TableName[];
}

/** @param context the session's default database, and whether "a" is a name to it. */
export function ddlTargets(
  sql: string,
  context: { readonly database: string; readonly ansiQuotes: boolean },
): DdlTargets {
  const cursor = new TokenCursor(significantTokens(tokenize(sql, context).tokens));
  const verb = cursor.take()?.keyword ?? '';
  return { verb, tables: targetsAfter(verb, cursor, context.database) };
}

function targetsAfter(verb: string, cursor: TokenCursor, database: string): readonly TableName[] {
  switch (verb) {
    case 'TRUNCATE':
      cursor.accept('TABLE');
      return namesInList(cursor, database);
    case 'ALTER':
      return cursor.accept('TABLE') ? namesInList(cursor, database).slice(0, 1) : [];
    case 'DROP':
      return dropTargets(cursor, database);
    case 'RENAME':
      return cursor.acceptOneOf('TABLE', 'TABLES') === undefined ? [] : namesInList(cursor, database);
    case 'CREATE':
      return createTargets(cursor, database);
    default:
      return [];
  }
}

function dropTargets(cursor: TokenCursor, database: string): readonly TableName[] {
  cursor.accept('TEMPORARY');
  if (cursor.acceptOneOf('TABLE', 'TABLES') !== undefined) {
    cursor.accept('IF', 'EXISTS');
    return namesInList(cursor, database);
  }
  return cursor.at('INDEX') ? namesAfterOn(cursor, database) : [];
}

/** CREATE TABLE and its likes name a table that is not there; an index or a trigger belongs to one that is. */
function createTargets(cursor: TokenCursor, database: string): readonly TableName[] {
  cursor.acceptOneOf('UNIQUE', 'FULLTEXT', 'SPATIAL');
  if (cursor.at('INDEX')) return namesAfterOn(cursor, database);
  while (!cursor.done && !cursor.at('TRIGGER')) {
    // CREATE DEFINER = user TRIGGER …; a body or a select begins what cannot be a trigger.
    if (cursor.acceptOneOf('TABLE', 'VIEW', 'PROCEDURE', 'FUNCTION', 'EVENT', 'AS') !== undefined) return [];
    cursor.take();
  }
  return namesAfterOn(cursor, database);
}

function namesAfterOn(cursor: TokenCursor, database: string): readonly TableName[] {
  while (!cursor.done && !cursor.accept('ON')) cursor.take();
  return namesInList(cursor, database).slice(0, 1);
}

/** `a, b.c TO d, e`: every name up to something else. */
function namesInList(cursor: TokenCursor, database: string): readonly TableName[] {
  const names: TableName[] = [];
  while (cursor.atName) {
    const first = cursor.takeName()?.name ?? '';
    if (cursor.accept('.')) names.push({ database: first, table: cursor.takeName()?.name ?? '' });
    else names.push({ database, table: first });
    if (cursor.acceptOneOf(',', 'TO', 'AS') === undefined) return names;
  }
  return names;
}
