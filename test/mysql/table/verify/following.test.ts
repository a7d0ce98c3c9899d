import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differingKeys } from '../../../../src/mysql/table/verify/differences.js';
import { onOneServer } from '../../../../src/mysql/server/session/session-pair.js';
import { ModelFeed } from './model-feed.js';
import { failureOf, VerifyTables } from './verify-tables.js';

let tables: VerifyTables;

beforeAll(async () => {
  tables = await VerifyTables.create();
});

afterAll(() => tables.drop());

describe('a shadow that follows', () => {
  it('may be behind at first: what the feed brings is no difference', async () => {
    await tables.makePair('behind', 3_000);
    await tables.root.run('DELETE FROM behind_new WHERE id % 100 = 0');
    await tables.root.run("UPDATE behind SET v = 'new' WHERE id % 100 = 1");
    let calls = 0;
    const catchUp = async (): Promise<void> => {
      calls += 1;
      if (calls < 3) return;
      await tables.root.run('REPLACE INTO behind_new SELECT * FROM behind WHERE id % 100 < 2');
    };
    const result = await tables.verify(await tables.plan('behind', { averageRowBytes: 1_000 }), { catchUp });
    expect(result).toEqual({ complete: true, rowsCompared: 3_000, notCompared: [] });
    expect(calls).toBeGreaterThanOrEqual(3);
  });

  it('is not judged by a row that it has not come to rest with', async () => {
    await tables.makePair('moving', 10);
    let calls = 0;
    // The source is as it was whenever it is looked at, but the feed still brings what was in between.
    const catchUp = async (): Promise<void> => {
      calls += 1;
      const value = calls < 20 ? `'${calls}'` : "'value 3'";
      await tables.root.run(`UPDATE moving_new SET v = ${value} WHERE id = 3`);
    };
    const result = await tables.verify(await tables.plan('moving'), { catchUp });
    expect(result).toEqual({ complete: true, rowsCompared: 10, notCompared: [] });
  });

  it('may hold a row that is never seen equal because it never rests: it is told, and no failure', async () => {
    await tables.makePair('restless', 10);
    // Before each look the source goes on, and the shadow comes to where the source was.
    const catchUp = async (): Promise<void> => {
      await tables.root.run('REPLACE INTO restless_new SELECT * FROM restless WHERE id = 3');
      await tables.root.run("UPDATE restless SET v = IF(v = 'a', 'b', 'a') WHERE id = 3");
    };
    const result = await tables.verify(await tables.plan('restless'), { catchUp });
    expect(result).toEqual({
      complete: true,
      rowsCompared: 10,
      notCompared: ['1 row that changed at every look: id=3'],
    });
  });

  it('is equal under writers that hit some rows all the time, and one wrong row is found among them', async () => {
    await tables.makePair('busy', 20_000);
    const feed = await ModelFeed.start({
      openSession: tables.openSession,
      table: `${tables.database}.busy`,
      shadow: `${tables.database}.busy_new`,
      write: (number) => {
        const id = (number * 7_919) % 20_101;
        if (number % 4 === 0) return { keys: [1], sql: `UPDATE ? SET v = '${number}' WHERE id = 1` };
        if (number % 4 === 1) return { keys: [2], sql: `UPDATE ? SET v = IF(v = 'on', 'off', 'on') WHERE id = 2` };
        if (id === 15_000) return undefined;
        if (number % 8 === 2) return { keys: [id], sql: `DELETE FROM ? WHERE id = ${id}` };
        return { keys: [id], sql: `INSERT INTO ? VALUES (${id}, '${number}') ON DUPLICATE KEY UPDATE v = '${number}'` };
      },
    });
    try {
      const migration = await tables.plan('busy', { averageRowBytes: 4_000 });
      const catchUp = (): Promise<void> => feed.catchUp();
      for (let run = 0; run < 3; run += 1) {
        const result = await tables.verify(migration, { catchUp });
        expect(result.complete).toBe(true);
        expect(result.rowsCompared).toBeGreaterThan(15_000);
        for (const told of result.notCompared)
          expect(told).toMatch(/^(1 row|2 rows) that changed at every look: id=[12]/);
      }
      await tables.root.run("UPDATE busy_new SET v = CONCAT(v, ' ') WHERE id = 15000");
      const { facts } = await failureOf(tables.verify(migration, { catchUp }));
      expect(facts).toMatchObject({ keys: ['id=15000'], columns: ['v'] });
      expect(feed.applied).toBeGreaterThan(500);
    } finally {
      await feed.stop();
    }
  });
});

describe('a handful of keys', () => {
  it('is compared under the table locks, which stay', async () => {
    await tables.root.run('CREATE TABLE locked (id VARCHAR(10) PRIMARY KEY, v JSON, w GEOMETRY)');
    await tables.root.run(
      `INSERT INTO locked VALUES ('a', '{"x": 1}', NULL), ('b', '[1]', POINT(1, 2)), ('c', '2', NULL), ('d', '3', NULL)`,
    );
    await tables.root.run('CREATE TABLE locked_new LIKE locked');
    await tables.root.run("INSERT INTO locked_new SELECT * FROM locked WHERE id <> 'c'");
    await tables.root.run(`UPDATE locked_new SET v = '{"x": 2}' WHERE id = 'a'`);
    await tables.root.run("INSERT INTO locked_new VALUES ('e', '4', NULL)");
    const migration = await tables.plan('locked');
    const locked = await tables.openSession();
    const other = await tables.openSession();
    try {
      await locked.run('SET autocommit = 0');
      await locked.run(`LOCK TABLES ${tables.database}.locked WRITE, ${tables.database}.locked_new WRITE`);
      // In every spelling that the feed may have seen.
      const keys = ['61', '41', '62', '63', '64', '65', '78'].map((hex) => [hex]);
      expect(await differingKeys(onOneServer(locked), migration, keys)).toEqual([
        { kind: 'different', key: ['61'], columns: ['v'] },
        { kind: 'missing', key: ['63'] },
        { kind: 'extra', key: ['65'] },
      ]);
      expect(await differingKeys(onOneServer(locked), migration, [])).toEqual([]);
      await other.run('SET SESSION lock_wait_timeout = 1');
      await expect(other.run(`DELETE FROM ${tables.database}.locked`)).rejects.toThrow(/Lock wait timeout/);
    } finally {
      await locked.close();
      await other.close();
    }
  });
});
