import { describe, expect, it } from 'vitest';
import { ddlTargets } from '../../src/schema/ddl-targets.js';

const cases: readonly (readonly [sql: string, targets: readonly string[]])[] = [
  ['TRUNCATE orders', ['shop.orders']],
  ['/* c */ truncate table `other`.`orders`', ['other.orders']],
  ['ALTER TABLE orders DROP COLUMN customers', ['shop.orders']],
  ['ALTER TABLE customers ADD COLUMN orders INT', ['shop.customers']],
  ['ALTER TABLE a EXCHANGE PARTITION p WITH TABLE orders WITHOUT VALIDATION', ['shop.a', 'shop.orders']],
  ['ALTER TABLE d.a EXCHANGE PARTITION `p` WITH TABLE `orders`', ['d.a', 'shop.orders']],
  ['ALTER TABLE a ADD exchange INT, ADD `with` INT AFTER exchange PARTITION BY KEY (b)', ['shop.a']],
  ['ALTER TABLE a RENAME TO orders', ['shop.a', 'shop.orders']],
  ['ALTER TABLE d.a RENAME AS orders', ['d.a', 'shop.orders']],
  ['ALTER TABLE a ADD (b INT, c INT), RENAME = `other`.`orders`', ['shop.a', 'other.orders']],
  ['ALTER TABLE a RENAME orders', ['shop.a', 'shop.orders']],
  ['ALTER TABLE a RENAME COLUMN orders TO b, RENAME INDEX orders TO c, RENAME KEY d TO orders', ['shop.a']],
  ["ALTER TABLE a COMMENT 'x, RENAME TO orders' /* , RENAME TO orders */", ['shop.a']],
  ['ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES orders (id) ON DELETE CASCADE', ['shop.a', 'shop.orders']],
  ['ALTER TABLE d.a ADD CONSTRAINT f FOREIGN KEY f (b) REFERENCES orders (id)', ['d.a', 'd.orders']],
  ['ALTER TABLE d.a ADD FOREIGN KEY (b) REFERENCES `orders`(id), RENAME e.a', ['d.a', 'e.a', 'e.orders']],
  [
    'ALTER TABLE a ADD COLUMN (b INT REFERENCES c (id), e INT REFERENCES d.orders (id))',
    ['shop.a', 'shop.c', 'd.orders'],
  ],
  ['ALTER DATABASE shop CHARACTER SET utf8mb4', []],
  ['DROP TABLE IF EXISTS a, `b``c`, d.e CASCADE', ['shop.a', 'shop.b`c', 'd.e']],
  ['DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `orders`', ['shop.orders']],
  ['DROP INDEX x ON orders', ['shop.orders']],
  ['DROP VIEW orders', []],
  ['RENAME TABLE a TO b, c.d TO e', ['shop.a', 'shop.b', 'c.d', 'shop.e']],
  ['CREATE UNIQUE INDEX orders ON customers (a)', ['shop.customers']],
  ['CREATE TABLE orders2 LIKE orders', []],
  ['CREATE TABLE IF NOT EXISTS a (id INT, FOREIGN KEY (id) REFERENCES orders (id))', ['shop.orders']],
  ['CREATE TABLE d.a (id INT REFERENCES orders (id), b INT REFERENCES `shop`.`c` (id))', ['d.orders', 'shop.c']],
  ['CREATE TABLE orders (id INT, `references` INT)', []],
  ['CREATE DEFINER=`root`@`%` TRIGGER t BEFORE INSERT ON `orders` FOR EACH ROW SET @a = 1', ['shop.orders']],
  ['CREATE DEFINER=`a`@`%` VIEW v AS SELECT * FROM a JOIN b ON a.x = b.x', []],
  ['GRANT SELECT ON shop.orders TO a', []],
  ['ANALYZE TABLE orders', []],
];

const triggers: readonly (readonly [sql: string, name: string | null])[] = [
  ['CREATE DEFINER=`root`@`%` TRIGGER `shop`.`_sw_1` BEFORE INSERT ON `orders` FOR EACH ROW SET @a = 1', '_sw_1'],
  ['CREATE TRIGGER IF NOT EXISTS t AFTER DELETE ON orders FOR EACH ROW SET @a = 1', 't'],
  ['CREATE TABLE `trigger` (id INT)', null],
  ['DROP TRIGGER IF EXISTS `shop`.`t`', 't'],
  ['/* why */ DROP TRIGGER t', 't'],
  ['DROP TABLE `trigger`', null],
  ['CREATE UNIQUE INDEX trigger_x ON orders (a)', null],
];

it.each(triggers)('finds the trigger that is made or removed: %s', (sql, name) => {
  expect(ddlTargets(sql, { database: 'shop', ansiQuotes: false }).trigger).toBe(name);
});

const madeTables: readonly (readonly [sql: string, made: readonly string[]])[] = [
  ['CREATE TABLE orders LIKE other', ['shop.orders']],
  ['CREATE TABLE IF NOT EXISTS d.`orders` (id INT) /* CREATE TABLE x */', ['d.orders']],
  ['CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` VIEW `orders` AS SELECT * FROM a', ['shop.orders']],
  ['CREATE UNIQUE INDEX `table` ON orders (a)', []],
  ['CREATE DEFINER=`a`@`%` TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1', []],
  ['CREATE PROCEDURE p () CREATE TABLE orders (id INT)', []],
  ['DROP TABLE orders', []],
];

it.each(madeTables)('finds the table that is made: %s', (sql, made) => {
  const found = ddlTargets(sql, { database: 'shop', ansiQuotes: false }).made;
  expect(found.map(({ database, table }) => `${database}.${table}`)).toEqual(made);
});

describe('ddlTargets', () => {
  it.each([
    ['DROP DATABASE shop', 'shop'],
    ['drop schema if exists `a b` /* c */', 'a b'],
    ['DROP TABLE shop', null],
    ['ALTER DATABASE shop CHARACTER SET utf8mb4', null],
  ])('%s removes the database %s', (sql, database) => {
    expect(ddlTargets(sql, { database: 'other', ansiQuotes: false }).droppedDatabase).toBe(database);
  });

  it('reads strings as the session did', () => {
    const sql = "ALTER TABLE a COMMENT 'b\\', RENAME TO orders";
    const read = (noBackslashEscapes: boolean): number =>
      ddlTargets(sql, { database: 'shop', ansiQuotes: false, noBackslashEscapes }).tables.length;
    expect(read(true)).toBe(2);
    expect(read(false)).toBe(1);
  });

  it.each(cases)('%s', (sql, targets) => {
    const { tables } = ddlTargets(sql, { database: 'shop', ansiQuotes: false });
    expect(tables.map(({ database, table }) => `${database}.${table}`)).toEqual(targets);
  });
});
