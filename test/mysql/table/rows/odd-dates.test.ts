/** Keys that are no dates in the modes of the data, which refuse them even in a comparison; written by clients without. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { synchronise } from '../../../../src/mysql/migration/synchronise-migration.js';
import { Stage, type StageOptions } from '../../../faults/rules/stage.js';
import { eventually } from '../../../support/migration-test.js';

/** Forty rows of a column n. */
const numbers =
  '(WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40) SELECT n FROM n) AS numbers';

async function withStage<Result>(options: StageOptions, work: (stage: Stage) => Promise<Result>): Promise<Result> {
  const stage = await Stage.open(options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

describe.concurrent('a key that is no date for the server', () => {
  const [month, zero] = ['2026-00-00', '0000-00-00'];
  const table = '(d DATE NOT NULL, id INT, n INT, PRIMARY KEY (d, id))';
  const alter = 'ADD COLUMN x INT';
  const rows = [`INSERT INTO t SELECT '2026-01-01', n, n FROM ${numbers}`];
  const leniently = (sql: string): string[] => [`SET SESSION sql_mode = ''`, sql, 'SET SESSION sql_mode = DEFAULT'];

  it.each([month, zero])('is found and named: %s', (date) =>
    withStage(
      { table, rows: [...rows, ...leniently(`INSERT INTO t VALUES ('${date}', 23, 1)`)], alter },
      async (stage) => {
        const error = await stage.copied().catch((reason: unknown) => reason);
        const key = `d=${date}, id=23`;
        expect(error).toMatchObject({
          code: 'DATA_NOT_CONVERTIBLE',
          facts: { key, column: expect.any(String) as string },
        });
      },
    ),
  );

  it('stops nothing where its row is gone', () =>
    withStage({ table, rows, alter }, async (stage) => {
      await stage.copied();
      const follower = await stage.startFollower();
      await stage.app.run(`SET SESSION sql_mode = ''`);
      for (const date of [month, zero]) {
        await stage.app.run(`INSERT INTO t VALUES ('${date}', 1, 1), ('${date}', 2, 1)`);
        await sleep(300);
        await stage.app.run(`UPDATE t SET n = 7 WHERE d = '${date}'`);
        await stage.app.run(`DELETE FROM t WHERE d = '${date}' AND id = 1`);
        await stage.app.run(`UPDATE t SET d = '2026-01-02' WHERE d = '${date}'`);
        await sleep(300);
        await stage.app.run(`DELETE FROM t WHERE d > '2026-01-01'`);
      }
      await follower.catchUp();
      await stage.expectEqual();
      await follower.stop();
    }));

  it('is looked for in the modes in which values are converted', () =>
    withStage(
      {
        table: '(d DATE NOT NULL, id INT, at DATETIME(6), PRIMARY KEY (d, id))',
        rows: [`INSERT INTO t SELECT '2026-01-01', n, '2026-01-01 10:00:00.987654' FROM ${numbers}`],
        ...{ alter: 'MODIFY at DATETIME', sqlMode: 'STRICT_ALL_TABLES,NO_ZERO_DATE,TIME_TRUNCATE_FRACTIONAL' },
      },
      async (stage) => {
        await stage.copied();
        expect(await stage.reach('verified')).toBe('reached');
        expect(await stage.app.rows(`SELECT DISTINCT at FROM ${stage.shadow}`)).toEqual([
          { at: '2026-01-01 10:00:00' },
        ]);
      },
    ));

  it('stops no comparison of what was changed', () =>
    withStage({ table, rows, alter }, async (stage) => {
      await stage.copied();
      await stage.reach('verified');
      const { cluster, operationId } = stage;
      const stop = new AbortController();
      const position = (): Promise<object> =>
        stage.app.row('SELECT position FROM _switchyard.streams WHERE operation_id = ?', [operationId]);
      const start = await position();
      const run = { cluster, operationId, token: stage.nextToken(), goal: 'follow', throttle: {} } as const;
      const following = synchronise({ ...run, signal: stop.signal, onProgress: () => undefined });
      await stage.app.run(`SET SESSION sql_mode = ''`);
      for (const date of [month, zero]) {
        await stage.app.run(`INSERT INTO t VALUES ('${date}', 1, 1)`);
        await stage.app.run(`DELETE FROM t WHERE d = '${date}'`);
      }
      // A position is stored with a later change once all is compared up to it.
      const compared = eventually('the changes to be compared', async () => {
        await stage.app.run('UPDATE t SET n = n + 1 WHERE id = 5');
        return JSON.stringify(await position()) === JSON.stringify(start) ? undefined : true;
      });
      await Promise.race([compared, following]);
      stop.abort();
      expect(await following).toMatchObject({ outcome: 'stopped', verified: true });
    }));
});
