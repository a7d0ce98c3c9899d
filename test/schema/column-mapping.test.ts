import { describe, expect, it } from 'vitest';
import { parseAlter } from '../../src/schema/alter-statement.js';
import { mapColumns, type ColumnMapping } from '../../src/schema/column-mapping.js';
import type { ColumnModel, TableModel } from '../../src/schema/table-model.js';
import { column, table } from './models.js';

const before = table([column('id', 'bigint'), column('a'), column('b', 'int'), column('c', 'varchar(9)')]);

/** The mapping of a statement whose outcome has these columns. */
function map(
  clauses: string,
  after: readonly ColumnModel[],
  shape: Partial<TableModel> = {},
  source = before,
): ColumnMapping {
  const alter = parseAlter(`ALTER TABLE orders ${clauses}`, { database: 'shop', ansiQuotes: false });
  return mapColumns(source, table(after, [], shape), alter.clauses);
}

function names(mapping: ColumnMapping): readonly string[] {
  return mapping.pairs.map(({ source, target }) => `${source.name}>${target.name}`);
}

const int = (name: string): ColumnModel => column(name);
const [id, c] = [column('id', 'bigint'), column('c', 'varchar(9)')];

describe('mapColumns', () => {
  // What the server makes of each of these was looked up on MySQL 9.7.4, with values in the rows.
  it.each([
    ['FORCE', [id, int('a'), int('b'), c], ['id>id', 'a>a', 'b>b', 'c>c'], [], []],
    ['RENAME COLUMN a TO b, RENAME COLUMN b TO a', [id, int('b'), int('a'), c], ['id>id', 'a>b', 'b>a', 'c>c'], [], []],
    ['CHANGE a b BIGINT, CHANGE b a INT', [id, int('b'), int('a'), c], ['id>id', 'a>b', 'b>a', 'c>c'], [], []],
    ['DROP a, ADD a INT', [id, int('b'), c, int('a')], ['id>id', 'b>b', 'c>c'], ['a'], ['a']],
    [
      'RENAME COLUMN a TO n, ADD a INT',
      [id, int('n'), int('b'), c, int('a')],
      ['id>id', 'a>n', 'b>b', 'c>c'],
      [],
      ['a'],
    ],
    ['DROP a, RENAME COLUMN b TO a', [id, int('a'), c], ['id>id', 'b>a', 'c>c'], ['a'], []],
    ['RENAME COLUMN a TO b, DROP b, ADD a INT', [id, int('b'), c, int('a')], ['id>id', 'a>b', 'c>c'], ['b'], ['a']],
    ['CHANGE `A` `B` INT, DROP B', [id, int('B'), c], ['id>id', 'a>B', 'c>c'], ['b'], []],
    [
      'ADD (n INT, m INT)',
      [int('m'), id, int('a'), int('b'), c, int('n')],
      ['id>id', 'a>a', 'b>b', 'c>c'],
      [],
      ['m', 'n'],
    ],
  ])('follows %s', (clauses, after, pairs, dropped, added) => {
    const mapping = map(clauses, after);
    const gone = before.columns.filter((column) => !mapping.pairs.some(({ source }) => source === column));
    expect([names(mapping), gone.map(({ name }) => name), mapping.added]).toEqual([pairs, dropped, added]);
  });

  it.each([
    [
      'a column that came from nowhere',
      'FORCE',
      [id, int('a'), int('b'), c, int('my_row_id')],
      'my_row_id comes from nowhere',
    ],
    ['a column that is gone', 'FORCE', [id, int('b'), c], 'a is missing'],
    [
      'a rename that did not happen',
      'RENAME COLUMN a TO n',
      [id, int('a'), int('b'), c],
      'n is missing; a comes from nowhere',
    ],
    ['an addition that did not happen', 'ADD n INT', [id, int('a'), int('b'), c], 'n was not added'],
    ['two columns in one', 'CHANGE a b INT', [id, int('b'), c], 'two columns become one'],
  ])('stops at %s', (_what, clauses, after, problem) => {
    expect(() => map(clauses, after)).toThrow(
      expect.objectContaining({ code: 'COLUMNS_UNACCOUNTED', facts: { problem } }),
    );
  });

  it('never writes generated columns, and copies one that becomes plain', () => {
    const source = table([
      id,
      column('v', 'int', { generated: 'virtual' }),
      column('s', 'int', { generated: 'stored' }),
      int('p'),
    ]);
    const stored = column('p', 'int', { generated: 'stored' });
    const mapping = map(
      'MODIFY s INT, MODIFY p INT AS (id) STORED',
      [id, source.columns[1]!, int('s'), stored],
      {},
      source,
    );
    expect(names(mapping)).toEqual(['id>id', 's>s']);
    expect(mapping.computed.map(({ target }) => target.name)).toEqual(['v', 'p']);
  });

  it('says how values get over where selecting the column is not what ALTER TABLE does', () => {
    const mapping = map("MODIFY a ENUM('1')", [id, column('a', "enum('1')"), int('b'), c]);
    expect(mapping.pairs.map(({ conversion }) => conversion)).toEqual(['assign', 'throughText', 'assign', 'assign']);
    const bit = map.bind(null, 'MODIFY c BIT(9)', [id, int('a'), int('b'), column('c', 'bit(9)')]);
    expect(bit).toThrow(expect.objectContaining({ code: 'CONVERSION_NOT_EXACT' }));
  });

  it('gives new NOT NULL columns without a default the value that ALTER TABLE gives them', () => {
    const added: readonly (readonly [definition: string, literal: string | null])[] = [
      ['`n1` bigint unsigned NOT NULL', '0'],
      ["`n2` varchar(9) NOT NULL COMMENT ' DEFAULT '", "''"],
      ["`n3` enum('DEFAULT','b') NOT NULL", '1'],
      ["`n4` set('x') NOT NULL", "''"],
      ['`n5` json NOT NULL', "'null'"],
      ['`n6` datetime NOT NULL', '0'],
      ['`n7` bit(3) NOT NULL', '0'],
      ['`n8` blob NOT NULL', "''"],
      ["`n9` int NOT NULL DEFAULT '5'", null],
      ['`n10` varchar(36) NOT NULL DEFAULT (uuid())', null],
      ['`n11` int DEFAULT NULL', null],
      ['`n12` int GENERATED ALWAYS AS (1) STORED NOT NULL', null],
      ['`n13` point NOT NULL', null],
      ['`n14` text', null],
    ];
    const columns = added.map(([definition]) => {
      const [, name = '', type = ''] = /^`(\w+)` (\S+(?: unsigned)?)/.exec(definition) ?? [];
      const generated = definition.includes('GENERATED') ? 'stored' : 'none';
      return column(name, type, {
        nullable: !definition.includes('NOT NULL'),
        generated,
      });
    });
    const clauses = columns.map(({ name }) => `ADD ${name} INT`).join(', ');
    const createStatement = [
      'CREATE TABLE `o` (',
      added.map(([text]) => `  ${text}`).join(',\n'),
      ') ENGINE=InnoDB',
    ].join('\n');
    const mapping = map(clauses, [id, int('a'), int('b'), c, ...columns], { createStatement });
    expect(mapping.implicitDefaults.map(({ target, literal }) => [target.name, literal])).toEqual(
      added.flatMap(([, literal], at) => (literal === null ? [] : [[`n${at + 1}`, literal]])),
    );
  });

  it('knows a column that becomes AUTO_INCREMENT, and refuses one that may hold NULL', () => {
    const counter = column('a', 'int', { autoIncrement: true });
    const change = (nullable: boolean): ColumnMapping =>
      map(
        'MODIFY a INT AUTO_INCREMENT',
        [id, counter, int('b'), c],
        {},
        table([id, column('a', 'int', { nullable }), int('b'), c]),
      );
    expect(change(false).becomesAutoIncrement?.target.name).toBe('a');
    expect(() => change(true)).toThrow(expect.objectContaining({ code: 'VALUES_WOULD_BE_GENERATED' }));
    const same = map('FORCE', [counter], {}, table([counter]));
    expect(same.becomesAutoIncrement).toBeNull();
  });

  it.each(['_sw_key1', '_SW_KEY12', '_sw_marker'])('refuses a column named %s', (name) => {
    expect(() => map(`ADD ${name} INT`, [id, int('a'), int('b'), c, int(name)])).toThrow(
      expect.objectContaining({ code: 'RESERVED_NAME' }),
    );
    expect(() => map('ADD _sw_keys INT', [id, int('a'), int('b'), c, int('_sw_keys')])).not.toThrow();
  });
});
