/** A session for what is asked now and then: while nobody needs it the server has one connection less. */
import { sessionKeptMs } from '../../../limits/mysql.js';
import type { Session } from './session.js';

/** Has a session for whoever needs one now. */
export interface SessionSource {
  /** Does the work with a session that nobody else uses meanwhile. @throws what the work throws, the driver's errors. */
  use<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
}

/** One that is open anyway, and that nobody else uses. */
export function openAnyway(session: Session): SessionSource {
  return { use: (work) => work(session) };
}

/**
 * Opens the session when it is needed, anew where it was lost, and closes it when nobody has needed it for a while. What is
 * done with it comes one after the other, so that no transaction of one has a statement of another in it: work that asks
 * for it again would wait for itself.
 */
export class SessionOnDemand implements SessionSource {
  readonly #open: () => Promise<Session>;
  readonly #keptMs: number;
  #session: Session | undefined;
  #before: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param open with all that the work relies on: nothing that it sets itself outlives a pause. */
  constructor(open: () => Promise<Session>, keptMs = sessionKeptMs) {
    this.#open = open;
    this.#keptMs = keptMs;
  }

  use<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const done = this.#before.then(() => this.#useNow(work));
    this.#before = done.catch(() => undefined);
    return done;
  }

  /** Waits for work that uses it. Never throws. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#before;
    await this.#rest();
  }

  async #useNow<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    clearTimeout(this.#idle);
    try {
      if (this.#session?.closed !== false) this.#session = await this.#open();
      return await work(this.#session);
    } finally {
      if (!this.#isOver) this.#idle = setTimeout(() => void this.#rest(), this.#keptMs);
    }
  }

  async #rest(): Promise<void> {
    clearTimeout(this.#idle);
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}
