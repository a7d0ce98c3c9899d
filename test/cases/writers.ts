/** Clients that write to the table of a case all the time, each statement again and again in random order. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { serverErrorNumber } from '../../src/mysql/server/session/server-errors.js';
import { Session, type SessionVariables } from '../../src/mysql/server/session/session.js';
import type { DifferentialCase } from './case.js';

/** Duplicate keys, lock waits and deadlocks: what every application meets. */
const ordinaryErrors = [1062, 1205, 1213];
const clients = 2;
const pauseMs = 4;

export class Writers {
  readonly #case: DifferentialCase;
  /** How often each statement changed something since the last look. */
  readonly #changes: number[];
  readonly #sessions: readonly Session[];
  readonly #running: readonly Promise<void>[];
  #stopped = false;

  private constructor(one: DifferentialCase, sessions: readonly Session[]) {
    this.#case = one;
    this.#changes = one.writes.map(() => 0);
    this.#sessions = sessions;
    this.#running = sessions.map((session) => this.#write(session));
    for (const running of this.#running) running.catch(() => undefined);
  }

  static async start(
    one: DifferentialCase,
    cluster: ClusterSettings,
    database: string,
    variables: SessionVariables,
  ): Promise<Writers> {
    const sessions = await Promise.all(Array.from({ length: clients }, () => Session.open(cluster, variables)));
    for (const session of sessions) await session.run(`USE ${database}`);
    return new Writers(one, sessions);
  }

  /** Resolves when each statement has changed rows `times` times from now on. @throws what a writer met. */
  async everyStatement(times: number): Promise<void> {
    this.#changes.fill(0);
    const deadline = performance.now() + 20_000;
    while (!this.#stopped && this.#changes.some((count) => count < times)) {
      await Promise.race([sleep(10), Promise.all(this.#running)]);
      if (performance.now() < deadline) continue;
      const idle = this.#case.writes.filter((_statement, index) => (this.#changes[index] ?? 0) < times);
      throw new Error(`these writes change nothing: ${idle.join('; ')}`);
    }
  }

  /** Stops them. @throws what a writer met. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const ended = await Promise.allSettled(this.#running);
    await Promise.all(this.#sessions.map((session) => session.close()));
    for (const result of ended) if (result.status === 'rejected') throw result.reason;
  }

  async #write(session: Session): Promise<void> {
    const { writes, allowedErrors } = this.#case;
    while (!this.#stopped && writes.length > 0) {
      const index = below(writes.length);
      await session.run('SET @n = ?, @m = ?', [1 + below(60), 1 + below(60)]);
      try {
        const { affectedRows } = await session.run(writes[index] ?? '');
        if (affectedRows > 0) this.#changes[index] = (this.#changes[index] ?? 0) + 1;
      } catch (error) {
        const number = serverErrorNumber(error) ?? 0;
        if (![...ordinaryErrors, ...allowedErrors].includes(number)) throw error;
      }
      await sleep(pauseMs);
    }
  }
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}
