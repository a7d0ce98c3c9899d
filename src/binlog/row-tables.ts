/**
 * Knows which table the number in a row event stands for. TABLE_MAP events come before the rows of every statement, so
 * one that is byte for byte as before costs a comparison and nothing else.
 */
import { tableMapsRememberedMax } from '../limits/binlog.js';
import { ByteReader } from './bytes.js';
import type { FollowedTable } from './feed-item.js';
import { FollowedRows } from './followed-rows.js';
import { readColumns, readTableMap } from './table-map.js';

/** A table as one TABLE_MAP event describes it. */
interface RowTable {
  /** Index in the list of followed tables, or -1. */
  readonly index: number;
  /** Reader of its rows; only for a followed table. */
  readonly rows: FollowedRows | undefined;
  readonly isOwn: boolean;
  /** Its name, where only signed transactions may change its rows. */
  readonly guarded: string | undefined;
}

interface Remembered extends RowTable {
  /** The variable part of its TABLE_MAP event. */
  readonly definition: Buffer;
  /** The transaction that had it last: it holds for that one only. */
  transaction: number;
}

export interface RowTablesOptions {
  readonly tables: readonly FollowedTable[];
  readonly lowerCaseTableNames: number;
  readonly isOwn: (database: string, table: string) => boolean;
  /** Whether only transactions with our signature may change its rows. */
  readonly isGuarded?: (database: string, table: string) => boolean;
}

export class RowTables {
  readonly #options: RowTablesOptions;
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #remembered = new Map<number, Remembered>();
  #transaction = 0;

  constructor(options: RowTablesOptions) {
    this.#options = options;
    this.#indexes = new Map(options.tables.map(({ database, table }, index) => [this.#name(database, table), index]));
  }

  #name(database: string, table: string): string {
    const name = `${database}\0${table}`;
    return this.#options.lowerCaseTableNames > 0 ? name.toLowerCase() : name;
  }

  /** Says that table maps read before hold no more. */
  beginTransaction(): void {
    this.#transaction += 1;
    if (this.#remembered.size > tableMapsRememberedMax) this.#remembered.clear();
  }

  /** Takes the TABLE_MAP event for table number `id`; `reader` stands at its variable part. */
  define(id: number, reader: ByteReader): void {
    const { buffer, position, end } = reader;
    const known = this.#remembered.get(id);
    if (known !== undefined && known.definition.compare(buffer, position, end) === 0) {
      known.transaction = this.#transaction;
      return;
    }
    const { database, table, types, metadataAt } = readTableMap(reader);
    const index = this.#indexes.get(this.#name(database, table)) ?? -1;
    const followed = this.#options.tables[index];
    this.#remembered.set(id, {
      index,
      rows: followed && new FollowedRows(followed, readColumns(types, new ByteReader(buffer, metadataAt, end))),
      isOwn: this.#options.isOwn(database, table),
      guarded: this.#options.isGuarded?.(database, table) === true ? `${database}.${table}` : undefined,
      definition: Buffer.from(buffer.subarray(position, end)),
      transaction: this.#transaction,
    });
  }

  /** The table with this number; undefined where the transaction has not described it. */
  find(id: number): RowTable | undefined {
    const table = this.#remembered.get(id);
    return table !== undefined && table.transaction === this.#transaction ? table : undefined;
  }
}
