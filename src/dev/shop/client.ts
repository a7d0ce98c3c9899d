/**
 * One client of the shop: writes all the time and remembers what the server acknowledged. Clients own disjoint rows (by
 * id), so that each knows the outcome of its own writes. When a connection is lost while the outcome is open, it asks the
 * database, as an application would.
 */
import { createConnection, type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import type { ShopModel } from './model.js';
import { orderColumns, seedOffset, type OrderRow } from './orders.js';

export interface ShopAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** One write as the client saw it, in milliseconds of performance.now(). */
export interface WriteTiming {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface ShopClientOptions {
  readonly access: ShopAccess;
  readonly model: ShopModel;
  /** Number of this client and of all: it owns the ids with id % clients = number. */
  readonly number: number;
  readonly clients: number;
  readonly random: () => number;
  /** Pause between two transactions. */
  readonly pauseMs: number;
}

type Changes = Map<number, OrderRow | null>;

const statuses = ['new', 'paid', 'sent', 'returned'] as const;

export class ShopClient {
  readonly #options: ShopClientOptions;
  readonly timings: WriteTiming[] = [];
  /** Errors that a client of a migrated table should not see; transient ones (deadlock, lost connection) are retried. */
  readonly errors: string[] = [];
  #connection: Connection | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;
  #serial = 0;

  constructor(options: ShopClientOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** Ends after the transaction that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#connection?.end().catch(() => undefined);
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      await this.#write();
      await new Promise((resolve) => setTimeout(resolve, this.#options.pauseMs));
    }
  }

  async #write(): Promise<void> {
    const changes: Changes = new Map();
    const startedAt = performance.now();
    try {
      const connection = await this.#connect();
      await connection.query('START TRANSACTION');
      await this.#choose(connection, changes);
      await connection.query('COMMIT');
      const endedAt = performance.now();
      this.timings.push({ startedAt, endedAt });
      this.#options.model.acknowledge(changes, endedAt);
    } catch (error) {
      await this.#recover(error, changes);
    }
  }

  async #choose(connection: Connection, changes: Changes): Promise<void> {
    const dice = this.#options.random();
    if (dice < 0.35) await this.#insert(connection, changes);
    else if (dice < 0.75) await this.#update(connection, changes);
    else if (dice < 0.85) await this.#swapReferences(connection, changes);
    else if (dice < 0.88) await this.#changeKey(connection, changes);
    else await this.#delete(connection, changes);
  }

  async #insert(connection: Connection, changes: Changes): Promise<void> {
    const row = this.#newRow();
    // Most rows get their number from the server; it decides whose row it is only by what we remember.
    const [result] = await connection.query<ResultSetHeader>(
      'INSERT INTO orders (reference, customer, status, total, note, details, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      this.#values(row),
    );
    this.#own.push(result.insertId);
    changes.set(result.insertId, row);
  }

  async #update(connection: Connection, changes: Changes): Promise<void> {
    const id = this.#pick();
    const old = this.#options.model.expected(id);
    if (old === undefined) return;
    const row = { ...this.#newRow(), reference: old.reference };
    await connection.query(
      'UPDATE orders SET reference=?, customer=?, status=?, total=?, note=?, details=?, placed_at=? WHERE id=?',
      [...this.#values(row), id],
    );
    changes.set(id, row);
  }

  /** Two rows exchange their unique values, by way of a third value. */
  async #swapReferences(connection: Connection, changes: Changes): Promise<void> {
    const [first, second] = [this.#pick(), this.#pick()];
    const a = this.#options.model.expected(first);
    const b = this.#options.model.expected(second);
    if (first === second || a === undefined || b === undefined) return;
    const update = 'UPDATE orders SET reference = ? WHERE id = ?';
    await connection.query(update, [this.#reference(), first]);
    await connection.query(update, [a.reference, second]);
    await connection.query(update, [b.reference, first]);
    changes.set(first, { ...a, reference: b.reference });
    changes.set(second, { ...b, reference: a.reference });
  }

  async #changeKey(connection: Connection, changes: Changes): Promise<void> {
    const id = this.#pick();
    const row = this.#options.model.expected(id);
    if (row === undefined) return;
    this.#serial += 1;
    const { number, clients } = this.#options;
    // Below every seeded id, so that AUTO_INCREMENT never comes to it, and ours by its remainder.
    const newId = this.#serial * clients + number;
    await connection.query('UPDATE orders SET id = ? WHERE id = ?', [newId, id]);
    this.#own.push(newId);
    changes.set(id, null);
    changes.set(newId, row);
  }

  async #delete(connection: Connection, changes: Changes): Promise<void> {
    const id = this.#pick();
    if (this.#options.model.expected(id) === undefined) return;
    await connection.query('DELETE FROM orders WHERE id = ?', [id]);
    changes.set(id, null);
  }

  /** Rows that this client made. */
  readonly #own: number[] = [];

  /** One of our rows: a seeded one that is ours by its remainder, or one that we made. */
  #pick(): number {
    const { model, number, clients, random } = this.#options;
    if (this.#own.length > 0 && random() < 0.4) return this.#own[Math.floor(random() * this.#own.length)] ?? 0;
    const seeded = Math.floor(random() * Math.floor(model.seededRows / clients)) * clients + number;
    return seedOffset + 1 + seeded;
  }

  #newRow(): OrderRow {
    const { random, number } = this.#options;
    const cents = Math.floor(random() * 9_999_999);
    const microseconds = Math.floor(random() * 1_000_000);
    return {
      reference: this.#reference(),
      customer: `Ωmega ${number} ${Math.floor(random() * 1_000)} 客 🧾`,
      status: statuses[Math.floor(random() * 4)] ?? 'new',
      total: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
      note: random() < 0.2 ? null : `it's "quoted" \\ and \n broken ${Math.floor(random() * 1e9)}`,
      placedAt: `2026-06-${String(1 + Math.floor(random() * 28)).padStart(2, '0')} 12:34:56.${String(microseconds).padStart(6, '0')}`,
      items: Math.floor(random() * 1_000),
    };
  }

  #reference(): string {
    this.#serial += 1;
    return `C${this.#options.number}-${process.pid}-${this.#serial}`;
  }

  #values(row: OrderRow): unknown[] {
    const details = JSON.stringify({ items: row.items, by: this.#options.number });
    return [row.reference, row.customer, row.status, row.total, row.note, details, row.placedAt];
  }

  async #connect(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = await createConnection({
      ...this.#options.access,
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
    });
    connection.on('error', () => undefined);
    this.#connection = connection;
    return connection;
  }

  /** Undoes what failed; where the outcome is open, looks at the rows, behind any transaction that still holds them. */
  async #recover(error: unknown, changes: Changes): Promise<void> {
    const { errno, message } = error as { errno?: number; message?: string };
    const isServers = errno !== undefined && errno >= 1_000 && errno !== 1053 && errno !== 1927 && errno !== 4031;
    if (isServers) {
      // 1213 deadlock, 1205 lock wait, 1412 definition changed: an application repeats its transaction.
      if (![1213, 1205, 1412].includes(errno)) this.errors.push(`${errno} ${message}`);
      await this.#connection?.query('ROLLBACK').catch(() => this.#forget());
      return;
    }
    this.#forget();
    if (changes.size > 0) await this.#readBack([...changes.keys()]);
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }

  #forget(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #readBack(ids: readonly number[]): Promise<void> {
    for (;;) {
      try {
        const connection = await this.#connect();
        await connection.query('START TRANSACTION');
        const [rows] = await connection.query<(RowDataPacket & OrderRow & { id: number })[]>(
          `SELECT ${orderColumns} FROM orders WHERE id IN (?) FOR UPDATE`,
          [ids],
        );
        await connection.query('COMMIT');
        const found = new Map(rows.map(({ id, ...row }) => [Number(id), row as OrderRow]));
        const at = performance.now();
        this.#options.model.acknowledge(new Map(ids.map((id) => [id, found.get(id) ?? null])), at);
        return;
      } catch {
        this.#forget();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}
