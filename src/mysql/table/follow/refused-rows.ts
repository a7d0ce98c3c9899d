/**
 * Changed rows that the copy does not take as they are just now. Their writer may be about to correct them, so each has some
 * time before it ends the work; until then it is missing in the copy, nothing has caught up, and no position is stored.
 */
import { keyId, type Key } from '../../../binlog/key.js';
import { refusedWhileFollowingMs } from '../../../limits/mysql-table.js';
import type { KeysByTable } from './pending-changes.js';

interface RefusedRow {
  readonly key: Key;
  readonly endsAt: number;
}

export class RefusedRows {
  readonly #rows: readonly Map<string, RefusedRow>[];

  constructor(tables: number) {
    this.#rows = Array.from({ length: tables }, () => new Map<string, RefusedRow>());
  }

  get isEmpty(): boolean {
    return this.#rows.every(({ size }) => size === 0);
  }

  /** All of them. */
  get keys(): KeysByTable {
    return this.#rows.map((rows) => [...rows.values()].map(({ key }) => key));
  }

  /** Those whose time is over. */
  get due(): KeysByTable {
    const now = performance.now();
    return this.#rows.map((rows) => [...rows.values()].filter(({ endsAt }) => endsAt <= now).map(({ key }) => key));
  }

  /** A row that changes and is refused again has no more time than before. */
  add(table: number, key: Key): void {
    const rows = this.#rows[table];
    const endsAt = rows?.get(keyId(key))?.endsAt ?? performance.now() + refusedWhileFollowingMs;
    rows?.set(keyId(key), { key, endsAt });
  }

  /** Rows that were written, or that are gone. */
  delete(table: number, keys: readonly Key[]): void {
    for (const key of keys) this.#rows[table]?.delete(keyId(key));
  }
}
