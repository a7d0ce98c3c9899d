/** What the clients know to be in the table: only what the server acknowledged. */
import { seededOrder, seedOffset, type OrderRow } from './orders.js';

export interface Remembered {
  /** Null: deleted. */
  readonly row: OrderRow | null;
  /** When it was acknowledged, by performance.now(). */
  readonly at: number;
}

export class ShopModel {
  readonly seededRows: number;
  readonly #rows = new Map<number, Remembered>();
  #acknowledged = 0;

  constructor(seededRows: number) {
    this.seededRows = seededRows;
  }

  /** Transactions that the server acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Rows that differ from the seed in any way, deleted ones included. */
  get touched(): ReadonlyMap<number, Remembered> {
    return this.#rows;
  }

  /** One acknowledged transaction with all its rows. */
  acknowledge(changes: ReadonlyMap<number, OrderRow | null>, at: number): void {
    this.#acknowledged += 1;
    for (const [id, row] of changes) this.#rows.set(id, { row, at });
  }

  /** What must be under this id; undefined where there must be nothing. */
  expected(id: number): OrderRow | undefined {
    const remembered = this.#rows.get(id);
    if (remembered !== undefined) return remembered.row ?? undefined;
    return this.#isSeeded(id) ? seededOrder(id) : undefined;
  }

  /** How many rows there must be. */
  expectedCount(): number {
    let count = this.seededRows;
    for (const [id, { row }] of this.#rows) {
      const seeded = this.#isSeeded(id);
      if (seeded && row === null) count -= 1;
      if (!seeded && row !== null) count += 1;
    }
    return count;
  }

  #isSeeded(id: number): boolean {
    return id > seedOffset && id <= seedOffset + this.seededRows;
  }
}
