/** Writers and a feed in miniature: what is written to the source reaches the shadow a little later, by key. */
import type { Session } from '../../../../src/mysql/server/session/session.js';

interface ModelWrite {
  readonly keys: readonly number[];
  /** `?` stands for the table. */
  readonly sql: string;
}

export interface ModelFeedOptions {
  readonly openSession: () => Promise<Session>;
  readonly table: string;
  readonly shadow: string;
  /** The next write, by its number. */
  readonly write: (number: number) => ModelWrite | undefined;
}

const writers = 2;
/** A batch is applied only after this long, so the shadow is always behind. */
const lagMs = 15;

export class ModelFeed {
  readonly #options: ModelFeedOptions;
  readonly #loops: Promise<void>[] = [];
  readonly #queue: number[] = [];
  #received = 0;
  #applied = 0;
  #numbers = 0;
  #stopped = false;
  #drained = false;

  private constructor(options: ModelFeedOptions) {
    this.#options = options;
  }

  static async start(options: ModelFeedOptions): Promise<ModelFeed> {
    const feed = new ModelFeed(options);
    for (let writer = 0; writer < writers; writer += 1) feed.#loops.push(feed.#write(await options.openSession()));
    feed.#loops.push(feed.#apply(await options.openSession()));
    return feed;
  }

  /** Changes that reached the shadow. */
  get applied(): number {
    return this.#applied;
  }

  /** Resolves when everything that was written before the call is in the shadow. */
  async catchUp(): Promise<void> {
    const target = this.#received;
    while (this.#applied < target) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops.slice(0, writers));
    this.#drained = true;
    await Promise.all(this.#loops);
  }

  async #write(session: Session): Promise<void> {
    while (!this.#stopped) {
      const next = this.#options.write(this.#numbers++);
      if (next === undefined) continue;
      await session.run(next.sql.replace('?', this.#options.table));
      this.#queue.push(...next.keys);
      this.#received += next.keys.length;
    }
    await session.close();
  }

  async #apply(session: Session): Promise<void> {
    const { table, shadow } = this.#options;
    while (!this.#drained) {
      const keys = this.#queue.splice(0);
      await new Promise((resolve) => setTimeout(resolve, lagMs));
      if (keys.length === 0) continue;
      const list = [...new Set(keys)].join(', ');
      await session.run('START TRANSACTION');
      await session.run(`DELETE FROM ${shadow} WHERE id IN (${list})`);
      await session.run(`INSERT INTO ${shadow} SELECT * FROM ${table} WHERE id IN (${list})`);
      await session.run('COMMIT');
      this.#applied += keys.length;
    }
    await session.close();
  }
}
