/** Reads TABLE_MAP events: which table the row events with this number are about, and how its columns are stored. */
import { readColumn, type StoredColumn } from './column-type.js';
import { ByteReader } from './bytes.js';
import { malformed } from './event-problem.js';

interface TableMap {
  readonly database: string;
  readonly table: string;
  /** Type byte of each column. */
  readonly types: Buffer;
  /** Where the rest of the event begins: the metadata of the columns. */
  readonly metadataAt: number;
}

/** Reads the names and types from the variable part of a TABLE_MAP event; cheap, for it is done for every table. */
export function readTableMap(reader: ByteReader): TableMap {
  const database = reader.text(reader.lenenc());
  reader.skip(1); // NUL
  const table = reader.text(reader.lenenc());
  reader.skip(1);
  const columnCount = reader.lenenc();
  const start = reader.skip(columnCount);
  const types = reader.buffer.subarray(start, start + columnCount);
  return { database, table, types, metadataAt: reader.position };
}

/** Reads how the columns of a table are stored. `reader` stands at the metadata. */
export function readColumns(types: Buffer, reader: ByteReader): readonly StoredColumn[] {
  const length = reader.lenenc();
  const start = reader.skip(length);
  const metadata = new ByteReader(reader.buffer, start, start + length);
  const columns = Array.from(types, (type) => readColumn(type, metadata));
  if (metadata.position !== metadata.end) throw malformed('the metadata of the columns is too long');
  return columns;
}
