/** Table options: ENGINE, COMMENT, AUTO_INCREMENT, CHARSET …, several in a row without commas. */
import type { AlterClause } from '../alter-clause.js';
import { TokenCursor } from '../token-cursor.js';
import type { Token } from '../tokens.js';
import { finishClause, type ReadClause } from './read-clause.js';

/** Options whose name is one word, with one token as their value. */
const plainOptions = new Set([
  'AUTOEXTEND_SIZE',
  'AUTO_INCREMENT',
  'AVG_ROW_LENGTH',
  'CHARSET',
  'CHECKSUM',
  'COLLATE',
  'COMMENT',
  'COMPRESSION',
  'CONNECTION',
  'DELAY_KEY_WRITE',
  'ENCRYPTION',
  'ENGINE',
  'ENGINE_ATTRIBUTE',
  'INSERT_METHOD',
  'KEY_BLOCK_SIZE',
  'MAX_ROWS',
  'MIN_ROWS',
  'PACK_KEYS',
  'PASSWORD',
  'ROW_FORMAT',
  'SECONDARY_ENGINE',
  'SECONDARY_ENGINE_ATTRIBUTE',
  'STATS_AUTO_RECALC',
  'STATS_PERSISTENT',
  'STATS_SAMPLE_PAGES',
  'STORAGE',
  'TABLESPACE',
  'TABLE_CHECKSUM',
  'UNION',
]);

/** Options of two words, and what they are called here. */
const twoWords: readonly (readonly [first: string, second: string, option: string])[] = [
  ['CHARACTER', 'SET', 'CHARSET'],
  ['CHAR', 'SET', 'CHARSET'],
  ['DATA', 'DIRECTORY', 'DATA DIRECTORY'],
  ['INDEX', 'DIRECTORY', 'INDEX DIRECTORY'],
];

/** One clause for each option; what is no option becomes one unknown clause and ends the list. */
export function readTableOptions(tokens: readonly Token[]): readonly AlterClause[] {
  const clauses: AlterClause[] = [];
  for (let from = 0; from < tokens.length;) {
    const remaining = tokens.slice(from);
    const cursor = new TokenCursor(remaining);
    const read = readOption(cursor);
    const length = remaining.length - cursor.takeRest().length;
    if (read === undefined) return [...clauses, finishClause(remaining, undefined, false)];
    clauses.push(finishClause(remaining.slice(0, length), read, true));
    from += length;
  }
  return clauses.length === 0 ? [finishClause(tokens, undefined, false)] : clauses;
}

function readOption(cursor: TokenCursor): ReadClause | undefined {
  cursor.accept('DEFAULT');
  const option = readOptionName(cursor);
  if (option === undefined) return undefined;
  cursor.accept('=');
  if (cursor.takeGroup() !== undefined) return { content: { kind: 'tableOption', option, value: '' } };
  const value = cursor.take();
  return value === undefined ? undefined : { content: { kind: 'tableOption', option, value: value.value } };
}

function readOptionName(cursor: TokenCursor): string | undefined {
  for (const [first, second, option] of twoWords) if (cursor.accept(first, second)) return option;
  const keyword = cursor.peek()?.keyword ?? '';
  if (!plainOptions.has(keyword)) return undefined;
  cursor.take();
  return keyword;
}
