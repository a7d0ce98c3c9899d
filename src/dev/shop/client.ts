/**
 * One client of the shop: writes all the time and remembers what the server acknowledged. Clients own disjoint rows (by
 * id), so that each knows the outcome of its own writes. When a connection is lost while the outcome is open, it asks the
 * database, as an application would. A write that the fence of a move refuses it tries again where the table lives now.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import type { ShopAccess } from './access.js';
import type { ShopModel } from './model.js';
import { orderColumns, seedOffset, type OrderRow } from './orders.js';
import { isFence, refusedPauseMs, type WriteRoute } from './write-route.js';

/** One write as the client saw it, with all that refused it before; in milliseconds of performance.now(). */
export interface WriteTiming {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface ShopClientOptions {
  readonly route: WriteRoute;
  readonly model: ShopModel;
  /** Number of this client and of all: it owns the ids with id % clients = number. */
  readonly number: number;
  readonly clients: number;
  readonly random: () => number;
  /** Pause between two transactions. */
  readonly pauseMs: number;
}

type Changes = Map<number, OrderRow | null>;
/** The statements of one transaction; what they change is noted as they run. */
type Work = (connection: Connection, changes: Changes) => Promise<void>;

const nothing: Work = () => Promise.resolve();

const statuses = ['new', 'paid', 'sent', 'returned'] as const;

export class ShopClient {
  readonly #options: ShopClientOptions;
  readonly timings: WriteTiming[] = [];
  /** Errors that a client of a migrated table should not see; transient ones (deadlock, lost connection) are retried. */
  readonly errors: string[] = [];
  /** Writes that a fence refused. */
  refused = 0;
  /** One for each place. */
  readonly #connections = new Map<ShopAccess, Connection>();
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
    await Promise.all([...this.#connections.values()].map((connection) => connection.end().catch(() => undefined)));
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      await this.#write();
      await delay(this.#options.pauseMs);
    }
  }

  async #write(): Promise<void> {
    const work = this.#choose();
    const startedAt = performance.now();
    while ((await this.#attempt(work, startedAt)) === 'refused' && !this.#stopped) await delay(refusedPauseMs);
  }

  async #attempt(work: Work, startedAt: number): Promise<'ended' | 'refused'> {
    const changes: Changes = new Map();
    const access = this.#options.route.access();
    try {
      const connection = await this.#connect(access);
      await connection.query('START TRANSACTION');
      await work(connection, changes);
      await connection.query('COMMIT');
      const endedAt = performance.now();
      this.timings.push({ startedAt, endedAt });
      this.#options.model.acknowledge(changes, endedAt);
      return 'ended';
    } catch (error) {
      return this.#recover(error, access, changes);
    }
  }

  #choose(): Work {
    const dice = this.#options.random();
    if (dice < 0.35) return this.#insert();
    if (dice < 0.75) return this.#update();
    if (dice < 0.85) return this.#swapReferences();
    if (dice < 0.88) return this.#changeKey();
    return this.#delete();
  }

  #insert(): Work {
    const row = this.#newRow();
    return async (connection, changes) => {
      // Most rows get their number from the server; it decides whose row it is only by what we remember.
      const [result] = await connection.query<ResultSetHeader>(
        'INSERT INTO orders (reference, customer, status, total, note, details, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        this.#values(row),
      );
      this.#own.push(result.insertId);
      changes.set(result.insertId, row);
    };
  }

  #update(): Work {
    const id = this.#pick();
    const old = this.#options.model.expected(id);
    if (old === undefined) return nothing;
    const row = { ...this.#newRow(), reference: old.reference };
    return async (connection, changes) => {
      await connection.query(
        'UPDATE orders SET reference=?, customer=?, status=?, total=?, note=?, details=?, placed_at=? WHERE id=?',
        [...this.#values(row), id],
      );
      changes.set(id, row);
    };
  }

  /** Two rows exchange their unique values, by way of a third value. */
  #swapReferences(): Work {
    const [first, second] = [this.#pick(), this.#pick()];
    const a = this.#options.model.expected(first);
    const b = this.#options.model.expected(second);
    if (first === second || a === undefined || b === undefined) return nothing;
    const between = this.#reference();
    const update = 'UPDATE orders SET reference = ? WHERE id = ?';
    return async (connection, changes) => {
      await connection.query(update, [between, first]);
      await connection.query(update, [a.reference, second]);
      await connection.query(update, [b.reference, first]);
      changes.set(first, { ...a, reference: b.reference });
      changes.set(second, { ...b, reference: a.reference });
    };
  }

  #changeKey(): Work {
    const id = this.#pick();
    const row = this.#options.model.expected(id);
    if (row === undefined) return nothing;
    this.#serial += 1;
    const { number, clients } = this.#options;
    // Below every seeded id, so that AUTO_INCREMENT never comes to it, and ours by its remainder.
    const newId = this.#serial * clients + number;
    return async (connection, changes) => {
      await connection.query('UPDATE orders SET id = ? WHERE id = ?', [newId, id]);
      this.#own.push(newId);
      changes.set(id, null);
      changes.set(newId, row);
    };
  }

  #delete(): Work {
    const id = this.#pick();
    if (this.#options.model.expected(id) === undefined) return nothing;
    return async (connection, changes) => {
      await connection.query('DELETE FROM orders WHERE id = ?', [id]);
      changes.set(id, null);
    };
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

  async #connect(access: ShopAccess): Promise<Connection> {
    const open = this.#connections.get(access);
    if (open !== undefined) return open;
    const connection = await createConnection({
      ...access,
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
    });
    connection.on('error', () => undefined);
    this.#connections.set(access, connection);
    return connection;
  }

  /** Undoes what failed; where the outcome is open, looks at the rows, behind any transaction that still holds them. */
  async #recover(error: unknown, access: ShopAccess, changes: Changes): Promise<'ended' | 'refused'> {
    const { errno, message } = error as { errno?: number; message?: string };
    const isServers = errno !== undefined && errno >= 1_000 && errno !== 1053 && errno !== 1927 && errno !== 4031;
    if (isServers) {
      const refused = isFence(error) && this.#options.route.refusedAt(access);
      if (refused) this.refused += 1;
      // 1213 deadlock, 1205 lock wait, 1412 definition changed: an application repeats its transaction.
      else if (![1213, 1205, 1412].includes(errno)) this.errors.push(`${errno} ${message}`);
      await this.#connections
        .get(access)
        ?.query('ROLLBACK')
        .catch(() => this.#forget(access));
      return refused ? 'refused' : 'ended';
    }
    this.#forget(access);
    if (changes.size > 0) await this.#readBack(access, [...changes.keys()]);
    else await delay(100);
    return 'ended';
  }

  #forget(access: ShopAccess): void {
    this.#connections.get(access)?.destroy();
    this.#connections.delete(access);
  }

  async #readBack(access: ShopAccess, ids: readonly number[]): Promise<void> {
    for (;;) {
      try {
        const connection = await this.#connect(access);
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
        this.#forget(access);
        await delay(200);
      }
    }
  }
}
