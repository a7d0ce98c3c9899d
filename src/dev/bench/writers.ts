/**
 * Clients that write at a set rate: one update in a transaction of its own, each at its time. A client whose write takes
 * long goes on at once with those that are due, so a blocked table shows as latency and not as less load.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import type { ShopAccess } from '../shop/access.js';
import { seededRandom } from '../shop/random.js';
import { isFence, refusedPauseMs, type WriteRoute } from '../shop/write-route.js';
import type { BenchOptions } from './bench-servers.js';
import type { Latency } from './figures.js';
import { benchTable } from './sbtest.js';

/** One transaction as its client saw it, from its first statement to the answer of its COMMIT; performance.now(). */
export interface TimedWrite {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface WritersOptions extends BenchOptions {
  readonly route: WriteRoute;
}

/** One client's connections, one for each place. */
type Connections = Map<ShopAccess, Connection>;

export class Writers {
  readonly #options: WritersOptions;
  readonly #writes: TimedWrite[] = [];
  readonly #errors: string[] = [];
  #refused = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: WritersOptions) {
    this.#options = options;
  }

  /** Every acknowledged transaction. */
  get acknowledged(): number {
    return this.#writes.length;
  }

  /** Writes that a fence refused; each was tried again. */
  get refused(): number {
    return this.#refused;
  }

  /** What the server refused for another reason. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** What they are asked to do, in words. */
  get wanted(): string {
    const { transactionsPerSecond, clients } = this.#options;
    return `${transactionsPerSecond} write transactions/s of ${clients} clients`;
  }

  /** Connects all clients, then begins, and measures how they fare as long as nothing else is done. */
  async startAlone(): Promise<Latency> {
    const { clients, route, baselineSeconds, progress } = this.#options;
    const all = Array.from({ length: clients }, (): Connections => new Map());
    await Promise.all(all.map((connections) => connectTo(route.access(), connections)));
    const beganAt = performance.now();
    this.#running = Promise.all(all.map((connections, number) => this.#write(connections, number)));
    progress.say(`Writers alone for ${baselineSeconds} s …`);
    await sleep(baselineSeconds * 1_000);
    return this.latency(beganAt, performance.now());
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

  async #write(connections: Connections, number: number): Promise<void> {
    const { rows, clients, transactionsPerSecond } = this.#options;
    const random = seededRandom(number + 1);
    const intervalMs = (clients * 1_000) / transactionsPerSecond;
    let dueAt = performance.now() + (intervalMs * number) / clients;
    while (!this.#stopped) {
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      dueAt += intervalMs;
      await this.#transaction(connections, 1 + Math.floor(random() * rows));
    }
    for (const connection of connections.values()) await connection.end().catch(() => undefined);
  }

  /** One write, again on the other side as long as a fence refuses it. */
  async #transaction(connections: Connections, id: number): Promise<void> {
    const startedAt = performance.now();
    while ((await this.#attempt(connections, id, startedAt)) === 'refused' && !this.#stopped) {
      this.#refused += 1;
      await sleep(refusedPauseMs);
    }
  }

  async #attempt(connections: Connections, id: number, startedAt: number): Promise<'ended' | 'refused'> {
    const { route } = this.#options;
    const access = route.access();
    try {
      const connection = await connectTo(access, connections);
      await connection.query('START TRANSACTION');
      await connection.query(`UPDATE ${benchTable} SET k = k + 1 WHERE id = ${id}`);
      await connection.query('COMMIT');
      this.#writes.push({ startedAt, endedAt: performance.now() });
      return 'ended';
    } catch (error) {
      await connections
        .get(access)
        ?.query('ROLLBACK')
        .catch(() => undefined);
      if (isFence(error) && route.refusedAt(access)) return 'refused';
      this.#errors.push(error instanceof Error ? error.message : String(error));
      return 'ended';
    }
  }
}

async function connectTo(access: ShopAccess, connections: Connections): Promise<Connection> {
  const connection = connections.get(access) ?? (await createConnection({ ...access, charset: 'utf8mb4' }));
  connections.set(access, connection);
  return connection;
}
