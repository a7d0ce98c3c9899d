/** One chunk, compared in one snapshot of its own: first as a whole, then, where it differs, part by part and row by row. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { comparedPartRows, comparedPartRowsMax, lookKeysMax, suspectRowsMax } from '../../../limits/mysql-table.js';
import { displayKey } from '../rows/key-sql.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import { unequalRows, type UnequalRow } from './differences.js';
import { digestRange, keyAfter, rowsOfKeys, rowsOfRange, type KeyRange, type Sides } from './side.js';
import { inSnapshot } from './snapshot.js';

interface ChunkLook {
  /** Rows of the source in the chunk. */
  readonly rows: number;
  readonly unequal: readonly UnequalRow[];
  /** False where more rows differ than were read: the chunk is to be looked at again. */
  readonly complete: boolean;
}

/** Compares the chunk as it is now. */
export function lookAtChunk(sessions: SessionPair, sides: Sides, chunk: KeyRange): Promise<ChunkLook> {
  return inSnapshot(sessions, async () => {
    const { rows, isEqual } = await compareRange(sessions, sides, chunk);
    if (isEqual) return { rows, unequal: [], complete: true };
    const found = await findUnequal(sessions, sides, chunk);
    await checkFoundByKey(sessions, sides, found.unequal);
    return { rows, ...found };
  });
}

/**
 * Later looks at these rows go by their keys. A row that is there and is not found by its key would pass for settled, so
 * in the snapshot in which they were found, the first ones are looked up.
 */
async function checkFoundByKey(sessions: SessionPair, sides: Sides, unequal: readonly UnequalRow[]): Promise<void> {
  const rows = unequal.slice(0, lookKeysMax);
  if (rows.length === 0) return;
  const keys = rows.map(({ key }) => key);
  const source = await rowsOfKeys(sessions.source, sides.source, keys);
  const copy = await rowsOfKeys(sessions.target, sides.copy, keys);
  for (const { id, key, ...row } of rows) {
    if (row.source !== (source.get(id)?.digest ?? null) || row.copy !== (copy.get(id)?.digest ?? null)) {
      const { table, keyColumns } = sides.source;
      throw new SwitchyardError('ROW_NOT_FOUND_BY_KEY', {
        table: `${table.database}.${table.table}`,
        key: displayKey(keyColumns, key),
      });
    }
  }
}

async function compareRange(
  sessions: SessionPair,
  { source, copy }: Sides,
  range: KeyRange,
): Promise<{ rows: number; isEqual: boolean }> {
  const left = await digestRange(sessions.source, source, range);
  const right = await digestRange(sessions.target, copy, range);
  return { rows: left.rows, isEqual: left.rows === right.rows && left.digest === right.digest };
}

/** Keys can be wide, so only a part of the chunk is read row by row at a time. */
async function findUnequal(
  sessions: SessionPair,
  sides: Sides,
  chunk: KeyRange,
): Promise<Pick<ChunkLook, 'unequal' | 'complete'>> {
  const unequal: UnequalRow[] = [];
  let complete = true;
  let rest: KeyRange | null = chunk;
  while (rest !== null) {
    const end = await keyAfter(sessions.source, sides.source, rest, comparedPartRows);
    const part: KeyRange = { lower: rest.lower, upper: end ?? rest.upper };
    const { isEqual } = await compareRange(sessions, sides, part);
    if (!isEqual) {
      const source = await rowsOfRange(sessions.source, sides.source, part, comparedPartRowsMax);
      const copy = await rowsOfRange(sessions.target, sides.copy, part, comparedPartRowsMax);
      unequal.push(...unequalRows(source, copy));
      if (copy.size === comparedPartRowsMax) complete = false;
    }
    if (unequal.length >= suspectRowsMax) return { unequal, complete: false };
    rest = end === null ? null : { lower: end, upper: rest.upper };
  }
  return { unequal, complete };
}
