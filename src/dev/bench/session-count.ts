/** How many sessions of a worker there are on a server, looked at again and again, and how many it has made. */
import type { Connection, RowDataPacket } from 'mysql2/promise';

const intervalMs = 100;

export class SessionCount {
  readonly #session: Connection;
  readonly #user: string;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;
  #most = 0;
  #madeBefore = 0;

  private constructor(session: Connection, user: string) {
    this.#session = session;
    this.#user = user;
    this.#timer = setInterval(() => this.#look(), intervalMs);
  }

  /** Counts from now on. @param session which nobody else uses. @param user of the worker's account. */
  static async start(session: Connection, user: string): Promise<SessionCount> {
    const count = new SessionCount(session, user);
    count.#madeBefore = await count.made();
    return count;
  }

  /** The most that were seen at once. */
  get most(): number {
    return this.#most;
  }

  /** Connections that were made since the start. */
  async made(): Promise<number> {
    const all = await this.#number('SELECT SUM(total_connections) AS n FROM performance_schema.users WHERE user = ?');
    return all - this.#madeBefore;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#looking = this.#number('SELECT COUNT(*) AS n FROM performance_schema.threads WHERE processlist_user = ?')
      .then((now) => void (this.#most = Math.max(this.#most, now)))
      // Where the server has gone the benchmark itself says why.
      .catch(() => undefined)
      .finally(() => (this.#isLooking = false));
  }

  async #number(sql: string): Promise<number> {
    const [rows] = await this.#session.query<(RowDataPacket & { n: number | string | null })[]>(sql, [this.#user]);
    return Number(rows[0]?.n ?? 0);
  }
}
