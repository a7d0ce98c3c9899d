/** A whole shop: its table, its clients and what they know. Used by the demo, the end-to-end tests and the benchmark. */
import { createConnection, type Connection } from 'mysql2/promise';
import { checkAgainstModel, compareWithRetained, type CheckResult } from './check.js';
import type { ShopAccess } from './access.js';
import { ShopClient, type WriteTiming } from './client.js';
import { ShopModel } from './model.js';
import { createOrders, seedOrders } from './orders.js';
import { seededRandom } from './random.js';
import { alwaysTo, type WriteRoute } from './write-route.js';

export interface ShopOptions {
  /** Where it is opened. */
  readonly access: ShopAccess;
  /** Where its clients write, where that is not always there. */
  readonly route?: WriteRoute;
  readonly rows: number;
  readonly clients: number;
  /** Pause of each client between two transactions, in milliseconds. */
  readonly pauseMs?: number;
  /** Printed by whoever finds a difference, so that the same choices can be made again. */
  readonly seed?: number;
}

export class Shop {
  readonly model: ShopModel;
  readonly #options: ShopOptions;
  #clients: ShopClient[] = [];

  constructor(options: ShopOptions) {
    this.#options = options;
    this.model = new ShopModel(options.rows);
  }

  /** Creates the database and the table and fills it. */
  async open(): Promise<void> {
    const { database, ...server } = this.#options.access;
    const connection = await createConnection({ ...server, charset: 'utf8mb4' });
    try {
      await connection.query(`CREATE DATABASE \`${database}\``);
      await connection.query(`USE \`${database}\``);
      await connection.query(createOrders);
      for (const statement of seedOrders(this.#options.rows)) await connection.query(statement);
      await connection.query('ANALYZE TABLE orders');
    } finally {
      await connection.end();
    }
  }

  startClients(): void {
    const { access, clients, pauseMs = 5, seed = 1 } = this.#options;
    const { route = alwaysTo(access) } = this.#options;
    this.#clients = Array.from({ length: clients }, (_none, number) => {
      const random = seededRandom(seed * 1_000 + number);
      return new ShopClient({ route, model: this.model, number, clients, random, pauseMs });
    });
    for (const client of this.#clients) client.start();
  }

  async stopClients(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()));
  }

  /** Every write of every client, as it saw it. */
  get timings(): readonly WriteTiming[] {
    return this.#clients.flatMap(({ timings }) => timings);
  }

  /** Writes that a fence refused; each was tried again. */
  get refused(): number {
    return this.#clients.reduce((sum, { refused }) => sum + refused, 0);
  }

  /** Errors that no client of a migrated table should see. */
  get errors(): readonly string[] {
    return this.#clients.flatMap(({ errors }) => errors);
  }

  /** The longest write that overlaps the interval, in milliseconds; 0 where none does. */
  longestWriteMs(from: number, to: number): number {
    const overlapping = this.timings.filter(({ startedAt, endedAt }) => startedAt <= to && endedAt >= from);
    return overlapping.reduce((longest, { startedAt, endedAt }) => Math.max(longest, endedAt - startedAt), 0);
  }

  /** Compares the final table, which may have moved, with what the clients know; they must have stopped. */
  check(at = this.#options.access): Promise<CheckResult> {
    return this.#connected((connection) => checkAgainstModel(connection, 'orders', this.model), at);
  }

  /**
   * Compares the final table with the retained one, for all rows that were not written after `swappedAt`
   * (performance.now(); what was acknowledged around it counts as after).
   */
  compareWithRetained(retained: string, swappedAt: number): Promise<readonly number[]> {
    const since = new Set<number>();
    for (const [id, { at }] of this.model.touched) if (at >= swappedAt) since.add(id);
    return this.#connected((connection) => compareWithRetained(connection, 'orders', retained, since));
  }

  async #connected<Result>(
    work: (connection: Connection) => Promise<Result>,
    access = this.#options.access,
  ): Promise<Result> {
    const connection = await createConnection({
      ...access,
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
    });
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }
}
