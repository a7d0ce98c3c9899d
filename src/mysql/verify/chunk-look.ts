/** One chunk, compared in one snapshot of its own: first as a whole, then, where it differs, part by part and row by row. */
import { comparedPartRows, comparedPartRowsMax, suspectRowsMax } from '../../limits/verify.js';
import type { Session } from '../session/session.js';
import { unequalRows, type UnequalRow } from './differences.js';
import { digestRange, keyAfter, rowsOfRange, type KeyRange, type Side } from './side.js';
import { inSnapshot } from './snapshot.js';

export interface Sides {
  readonly source: Side;
  readonly shadow: Side;
}

export interface ChunkLook {
  /** Rows of the source in the chunk. */
  readonly rows: number;
  readonly unequal: readonly UnequalRow[];
  /** False where more rows differ than were read: the chunk is to be looked at again. */
  readonly complete: boolean;
}

/** Compares the chunk as it is now. */
export function lookAtChunk(session: Session, sides: Sides, chunk: KeyRange): Promise<ChunkLook> {
  return inSnapshot(session, async () => {
    const { rows, isEqual } = await compareRange(session, sides, chunk);
    if (isEqual) return { rows, unequal: [], complete: true };
    return { rows, ...(await findUnequal(session, sides, chunk)) };
  });
}

async function compareRange(
  session: Session,
  { source, shadow }: Sides,
  range: KeyRange,
): Promise<{ rows: number; isEqual: boolean }> {
  const left = await digestRange(session, source, range);
  const right = await digestRange(session, shadow, range);
  return { rows: left.rows, isEqual: left.rows === right.rows && left.digest === right.digest };
}

/** Keys can be wide, so only a part of the chunk is read row by row at a time. */
async function findUnequal(
  session: Session,
  sides: Sides,
  chunk: KeyRange,
): Promise<Pick<ChunkLook, 'unequal' | 'complete'>> {
  const unequal: UnequalRow[] = [];
  let complete = true;
  let rest: KeyRange | null = chunk;
  while (rest !== null) {
    const end = await keyAfter(session, sides.source, rest, comparedPartRows);
    const part: KeyRange = { lower: rest.lower, upper: end ?? rest.upper };
    const { isEqual } = await compareRange(session, sides, part);
    if (!isEqual) {
      const source = await rowsOfRange(session, sides.source, part, comparedPartRowsMax);
      const shadow = await rowsOfRange(session, sides.shadow, part, comparedPartRowsMax);
      unequal.push(...unequalRows(source, shadow));
      if (shadow.size === comparedPartRowsMax) complete = false;
    }
    if (unequal.length >= suspectRowsMax) return { unequal, complete: false };
    rest = end === null ? null : { lower: end, upper: rest.upper };
  }
  return { unequal, complete };
}
