import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showCreateTable } from '../../../../src/mysql/server/introspect/load-table.js';
import { copyRange } from '../../../../src/mysql/table/rows/row-sql.js';
import { comparisonOf } from '../../../../src/mysql/table/verify/compared-pairs.js';
import { failureOf, VerifyTables } from './verify-tables.js';

let tables: VerifyTables;

beforeAll(async () => {
  tables = await VerifyTables.create();
});

afterAll(() => tables.drop());

describe('generated columns', () => {
  it('are compared: one whose text says less than its definition is found', async () => {
    const { root } = tables;
    await root.run(
      `CREATE TABLE text_lies (id INT PRIMARY KEY, u VARCHAR(9), v INT, g VARCHAR(20) AS (CONCAT(u, '🙈')) VIRTUAL,
        s VARCHAR(20) AS (CONCAT(u, '🙈')) STORED)`,
    );
    await root.run('INSERT INTO text_lies (id, u, v) VALUES (1, NULL, 1), (2, "z", 2)');
    const text = await showCreateTable(root, { database: tables.database, table: 'text_lies' });
    await root.run(text.replace('`text_lies`', '`text_lies_new`'));
    await root.run('INSERT INTO text_lies_new (id, u, v) SELECT id, u, v FROM text_lies');
    const error = await failureOf(tables.verify(await tables.plan('text_lies')));
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', facts: { columns: ['g', 's'], different: ['id=2'] } });
    await root.run('CREATE TABLE text_lies_kept LIKE text_lies');
    await root.run('DROP TABLE text_lies_new');
    await root.run('RENAME TABLE text_lies_kept TO text_lies_new');
    await root.run('INSERT INTO text_lies_new (id, u, v) SELECT id, u, v FROM text_lies');
    expect(await tables.verify(await tables.plan('text_lies'))).toMatchObject({ complete: true, notCompared: [] });
  });

  it('of every type are equal to themselves', async () => {
    const { root } = tables;
    const types = [
      ...['INT', 'BIGINT UNSIGNED', 'DECIMAL(20,5)', 'DOUBLE', 'YEAR', 'BIT(9)', 'CHAR(20)', 'VARCHAR(20)', 'TEXT'],
      ...['VARBINARY(20)', 'BLOB', 'DATE', 'DATETIME(3)', 'TIME(2)', "ENUM('a','2024')", "SET('a','2024')"],
    ];
    const generated = types.flatMap((type, index) => {
      const value = type.startsWith('TIME') ? "IF(id = 3, NULL, '10:00:00')" : 'IF(id = 3, NULL, t)';
      return [`v${index} ${type} AS (${value}) VIRTUAL`, `s${index} ${type} AS (${value}) STORED`];
    });
    await root.run("SET SESSION sql_mode = ''");
    await root.run(
      `CREATE TABLE of_types (id INT PRIMARY KEY, t VARCHAR(20), j JSON AS (JSON_ARRAY(t, id)) STORED, ${generated.join(', ')})`,
    );
    await root.run("INSERT INTO of_types (id, t) VALUES (1, '2024'), (2, NULL), (3, '2024')");
    await root.run('CREATE TABLE of_types_new LIKE of_types');
    await root.run('INSERT INTO of_types_new (id, t) SELECT id, t FROM of_types');
    const plan = await tables.plan('of_types');
    expect(comparisonOf(plan).pairs).toHaveLength(2 + 1 + 2 * types.length);
    expect(await tables.verify(plan)).toMatchObject({ complete: true, notCompared: [] });
  });
});

describe('added columns', () => {
  const added = [
    ...['i INT DEFAULT 5', 'n INT', 'z INT NOT NULL', 'd DECIMAL(9,2) DEFAULT 1.25', 'f DOUBLE NOT NULL DEFAULT 0.1'],
    ...['fl FLOAT DEFAULT 0.1', "v VARCHAR(9) NOT NULL DEFAULT 'a🙈 '", 'vn VARCHAR(9) NOT NULL', 'c CHAR(9) NOT NULL'],
    ...["b VARBINARY(9) DEFAULT x'00ff'", 'bn BINARY(3) NOT NULL', 'tx TEXT NOT NULL', "e ENUM('b','') NOT NULL"],
    ...["e2 ENUM('b','c') DEFAULT 'c'", "s SET('a','b') NOT NULL", "s2 SET('a','b') DEFAULT 'b'", 'j JSON NOT NULL'],
    ...["bt BIT(9) DEFAULT b'101'", 'btn BIT(9) NOT NULL', 'y YEAR NOT NULL', 'tm TIME(3) NOT NULL'],
    ...[
      "da DATE DEFAULT '2024-01-01'",
      "t1 TIMESTAMP NULL DEFAULT '2024-01-01 10:00:00'",
      'zf INT(8) ZEROFILL DEFAULT 3',
    ],
    ...['now1 TIMESTAMP(2) NOT NULL DEFAULT CURRENT_TIMESTAMP(2)', 'now2 DATETIME DEFAULT CURRENT_TIMESTAMP'],
    ...["u16 VARCHAR(9) CHARACTER SET utf16 NOT NULL DEFAULT 'é'", 'u16n CHAR(9) CHARACTER SET utf16 NOT NULL'],
  ];
  const names = added.map((definition) => definition.split(' ')[0] ?? '');

  it('have their default in every row, or are found, each by its name', async () => {
    const { root } = tables;
    await root.run('CREATE TABLE more (id INT PRIMARY KEY)');
    await root.run('INSERT INTO more VALUES (1), (2)');
    await root.run('CREATE TABLE more_new LIKE more');
    await root.run(`ALTER TABLE more_new ${added.map((definition) => `ADD ${definition}`).join(', ')}`);
    const plan = await tables.plan('more');
    await root.run(copyRange(plan, 'TRUE'));
    expect(await tables.verify(plan)).toEqual({ complete: true, rowsCompared: 2, notCompared: [] });
    const other: Readonly<Record<string, string>> = { e: "''", e2: "'b'", s: "'a'", s2: "'a'", tm: "'00:00:01'" };
    for (const name of names) {
      const date = /^(da|t1|now)/.test(name) ? "'2023-01-01'" : undefined;
      await root.run(
        `UPDATE more_new SET ${name} = ${other[name] ?? date ?? (name === 'y' ? '2001' : "'1'")} WHERE id = 2`,
      );
    }
    const error = await failureOf(tables.verify(plan));
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', facts: { columns: names, different: ['id=2'] } });
  });

  it('whose value nobody knows beforehand are told by name', async () => {
    const { root } = tables;
    await root.run(
      'CREATE TABLE told (id INT PRIMARY KEY, a INT, t TIMESTAMP NULL, g INT AS (a + 1), h INT AS (g) STORED)',
    );
    await root.run('CREATE TABLE told_new LIKE told');
    await root.run(
      `ALTER TABLE told_new MODIFY a DECIMAL(9,1), ADD k INT AS (a), ADD u CHAR(36) DEFAULT (CONCAT('a', 'b')), ADD n INT AUTO_INCREMENT UNIQUE`,
    );
    const { notCompared } = comparisonOf(await tables.plan('told'));
    expect(notCompared).toEqual([
      'column g, which is computed from column a, which changes',
      'column h, which is computed from column a, which changes',
      'column k, which is new and computed',
      'column u, which is new and has an expression for its default',
      'column n, which is new and numbered by the server',
    ]);
  });
});
