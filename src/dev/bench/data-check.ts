/** Whether every part of a benchmark has left the same rows, and every acknowledged write. */
import type { Connection } from 'mysql2/promise';
import { readContents, type Contents } from './sbtest.js';
import type { Writers } from './writers.js';

export class DataCheck {
  readonly #problems: string[] = [];
  #expected: Contents | undefined;

  /** What is wrong, for people; empty when everything is right. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /**
   * The first one that is looked at is what the others must be like.
   * @param increments transactions that were acknowledged, each of which has raised one `k` by one.
   */
  async check(name: string, session: Connection, increments: number): Promise<void> {
    const actual = await readContents(session);
    const expected = (this.#expected ??= actual);
    if (actual.rows !== expected.rows || actual.hash !== expected.hash) this.#problems.push(`${name}: other rows`);
    const missing = expected.sumOfK + increments - actual.sumOfK;
    if (missing !== 0) this.#problems.push(`${name}: ${missing} acknowledged transactions are not in the table`);
  }

  /** The same after writers, which have stopped. */
  async checkWritten(name: string, session: Connection, { acknowledged, errors }: Writers): Promise<void> {
    for (const error of new Set(errors)) this.#problems.push(`${name}: a writer saw: ${error}`);
    await this.check(name, session, acknowledged);
  }
}
