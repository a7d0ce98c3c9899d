/** Clients that read one table after the other on both servers, wherever the writes are. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { seededRandom } from '../shop/random.js';
import { Timings } from './timings.js';

/** Between two reads: a read that is held up for a moment is met. */
const pauseMs = 5;

export class Readers {
  /** Each from its statement to its answer. */
  readonly timings = new Timings();
  #stopped = false;
  readonly #running: Promise<void>[] = [];

  /** One more. @param session which nobody else uses. @param statement of one read. */
  add(session: Connection, statement: (random: () => number) => string): void {
    const reading = this.#read(session, this.#running.length, statement);
    reading.catch(() => undefined);
    this.#running.push(reading);
  }

  /** @throws what a read was refused with. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #read(session: Connection, number: number, statement: (random: () => number) => string): Promise<void> {
    const random = seededRandom(number + 1);
    while (!this.#stopped) {
      const startedAt = performance.now();
      await session.query(statement(random));
      this.timings.add(startedAt);
      await sleep(pauseMs);
    }
  }
}
