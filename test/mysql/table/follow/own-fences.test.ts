/** DDL that goes by: that of the operation's own fences, three for each table, is nothing to look at definitions for. */
import { expect, it } from 'vitest';
import type { SeenDdl } from '../../../../src/binlog/feed-item.js';
import type { Session } from '../../../../src/mysql/server/session/session.js';
import { checkDefinitions } from '../../../../src/mysql/table/follow/table-guard.js';
import type { TablePlan } from '../../../../src/mysql/table/rows/table-plan.js';
import { fenceTriggerName } from '../../../../src/schema/names.js';

const operationId = '0123456789';
const plans = ['orders', 'items'].map((table) => ({ operationId, source: { database: 'shop', table } }));
const looked = new Error('a definition was looked at');
const session = { cluster: { name: 'commerce' }, row: () => Promise.reject(looked) };

function check(sql: string): Promise<void> {
  const ddl = {
    kind: 'ddl',
    gtid: 'a:1',
    sql,
    sqlIsExact: true,
    database: 'shop',
    databases: ['shop'],
    ansiQuotes: false,
  };
  return checkDefinitions(
    session as unknown as Session,
    plans as unknown as readonly TablePlan[],
    [ddl] as unknown as readonly SeenDdl[],
  );
}

const fence = fenceTriggerName(operationId, 'INSERT', '0123456789abcdef');
const foreign = fenceTriggerName('9876543210', 'INSERT', '0123456789abcdef');

it.each([
  `CREATE TRIGGER ${fence} BEFORE INSERT ON orders FOR EACH ROW SET @a = 1`,
  `DROP TRIGGER IF EXISTS shop.${fence}`,
])('looks at nothing for %s', async (sql) => {
  await expect(check(sql)).resolves.toBeUndefined();
});

it.each([`DROP TRIGGER ${foreign}`, 'CREATE TABLE others (id INT)', 'ALTER TABLE others ADD n INT'])(
  'looks at the definitions after %s',
  async (sql) => {
    await expect(check(sql)).rejects.toBe(looked);
  },
);

it('stops at a trigger of somebody else', async () => {
  const sql = `CREATE TRIGGER ${foreign} BEFORE INSERT ON orders FOR EACH ROW SET @a = 1`;
  await expect(check(sql)).rejects.toMatchObject({ code: 'TABLE_CHANGED' });
});
