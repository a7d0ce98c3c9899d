/**
 * Clients that write at a set rate: one statement in a transaction of its own, each at its time. A client whose write takes
 * long goes on at once with those that are due, so a blocked table shows as latency and not as less load.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import type { ShopAccess } from '../shop/access.js';
import { seededRandom } from '../shop/random.js';
import { isFence, refusedPauseMs, type WriteRoute } from '../shop/write-route.js';
import type { BenchOptions } from './bench-servers.js';
import type { Latency } from './figures.js';
import { Timings } from './timings.js';

export interface WritersOptions extends Omit<BenchOptions, 'rows'> {
  readonly route: WriteRoute;
  /** One write, which is a transaction of its own. @param random from 0 to 1. */
  readonly statement: (random: () => number) => string;
}

/** One client's connections, one for each place. */
type Connections = Map<ShopAccess, Connection>;

export class Writers {
  readonly #options: WritersOptions;
  /** Each from its first statement to the answer of its COMMIT. */
  readonly #writes = new Timings();
  readonly #errors: string[] = [];
  #refused = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: WritersOptions) {
    this.#options = options;
  }

  /** Every acknowledged transaction. */
  get acknowledged(): number {
    return this.#writes.count;
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
    return this.#writes.latency(from, to);
  }

  /** The longest write that overlaps the interval, in milliseconds; 0 where none does. */
  longestOverlapMs(from: number, to: number): number {
    return this.#writes.longestOverlapMs(from, to);
  }

  async #write(connections: Connections, number: number): Promise<void> {
    const { clients, transactionsPerSecond, statement } = this.#options;
    const random = seededRandom(number + 1);
    const intervalMs = (clients * 1_000) / transactionsPerSecond;
    let dueAt = performance.now() + (intervalMs * number) / clients;
    while (!this.#stopped) {
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      dueAt += intervalMs;
      await this.#transaction(connections, statement(random));
    }
    for (const connection of connections.values()) await connection.end().catch(() => undefined);
  }

  /** One write, again on the other side as long as a fence refuses it. */
  async #transaction(connections: Connections, statement: string): Promise<void> {
    const startedAt = performance.now();
    while ((await this.#attempt(connections, statement, startedAt)) === 'refused' && !this.#stopped) {
      this.#refused += 1;
      await sleep(refusedPauseMs);
    }
  }

  async #attempt(connections: Connections, statement: string, startedAt: number): Promise<'ended' | 'refused'> {
    const { route } = this.#options;
    const access = route.access();
    try {
      const connection = await connectTo(access, connections);
      await connection.query('START TRANSACTION');
      await connection.query(statement);
      await connection.query('COMMIT');
      this.#writes.add(startedAt);
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
