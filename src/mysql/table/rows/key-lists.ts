/** Lists of keys, each of which fits into one statement: keys can be wide, and servers may take small packets only. */
import type { Key } from '../../../binlog/key.js';
import { applyKeyBytesMax, applyKeysMax } from '../../../limits/mysql-table.js';

/** All keys, in their order, in lists that are short and small enough. @param keysMax how many keys a list may have. */
export function keyLists(keys: readonly Key[], keysMax = applyKeysMax): readonly (readonly Key[])[] {
  const lists: Key[][] = [];
  let bytes = 0;
  for (const key of keys) {
    const keyBytes = key.reduce((sum, { length }) => sum + length, 0);
    bytes += keyBytes;
    const last = lists.at(-1);
    if (last === undefined || last.length >= keysMax || bytes > applyKeyBytesMax) {
      lists.push([key]);
      bytes = keyBytes;
    } else {
      last.push(key);
    }
  }
  return lists;
}
