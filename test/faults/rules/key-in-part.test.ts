/** The new primary key begins with the old one, or has it in it: a row may be there twice for a moment, and never for long. */
import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

describe('rows that change in the column that the key gets', () => {
  it.each([
    ['(id, c)', 'PRIMARY'],
    ['(c, id)', '_sw_key'],
  ])('are in the new table once: %s', async (key, index) => {
    stage = await Stage.open({
      table: '(id INT NOT NULL PRIMARY KEY, c INT NOT NULL, v VARCHAR(50) NULL)',
      rows: ['INSERT INTO t (id, c) VALUES (1, 1), (2, 1), (3, 1), (4, 1)'],
      alter: `DROP PRIMARY KEY, ADD PRIMARY KEY ${key} PARTITION BY HASH (c) PARTITIONS 3`,
    });
    expect((await stage.prepare()).copyKeyIndex).toBe(index);
    let follower = await stage.startFollower();
    // The feed is first, and has not seen the second change when the rows are copied.
    await stage.app.run('UPDATE t SET c = 2 WHERE id < 3');
    await follower.catchUp();
    await follower.stop();
    await stage.app.run('UPDATE t SET c = 3 WHERE id = 1');
    // As a chunk would; not logged, since nobody else may write to the new table.
    await stage.app.run('SET SESSION sql_log_bin = 0');
    await stage.app.run(
      `INSERT INTO ${stage.database}.${stage.shadow} (id, c, v) SELECT id, c, v FROM ${stage.database}.t WHERE id = 1`,
    );
    const { n } = await stage.app.row<{ n: number }>(`SELECT COUNT(*) AS n FROM ${stage.shadow} WHERE id = 1`);
    expect(Number(n)).toBe(2);
    await stage.app.run('SET SESSION sql_log_bin = 1');
    await stage.reach('copied');
    follower = await stage.startFollower();
    await follower.catchUp();
    await stage.expectEqual();
    await stage.app.run('UPDATE t SET c = c + 1, id = id + 10');
    await follower.catchUp();
    await stage.expectEqual();
    await follower.stop();
    expect(await stage.reach('verified')).toBe('reached');
  });
});
