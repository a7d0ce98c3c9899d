import { describe, expect, it } from 'vitest';
import { ddlTargets } from '../../src/schema/ddl-targets.js';

const cases: readonly (readonly [sql: string, targets: readonly string[]])[] = [
  ['TRUNCATE orders', ['shop.orders']],
  ['/* c */ truncate table `other`.`orders`', ['other.orders']],
  ['ALTER TABLE orders DROP COLUMN customers', ['shop.orders']],
  ['ALTER TABLE customers ADD COLUMN orders INT', ['shop.customers']],
  ['ALTER DATABASE shop CHARACTER SET utf8mb4', []],
  ['DROP TABLE IF EXISTS a, `b``c`, d.e CASCADE', ['shop.a', 'shop.b`c', 'd.e']],
  ['DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `orders`', ['shop.orders']],
  ['DROP INDEX x ON orders', ['shop.orders']],
  ['DROP VIEW orders', []],
  ['RENAME TABLE a TO b, c.d TO e', ['shop.a', 'shop.b', 'c.d', 'shop.e']],
  ['CREATE UNIQUE INDEX orders ON customers (a)', ['shop.customers']],
  ['CREATE TABLE orders2 LIKE orders', []],
  ['CREATE DEFINER=`root`@`%` TRIGGER t BEFORE INSERT ON `orders` FOR EACH ROW SET @a = 1', ['shop.orders']],
  ['CREATE DEFINER=`a`@`%` VIEW v AS SELECT * FROM a JOIN b ON a.x = b.x', []],
  ['GRANT SELECT ON shop.orders TO a', []],
  ['ANALYZE TABLE orders', []],
];

describe('ddlTargets', () => {
  it.each(cases)('%s', (sql, targets) => {
    const { tables } = ddlTargets(sql, { database: 'shop', ansiQuotes: false });
    expect(tables.map(({ database, table }) => `${database}.${table}`)).toEqual(targets);
  });
});
