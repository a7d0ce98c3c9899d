/**
 * Reads the keys out of the row events of one followed table (P1: the key is all that is taken from a row; P5: what
 * cannot be read surely is an error). This is the hot path of the feed: values that are not wanted are passed over by
 * their width, nothing is allocated for a row but its key.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { ByteReader } from './bytes.js';
import { EventProblem, malformed } from './event-problem.js';
import { columnTypes, type StoredColumn } from './column-type.js';
import type { FollowedTable, KeyColumn } from './feed-item.js';
import type { Key } from './key.js';
import { keyReader, type KeyReader } from './key-value.js';

export type RowChange = 'write' | 'update' | 'delete';

/** The columns of one image, in order: how wide each is, and which key column it is (or -1). */
interface ImagePlan {
  readonly widths: Int32Array;
  readonly slots: Int32Array;
  /** For each key column whether the image has it. */
  readonly hasKey: readonly boolean[];
}

/** Where the values of the key columns are in the image read last. */
interface KeyPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Stands in `starts` for a value that is NULL. */
const nullPlace = -1;
/** Stands in `starts` for a value that a new row got by its DEFAULT. */
const defaultPlace = -2;

function keyPlaces(count: number): KeyPlaces {
  return { starts: new Int32Array(count), ends: new Int32Array(count) };
}

/**
 * Walks over one row image and notes where the key columns are.
 * @returns the position after it, which is NaN or past the end where the bytes are not enough.
 */
function walkImage(buffer: Buffer, nullBitsAt: number, plan: ImagePlan, places: KeyPlaces): number {
  const { widths, slots } = plan;
  const count = widths.length;
  let at = nullBitsAt + ((count + 7) >> 3);
  for (let index = 0; index < count; index += 1) {
    const slot = slots[index]!;
    if ((buffer[nullBitsAt + (index >> 3)]! & (1 << (index & 7))) !== 0) {
      if (slot >= 0) places.starts[slot] = nullPlace;
      continue;
    }
    let width = widths[index]!;
    if (width < 0) {
      const lengthBytes = -width;
      width = buffer[at]!;
      if (lengthBytes > 1) width += buffer[at + 1]! * 0x100;
      if (lengthBytes > 2) width += buffer[at + 2]! * 0x1_0000;
      if (lengthBytes > 3) width += buffer[at + 3]! * 0x100_0000;
      at += lengthBytes;
    }
    if (slot >= 0) {
      places.starts[slot] = at;
      places.ends[slot] = at + width;
    }
    at += width;
  }
  return at;
}

function bytesDiffer(buffer: Buffer, before: KeyPlaces, after: KeyPlaces, slot: number): boolean {
  const beforeStart = before.starts[slot]!;
  const afterStart = after.starts[slot]!;
  const length = before.ends[slot]! - beforeStart;
  if (afterStart === nullPlace || after.ends[slot]! - afterStart !== length) return true;
  for (let offset = 0; offset < length; offset += 1) {
    if (buffer[beforeStart + offset] !== buffer[afterStart + offset]) return true;
  }
  return false;
}

/** Reader of the row events of one followed table, made for one definition of it. */
export class FollowedRows {
  readonly #table: FollowedTable;
  readonly #columns: readonly StoredColumn[];
  readonly #readers: readonly KeyReader[];
  readonly #slotsByOrdinal: ReadonlyMap<number, number>;
  readonly #jsonColumnCount: number;
  readonly #fullPlan: ImagePlan;
  readonly #before: KeyPlaces;
  readonly #after: KeyPlaces;

  /** Fails with BINLOG_TABLE_CHANGED where the stored columns are not those that the operation began with. */
  constructor(table: FollowedTable, columns: readonly StoredColumn[]) {
    this.#table = table;
    this.#columns = columns;
    if (columns.length !== table.columnCount) {
      throw this.#changed(`it has ${columns.length} columns instead of ${table.columnCount}`);
    }
    this.#readers = table.keyColumns.map((column) => this.#makeReader(column));
    this.#slotsByOrdinal = new Map(table.keyColumns.map(({ ordinal }, slot) => [ordinal, slot]));
    this.#jsonColumnCount = columns.filter(({ type }) => type === columnTypes.JSON).length;
    this.#fullPlan = this.#plan(columns.map((_, ordinal) => ordinal));
    this.#before = keyPlaces(table.keyColumns.length);
    this.#after = keyPlaces(table.keyColumns.length);
  }

  #changed(problem: string): EventProblem {
    const { database, table } = this.#table;
    return new EventProblem(
      (place) => new SwitchyardError('BINLOG_TABLE_CHANGED', { database, table, problem, ...place }),
    );
  }

  #makeReader(column: KeyColumn): KeyReader {
    const stored = this.#columns[column.ordinal];
    const reader = stored && keyReader(column, stored);
    if (reader !== undefined) return reader;
    throw this.#changed(`its key column ${column.name} is of another type (${stored?.type}) than ${column.kind}`);
  }

  #plan(ordinals: readonly number[]): ImagePlan {
    const slots = ordinals.map((ordinal) => this.#slotsByOrdinal.get(ordinal) ?? -1);
    return {
      widths: Int32Array.from(ordinals, (ordinal) => this.#columns[ordinal]!.width),
      slots: Int32Array.from(slots),
      hasKey: this.#readers.map((_, slot) => slots.includes(slot)),
    };
  }

  /** Reads the bitmap of the columns that an image has. */
  #readPlan(reader: ByteReader): ImagePlan {
    const count = this.#columns.length;
    const start = reader.skip((count + 7) >> 3);
    const ordinals: number[] = [];
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      if ((reader.buffer[start + (ordinal >> 3)]! & (1 << (ordinal & 7))) !== 0) ordinals.push(ordinal);
    }
    return ordinals.length === count ? this.#fullPlan : this.#plan(ordinals);
  }

  #keyColumnError(code: 'BINLOG_KEY_NOT_IN_IMAGE' | 'BINLOG_KEY_IS_NULL', slot: number): EventProblem {
    const { database, table, keyColumns } = this.#table;
    const facts = { database, table, column: keyColumns[slot]!.name };
    return new EventProblem((place) => new SwitchyardError(code, { ...facts, ...place }));
  }

  /**
   * Reads all rows of one event.
   * @param reader stands at the column count of the event and ends where its rows end.
   * @param isPartial the event is a PARTIAL_UPDATE_ROWS, whose after images say which JSON values are differences.
   * @returns the keys of the rows before the change and, where a key changed or the row is new, after it.
   */
  read(change: RowChange, isPartial: boolean, reader: ByteReader): Key[] {
    const count = reader.lenenc();
    if (count !== this.#columns.length) throw malformed('the rows have not the columns of their table');
    const plan = this.#readPlan(reader);
    for (const [slot, has] of plan.hasKey.entries()) if (!has) this.#takeDefault(change, slot);
    const afterPlan = change === 'update' ? this.#readPlan(reader) : undefined;

    const keys: Key[] = [];
    while (reader.position < reader.end) {
      this.#readImage(reader, plan, this.#before);
      keys.push(this.#key(reader.buffer, this.#before));
      if (afterPlan === undefined) continue;
      if (isPartial) this.#skipPartialBits(reader);
      this.#readImage(reader, afterPlan, this.#after);
      const changed = this.#changedKey(reader.buffer, afterPlan);
      if (changed !== undefined) keys.push(changed);
    }
    return keys;
  }

  /** A new row has the DEFAULT of a column that its image does not have; what a function or an expression gave is logged. */
  #takeDefault(change: RowChange, slot: number): void {
    const isKnown = change === 'write' && this.#table.keyColumns[slot]?.defaultText !== undefined;
    if (!isKnown) throw this.#keyColumnError('BINLOG_KEY_NOT_IN_IMAGE', slot);
    this.#before.starts[slot] = defaultPlace;
  }

  #readImage(reader: ByteReader, plan: ImagePlan, places: KeyPlaces): void {
    const end = walkImage(reader.buffer, reader.position, plan, places);
    if (!(end <= reader.end)) throw malformed('a row is longer than its event');
    reader.position = end;
  }

  /** One bit for each JSON column of the table, whether or not the image has it. Differences have a length, as values. */
  #skipPartialBits(reader: ByteReader): void {
    const options = reader.lenenc();
    if (options > 1) throw malformed(`row value options ${options} are not known`);
    if (options === 1) reader.skip((this.#jsonColumnCount + 7) >> 3);
  }

  #value(buffer: Buffer, { starts, ends }: KeyPlaces, slot: number): string {
    const start = starts[slot]!;
    if (start === nullPlace) throw this.#keyColumnError('BINLOG_KEY_IS_NULL', slot);
    if (start === defaultPlace) return this.#table.keyColumns[slot]!.defaultText!;
    return this.#readers[slot]!(buffer, start, ends[slot]!);
  }

  #key(buffer: Buffer, places: KeyPlaces): Key {
    const count = this.#readers.length;
    if (count === 1) return [this.#value(buffer, places, 0)];
    const key: string[] = [];
    for (let slot = 0; slot < count; slot += 1) key.push(this.#value(buffer, places, slot));
    return key;
  }

  /** The key after an update where it is another one. What the after image does not have is as it was before. */
  #changedKey(buffer: Buffer, { hasKey }: ImagePlan): Key | undefined {
    let isChanged = false;
    for (let slot = 0; slot < hasKey.length; slot += 1) {
      if (hasKey[slot]! && bytesDiffer(buffer, this.#before, this.#after, slot)) isChanged = true;
    }
    if (!isChanged) return undefined;
    return hasKey.map((has, slot) => this.#value(buffer, has ? this.#after : this.#before, slot));
  }
}
