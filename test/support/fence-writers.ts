/** Writers that go where writes are taken: they learn it from the fences alone, and remember what was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { isDuplicateKey, isUnavailable } from '../../src/mysql/server/session/server-errors.js';
import type { Session } from '../../src/mysql/server/session/session.js';

/** What they write to. */
export const fenceWritersTable = `CREATE TABLE orders (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, writer INT NOT NULL,
  n INT NOT NULL, UNIQUE KEY once (writer, n))`;

/** Opens a session in the database of `orders`. */
type Open = () => Promise<Session>;

class FenceWriter {
  readonly acknowledged: number[] = [];
  refused = 0;
  /** The longest that a write waited for its answer. */
  slowestMs = 0;
  #side = 0;
  #n = 0;
  readonly #sessions: Session[] = [];
  /** A connection was lost: nobody knows whether the last write was committed. */
  #unsure = false;

  constructor(
    private readonly number: number,
    private readonly sides: readonly Open[],
    private readonly pauseMs: number,
    private readonly outliving: boolean,
  ) {}

  async open(): Promise<void> {
    for (const open of this.sides) this.#sessions.push(await open());
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const askedAt = performance.now();
      try {
        await this.#sessions[this.#side]?.run('INSERT INTO orders (writer, n) VALUES (?, ?)', [this.number, this.#n]);
        this.#acknowledge();
      } catch (error) {
        // It was committed before the connection was lost.
        if (this.#unsure && isDuplicateKey(error)) this.#acknowledge();
        else if (this.outliving && isUnavailable(error)) await this.#reconnect();
        else this.#goElsewhere(error);
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - askedAt);
      await sleep(this.pauseMs);
    }
  }

  #acknowledge(): void {
    this.#unsure = false;
    this.acknowledged.push(this.#n);
    this.#n += 1;
  }

  async #reconnect(): Promise<void> {
    this.#unsure = true;
    const session = await this.sides[this.#side]?.().catch(() => undefined);
    if (session !== undefined) this.#sessions[this.#side] = session;
  }

  /** The fence says where the table lives now. */
  #goElsewhere(error: unknown): void {
    if (this.sides.length > 1 && !String(error).includes('Switchyard move')) throw error;
    this.refused += 1;
    this.#side = (this.#side + 1) % this.sides.length;
  }
}

export interface FenceWritersOptions {
  readonly pauseMs?: number;
  /** One more, which writes to the source whatever it is told, also when that has no table any more or is dead. */
  readonly stubborn?: boolean;
  /** They go on when a server dies and comes back. */
  readonly outliving?: boolean;
}

export class FenceWriters {
  #stopped = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  private constructor(readonly writers: readonly FenceWriter[]) {
    this.goOn();
  }

  /** @param open sessions in the database of `orders`. */
  static async start(
    count: number,
    open: (side: 'source' | 'target') => Promise<Session>,
    { pauseMs = 2, stubborn = false, outliving = false }: FenceWritersOptions = {},
  ): Promise<FenceWriters> {
    const writers: FenceWriter[] = [];
    const source = (): Promise<Session> => open('source');
    const both = [source, (): Promise<Session> => open('target')];
    for (let number = 0; number < count; number += 1) writers.push(new FenceWriter(number, both, pauseMs, outliving));
    if (stubborn) writers.push(new FenceWriter(count, [source], pauseMs, outliving));
    for (const writer of writers) await writer.open();
    return new FenceWriters(writers);
  }

  /** Writes again after `stop`, each where it was. */
  goOn(): void {
    this.#stopped = new AbortController();
    this.#running = Promise.all(this.writers.map((writer) => writer.run(this.#stopped.signal)));
    this.#running.catch(() => undefined);
  }

  /** Acknowledged writes so far. */
  get acknowledged(): number {
    return this.writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  /** The fewest times that one of them was refused. */
  get refused(): number {
    return Math.min(...this.writers.map(({ refused }) => refused));
  }

  /** The longest that one of their writes waited for its answer, whatever that was. */
  get slowestMs(): number {
    return Math.max(...this.writers.map(({ slowestMs }) => slowestMs));
  }

  /** @throws what a writer saw and did not expect. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** Exactly what was acknowledged is there, once. */
  async expectAll(session: Session): Promise<void> {
    const rows = await session.rows<{ writer: number; n: number }>('SELECT writer, n FROM orders ORDER BY writer, n');
    const wanted = this.writers.flatMap(({ acknowledged }, writer) => acknowledged.map((n) => ({ writer, n })));
    expect(rows).toEqual(wanted);
  }
}
