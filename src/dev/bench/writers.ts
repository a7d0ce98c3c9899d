/**
 * Clients that write at a set rate: one update in a transaction of its own, each at its time. A client whose write takes
 * long goes on at once with those that are due, so a blocked table shows as latency and not as less load.
 */
import { createConnection, type Connection } from 'mysql2/promise';
import type { MysqlServer } from '../mysql-server.js';
import { seededRandom } from '../shop/random.js';
import { benchDatabase, benchTable } from './sbtest.js';

/** One transaction as its client saw it, from its first statement to the answer of its COMMIT; performance.now(). */
export interface TimedWrite {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Latency {
  readonly transactions: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface WritersOptions {
  readonly server: MysqlServer;
  readonly rows: number;
  readonly clients: number;
  /** Of all clients together. */
  readonly transactionsPerSecond: number;
}

export class Writers {
  readonly #options: WritersOptions;
  readonly #writes: TimedWrite[] = [];
  readonly #errors: string[] = [];
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: WritersOptions) {
    this.#options = options;
  }

  /** Every acknowledged transaction. */
  get acknowledged(): number {
    return this.#writes.length;
  }

  /** What the server refused. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** Connects all clients, then begins. */
  async start(): Promise<void> {
    const { server, clients } = this.#options;
    const { host, port, app } = server;
    const access = { host, port, ...app, database: benchDatabase, charset: 'utf8mb4' };
    const connections = await Promise.all(Array.from({ length: clients }, () => createConnection(access)));
    this.#running = Promise.all(connections.map((connection, number) => this.#write(connection, number)));
  }

  /** Ends after the transactions that are under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Of the writes that began in the interval. */
  latency(from: number, to: number): Latency {
    const writes = this.#writes.filter(({ startedAt }) => startedAt >= from && startedAt < to);
    const sorted = writes.map(({ startedAt, endedAt }) => endedAt - startedAt).sort((a, b) => a - b);
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    const perSecond = (writes.length * 1_000) / Math.max(to - from, 1);
    return { transactions: writes.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }

  /** The longest write that overlaps the interval, in milliseconds; 0 where none does. */
  longestOverlapMs(from: number, to: number): number {
    const overlapping = this.#writes.filter(({ startedAt, endedAt }) => startedAt <= to && endedAt >= from);
    return overlapping.reduce((longest, { startedAt, endedAt }) => Math.max(longest, endedAt - startedAt), 0);
  }

  async #write(connection: Connection, number: number): Promise<void> {
    const { rows, clients, transactionsPerSecond } = this.#options;
    const random = seededRandom(number + 1);
    const intervalMs = (clients * 1_000) / transactionsPerSecond;
    let dueAt = performance.now() + (intervalMs * number) / clients;
    while (!this.#stopped) {
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      dueAt += intervalMs;
      await this.#transaction(connection, 1 + Math.floor(random() * rows));
    }
    await connection.end().catch(() => undefined);
  }

  async #transaction(connection: Connection, id: number): Promise<void> {
    const startedAt = performance.now();
    try {
      await connection.query('START TRANSACTION');
      await connection.query(`UPDATE ${benchTable} SET k = k + 1 WHERE id = ${id}`);
      await connection.query('COMMIT');
      this.#writes.push({ startedAt, endedAt: performance.now() });
    } catch (error) {
      this.#errors.push(error instanceof Error ? error.message : String(error));
      await connection.query('ROLLBACK').catch(() => undefined);
    }
  }
}
