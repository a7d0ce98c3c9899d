/** Values that the server would take, and that a native ALTER TABLE would make others of: they are refused by name. */
import { afterEach, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  return error instanceof SwitchyardError ? { code: error.code, ...error.facts } : error;
}

describe('a zero in a column that becomes AUTO_INCREMENT', () => {
  const refused = (key: string) => ({ code: 'NUMBERS_WOULD_BE_NEW', column: 'n', key });

  it.each([
    ['INT', '0', '5', '5'],
    ['BIGINT UNSIGNED', '0', '18446744073709551615', '18446744073709551615'],
    ['DECIMAL(10,1)', '0.4', '0.6', '1'],
    ['VARCHAR(20)', "'0'", "'7'", '7'],
    ['DOUBLE', '-0.2', '2.5', '2'],
    ["ENUM('0', 'a')", '0', "'a'", '2'],
  ])('that is written after the preparation is not copied: %s', async (type, zero, other, number) => {
    stage = await Stage.open({
      table: `(id INT NOT NULL PRIMARY KEY, n ${type} NOT NULL, UNIQUE KEY (n))`,
      rows: [`INSERT INTO t VALUES (1, ${other})`],
      alter: `MODIFY n ${type.includes('UNSIGNED') ? type : 'INT'} NOT NULL AUTO_INCREMENT`,
    });
    await stage.prepare();
    await stage.app.run("SET SESSION sql_mode = ''");
    await stage.app.run(`INSERT INTO t VALUES (2, ${zero})`);
    expect(await errorOf(stage.reach('copied'))).toEqual(refused('id=2'));
    await stage.app.run('DELETE FROM t WHERE id = 2');
    await stage.reach('copied');
    const { n } = await stage.app.row<{ n: string }>(`SELECT CAST(n AS CHAR) AS n FROM ${stage.shadow}`);
    expect(n).toBe(number);
  });

  it('that is followed ends the migration, too', async () => {
    stage = await Stage.open({
      table: '(id INT NOT NULL PRIMARY KEY, v INT)',
      rows: ['INSERT INTO t VALUES (1, 1)'],
      alter: 'MODIFY id INT NOT NULL AUTO_INCREMENT',
    });
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run('INSERT INTO t VALUES (0, 2)');
    expect(await errorOf(follower.failure().then((error) => Promise.reject(error)))).toEqual({
      ...refused('id=0'),
      column: 'id',
    });
  });
});
