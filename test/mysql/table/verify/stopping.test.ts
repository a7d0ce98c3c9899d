import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../../src/errors/switchyard-error.js';
import { killConnection } from '../../../../src/mysql/server/session/kill.js';
import { openAs, VerifyTables } from './verify-tables.js';

let tables: VerifyTables;

beforeAll(async () => {
  tables = await VerifyTables.create();
});

afterAll(() => tables.drop());

/** That the verifier's sessions have so many transactions open, or soon will. */
async function expectOpenTransactions(count: number): Promise<void> {
  // The server's list is made anew only when nobody has read it for 0.1 s.
  await expect.poll(openTransactions, { timeout: 2_000, interval: 200 }).toBe(count);
}

async function openTransactions(): Promise<number> {
  const ids = tables.opened.map(({ id }) => id);
  const { n } = await tables.root.row<{ n: number }>(
    `SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_mysql_thread_id IN (${ids.join(', ')})`,
  );
  return Number(n);
}

describe('stopping', () => {
  /** Runs a verifier that waits in a statement, since somebody has locked the table, until `interrupt` ends it. */
  async function whileWaiting(name: string, interrupt: () => Promise<void>, signal: AbortSignal): Promise<unknown> {
    await tables.makePair(name, 1_000);
    const migration = await tables.plan(name);
    const locker = await openAs('root');
    tables.opened.length = 0;
    try {
      const running = tables.verify(migration, {
        // The second part of a chunk's look waits: the transaction is open.
        catchUp: async () => void (await locker.run(`LOCK TABLES ${tables.database}.${name}_new WRITE`)),
        signal,
      });
      const outcome = running.catch((error: unknown) => error);
      while ((await waiting(name)) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      await expectOpenTransactions(2);
      const startedAt = performance.now();
      await interrupt();
      const result = await outcome;
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      await expectOpenTransactions(0);
      expect(tables.opened.every(({ closed }) => closed)).toBe(true);
      return result;
    } finally {
      await locker.close();
    }
  }

  async function waiting(name: string): Promise<number> {
    const { n } = await tables.root.row<{ n: number }>(
      "SELECT COUNT(*) AS n FROM performance_schema.metadata_locks WHERE object_schema = ? AND object_name = ? AND lock_status = 'PENDING'",
      [tables.database, `${name}_new`],
    );
    return Number(n);
  }

  it('ends statements and transactions at once when the signal is aborted', async () => {
    const abort = new AbortController();
    const result = await whileWaiting('aborted', () => Promise.resolve(abort.abort()), abort.signal);
    expect(result).toMatchObject({ complete: false, notCompared: [] });
  });

  it('tells a lost connection as it is, and ends the other lane', async () => {
    const lose = (): Promise<void> => killConnection(tables.root, tables.opened[1]?.id ?? 0);
    const result = await whileWaiting('lost', lose, new AbortController().signal);
    expect(result).toBeInstanceOf(Error);
    expect(result).not.toBeInstanceOf(SwitchyardError);
  });

  it('compares nothing when it was aborted before', async () => {
    await tables.makePair('not_begun', 10);
    const aborted = AbortSignal.abort();
    expect(await tables.verify(await tables.plan('not_begun'), { signal: aborted })).toMatchObject({
      complete: false,
      rowsCompared: 0,
    });
  });
});
