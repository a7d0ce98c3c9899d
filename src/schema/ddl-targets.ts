/**
 * Which tables a statement of somebody else defines anew, empties, removes, or makes the parent of a foreign key. Such
 * statements are no row events: the feed must stop for those on the table that it follows (P5), and only for those.
 */
import type { TableName } from './table-model.js';
import { TokenCursor } from './token-cursor.js';
import { significantTokens, tokenize, type LexicalModes, type Token } from './tokens.js';

export interface DdlTargets {
  /** The first word, such as TRUNCATE; for messages. */
  readonly verb: string;
  readonly tables: readonly TableName[];
  /** The database that is removed with all its tables. */
  readonly droppedDatabase: string | null;
  /** A table or a view that is made. */
  readonly made: readonly TableName[];
  /** The name of a trigger that is made, or removed. */
  readonly trigger: string | null;
}

/** @param context the session's default database, and how it reads quotes. */
export function ddlTargets(sql: string, context: LexicalModes & { readonly database: string }): DdlTargets {
  const cursor = new TokenCursor(significantTokens(tokenize(sql, context).tokens));
  const verb = cursor.take()?.keyword ?? '';
  if (verb === 'DROP' && cursor.acceptOneOf('DATABASE', 'SCHEMA') !== undefined) {
    cursor.accept('IF', 'EXISTS');
    return { verb, tables: [], droppedDatabase: cursor.takeName()?.name ?? null, made: [], trigger: null };
  }
  const made = verb === 'CREATE' ? madeTables(sql, context) : [];
  const trigger = verb === 'CREATE' || verb === 'DROP' ? triggerName(sql, context) : null;
  return { verb, tables: targetsAfter(verb, cursor, context.database), droppedDatabase: null, made, trigger };
}

function madeTables(sql: string, context: LexicalModes & { readonly database: string }): readonly TableName[] {
  const cursor = new TokenCursor(significantTokens(tokenize(sql, context).tokens));
  while (!cursor.done && !cursor.at('TABLE') && !cursor.at('VIEW')) {
    if (['TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'INDEX'].some((word) => cursor.at(word))) return [];
    cursor.take();
  }
  cursor.take();
  cursor.accept('IF', 'NOT', 'EXISTS');
  return nameAt(cursor, context.database);
}

function triggerName(sql: string, context: LexicalModes & { readonly database: string }): string | null {
  const cursor = new TokenCursor(significantTokens(tokenize(sql, context).tokens));
  if (!skipToTrigger(cursor)) return null;
  cursor.take();
  cursor.accept('IF', 'NOT', 'EXISTS');
  cursor.accept('IF', 'EXISTS');
  return nameAt(cursor, context.database)[0]?.table ?? null;
}

/** CREATE DEFINER = user TRIGGER …, DROP TRIGGER …; a body or a select begins what cannot be a trigger. */
function skipToTrigger(cursor: TokenCursor): boolean {
  while (!cursor.done && !cursor.at('TRIGGER')) {
    if (cursor.acceptOneOf('TABLE', 'VIEW', 'PROCEDURE', 'FUNCTION', 'EVENT', 'AS') !== undefined) return false;
    cursor.take();
  }
  return !cursor.done;
}

function targetsAfter(verb: string, cursor: TokenCursor, database: string): readonly TableName[] {
  switch (verb) {
    case 'TRUNCATE':
      cursor.accept('TABLE');
      return namesInList(cursor, database);
    case 'ALTER':
      return cursor.accept('TABLE') ? alterTargets(cursor, database) : [];
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

/** The table itself, the one that it swaps rows with, its new name, and its new parents. */
function alterTargets(cursor: TokenCursor, database: string): readonly TableName[] {
  const altered = nameAt(cursor, database);
  const rest = cursor.takeRest();
  const renamed = namesAfter(rest, acceptRename, database);
  const childDatabase = [...altered, ...renamed].at(-1)?.database ?? database;
  return [
    ...altered,
    ...namesAfter(rest, acceptExchange, database),
    ...renamed,
    ...namesAfter(rest, acceptReferences, childDatabase),
  ];
}

/** RENAME [TO] x, which must not be taken for the renaming of a column or an index. */
function acceptRename(cursor: TokenCursor): boolean {
  if (!cursor.accept('RENAME') || cursor.at('COLUMN') || cursor.at('INDEX') || cursor.at('KEY')) return false;
  cursor.acceptOneOf('TO', 'AS', '=');
  return true;
}

function acceptExchange(cursor: TokenCursor): boolean {
  return cursor.accept('EXCHANGE', 'PARTITION') && cursor.takeName() !== undefined && cursor.accept('WITH', 'TABLE');
}

/**
 * Also of a column, although only servers from 9.0 on make a foreign key of that. A parent without a database is in its
 * child's, which is the new one where the same statement moves the child; the session's does not count.
 */
function acceptReferences(cursor: TokenCursor): boolean {
  return cursor.accept('REFERENCES');
}

/** CREATE TABLE names a table that is not there, but its parents are; an index or a trigger belongs to one that is. */
function createTargets(cursor: TokenCursor, database: string): readonly TableName[] {
  if (cursor.accept('TABLE')) {
    cursor.accept('IF', 'NOT', 'EXISTS');
    const childDatabase = nameAt(cursor, database)[0]?.database ?? database;
    return namesAfter(cursor.takeRest(), acceptReferences, childDatabase);
  }
  cursor.acceptOneOf('UNIQUE', 'FULLTEXT', 'SPATIAL');
  if (cursor.at('INDEX')) return namesAfterOn(cursor, database);
  return skipToTrigger(cursor) ? namesAfterOn(cursor, database) : [];
}

function namesAfterOn(cursor: TokenCursor, database: string): readonly TableName[] {
  while (!cursor.done && !cursor.accept('ON')) cursor.take();
  return namesInList(cursor, database).slice(0, 1);
}

/** `a, b.c TO d, e`: every name up to something else. */
function namesInList(cursor: TokenCursor, database: string): readonly TableName[] {
  const names: TableName[] = [];
  do names.push(...nameAt(cursor, database));
  while (cursor.acceptOneOf(',', 'TO', 'AS') !== undefined);
  return names;
}

/** The names of tables that follow what `acceptHead` steps over, wherever it stands. */
function namesAfter(
  tokens: readonly Token[],
  acceptHead: (cursor: TokenCursor) => boolean,
  database: string,
): readonly TableName[] {
  const cursor = new TokenCursor(tokens);
  const names: TableName[] = [];
  while (!cursor.done) {
    if (acceptHead(cursor)) names.push(...nameAt(cursor, database));
    else cursor.take();
  }
  return names;
}

/** The name that is next, of a table in `database` where it says no other; none where no name is next. */
function nameAt(cursor: TokenCursor, database: string): readonly TableName[] {
  const first = cursor.takeName()?.name;
  if (first === undefined) return [];
  return [cursor.accept('.') ? { database: first, table: cursor.takeName()?.name ?? '' } : { database, table: first }];
}
