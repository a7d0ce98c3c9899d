/** Cuts what follows the table name of an ALTER TABLE into clauses. */
import type { AlterClause, ClauseContent, PartitionOperation } from '../alter-clause.js';
import { outerTokens, splitAtCommas, TokenCursor } from '../token-cursor.js';
import type { Token } from '../tokens.js';
import { readAdd } from './add.js';
import { readAlter, readChange, readDrop, readModify, readRename } from './existing.js';
import { finishClause, type ClauseReader } from './read-clause.js';
import { readTableOptions } from './table-options.js';

/** @param tokens significant ones. @param database where an unqualified name belongs. */
export function readClauses(tokens: readonly Token[], database: string): readonly AlterClause[] {
  const partitioning = findPartitioning(tokens);
  const list = partitioning === undefined ? tokens : tokens.slice(0, partitioning);
  return [
    ...(list.length === 0 ? [] : readList(list, database)),
    ...(partitioning === undefined ? [] : [readPartitioning(tokens.slice(partitioning))]),
  ];
}

/** PARTITION BY and REMOVE PARTITIONING end a statement and follow their neighbour without a comma. */
function findPartitioning(tokens: readonly Token[]): number | undefined {
  const outer = outerTokens(tokens);
  const at = outer.findIndex(({ keyword }, index) => {
    const next = outer[index + 1]?.keyword;
    return (keyword === 'PARTITION' && next === 'BY') || (keyword === 'REMOVE' && next === 'PARTITIONING');
  });
  const first = outer[at];
  return first === undefined ? undefined : tokens.indexOf(first);
}

function readPartitioning(tokens: readonly Token[]): AlterClause {
  const cursor = new TokenCursor(tokens);
  if (cursor.accept('PARTITION', 'BY')) {
    const complete = cursor.takeRest().length > 0;
    return finishClause(tokens, { content: { kind: 'partitionBy' } }, complete);
  }
  cursor.accept('REMOVE', 'PARTITIONING');
  return finishClause(tokens, { content: { kind: 'removePartitioning' } }, cursor.done);
}

function readList(tokens: readonly Token[], database: string): readonly AlterClause[] {
  const clauses: AlterClause[] = [];
  for (const piece of splitAtCommas(tokens)) {
    const content = readToEnd(piece);
    const [first] = piece;
    if (content !== undefined && first !== undefined) {
      // Partition names and ORDER BY have commas of their own and nothing behind them.
      return [...clauses, finishClause(tokens.slice(tokens.indexOf(first)), { content }, true)];
    }
    clauses.push(...readPiece(piece, database));
  }
  return clauses;
}

const partitionHeads: Readonly<Record<string, PartitionOperation>> = {
  ADD: 'add',
  ANALYZE: 'analyze',
  CHECK: 'check',
  COALESCE: 'coalesce',
  DISCARD: 'discard',
  DROP: 'drop',
  EXCHANGE: 'exchange',
  IMPORT: 'import',
  OPTIMIZE: 'optimize',
  REBUILD: 'rebuild',
  REORGANIZE: 'reorganize',
  REPAIR: 'repair',
  TRUNCATE: 'truncate',
};

/** What reaches to the end of the statement, whatever commas come. */
function readToEnd(piece: readonly Token[]): ClauseContent | undefined {
  const [first, second] = piece;
  if (first?.keyword === 'ORDER' && second?.keyword === 'BY') return { kind: 'orderBy' };
  if (second?.keyword !== 'PARTITION') return undefined;
  const operation = partitionHeads[first?.keyword ?? ''];
  return operation === undefined ? undefined : { kind: 'partition', operation };
}

function readPiece(piece: readonly Token[], database: string): readonly AlterClause[] {
  const keyword = piece[0]?.keyword ?? '';
  if (keyword === 'ADD') return readAdd(piece);
  const reader = keyword === 'RENAME' ? (cursor: TokenCursor) => readRename(cursor, database) : readers[keyword];
  if (reader === undefined) return readTableOptions(piece);
  const cursor = new TokenCursor(piece);
  const read = reader(cursor);
  return [finishClause(piece, read, cursor.done)];
}

/** A clause that is nothing but these words. */
function fixed(content: ClauseContent, ...forms: readonly (readonly string[])[]): ClauseReader {
  return (cursor) => (forms.some((words) => cursor.accept(...words)) ? { content } : undefined);
}

/** ALGORITHM and LOCK: a word behind an optional equals sign. */
function modifier(kind: 'algorithm' | 'lock'): ClauseReader {
  return (cursor) => {
    cursor.take();
    cursor.accept('=');
    const value = cursor.take();
    return value === undefined ? undefined : { content: { kind, value: value.value } };
  };
}

const readers: Readonly<Record<string, ClauseReader | undefined>> = {
  DROP: readDrop,
  CHANGE: readChange,
  MODIFY: readModify,
  ALTER: readAlter,
  CONVERT: (cursor) => {
    if (!cursor.accept('CONVERT', 'TO') || cursor.takeRest().length === 0) return undefined;
    return { content: { kind: 'convertCharset' } };
  },
  FORCE: fixed({ kind: 'force' }, ['FORCE']),
  ENABLE: fixed({ kind: 'keys' }, ['ENABLE', 'KEYS']),
  DISABLE: fixed({ kind: 'keys' }, ['DISABLE', 'KEYS']),
  DISCARD: fixed({ kind: 'tablespace' }, ['DISCARD', 'TABLESPACE']),
  IMPORT: fixed({ kind: 'tablespace' }, ['IMPORT', 'TABLESPACE']),
  WITH: fixed({ kind: 'validation' }, ['WITH', 'VALIDATION']),
  WITHOUT: fixed({ kind: 'validation' }, ['WITHOUT', 'VALIDATION']),
  SECONDARY_LOAD: fixed({ kind: 'secondaryEngine' }, ['SECONDARY_LOAD']),
  SECONDARY_UNLOAD: fixed({ kind: 'secondaryEngine' }, ['SECONDARY_UNLOAD']),
  ALGORITHM: modifier('algorithm'),
  LOCK: modifier('lock'),
};
