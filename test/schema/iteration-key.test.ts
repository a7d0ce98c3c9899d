import { describe, expect, it } from 'vitest';
import { chooseIterationKey, equalityIsBytes } from '../../src/schema/iteration-key.js';
import { column, index, table } from './models.js';

describe('chooseIterationKey', () => {
  it('takes the primary key, column by column in its order', () => {
    const orders = table(
      [
        column('a', 'binary(16)', { octetLength: 16, charset: null }),
        column('id', 'bigint unsigned'),
        column('y', 'year'),
      ],
      [index('PRIMARY', ['id', 'a DESC', 'y']), index('u', ['y'])],
    );
    const key = chooseIterationKey(orders);
    expect(key.indexName).toBe('PRIMARY');
    expect(
      key.columns.map(({ name, ordinal, kind, unsigned, paddedLength, descending }) => [
        ...[name, ordinal, kind, unsigned, paddedLength, descending],
      ]),
    ).toEqual([
      ['id', 1, 'integer', true, null, false],
      ['a', 0, 'bytes', false, 16, true],
      ['y', 2, 'integer', false, null, false],
    ]);
  });

  it('takes the fittest unique index where there is no usable primary key', () => {
    const columns = [column('a'), column('b'), column('s', 'varchar(9)'), column('f', 'float')];
    const indexes = [
      index('PRIMARY', ['f']),
      index('mixed', ['a', 'b DESC']),
      index('text', ['s']),
      index('wide', ['a', 'b']),
      index('best', ['b'], { visible: false }),
      index('other', ['a'], { unique: false }),
    ];
    const chosen = (names: readonly string[]): string =>
      chooseIterationKey(
        table(
          columns,
          indexes.filter(({ name }) => names.includes(name)),
        ),
      ).indexName;
    expect(chosen(['PRIMARY', 'mixed', 'text', 'wide', 'best', 'other'])).toBe('best');
    expect(chosen(['PRIMARY', 'mixed', 'text', 'wide'])).toBe('wide');
    expect(chosen(['mixed', 'text'])).toBe('text');
    expect(chosen(['mixed'])).toBe('mixed');
  });

  it('names what is wrong with every candidate', () => {
    const columns = [
      ...[column('f', 'double'), column('s', 'varchar(99)'), column('n', 'int', { nullable: true })],
      ...[column('v', 'int', { generated: 'virtual' }), column('g', 'int', { generated: 'stored' })],
    ];
    const unusable = [
      index('PRIMARY', ['f']),
      index('prefix', ['g', 's(10)']),
      index('nulls', ['n'], { nullable: true }),
      index('expression', ['g', '(s + 1)']),
      index('virtual', ['v']),
      index('plain', ['g'], { unique: false }),
    ];
    expect(() => chooseIterationKey(table(columns, unusable))).toThrow(
      'the primary key has column f of type double; ' +
        'unique index prefix holds only the beginning of column s; ' +
        'unique index nulls has column n, which can be NULL; ' +
        'unique index expression has a part that is an expression; ' +
        'unique index virtual has column v, which is stored nowhere but in the index',
    );
    expect(chooseIterationKey(table(columns, [...unusable, index('stored', ['g'])])).indexName).toBe('stored');
    expect(() => chooseIterationKey(table(columns))).toThrow('it has neither a primary key nor a unique index');
  });

  it.each([
    ['integer', ['tinyint', 'smallint', 'mediumint', 'int', 'bigint unsigned', 'year']],
    ['bytes', ['char(3)', 'varchar(9)', 'binary(3)', 'varbinary(9)']],
    ['decimal', ['decimal(9,2)']],
    ['date', ['date']],
    ['datetime', ['datetime(6)']],
    ['timestamp', ['timestamp']],
    ['time', ['time(3)']],
    ['enum', ["enum('set','json')"]],
    ['set', ["set('a')"]],
    ['bit', ['bit(64)']],
  ])('reads as %s: %s', (kind, types) => {
    for (const type of types) {
      const [first] = chooseIterationKey(table([column('k', type)], [index('PRIMARY', ['k'])])).columns;
      expect(first?.kind).toBe(kind);
    }
  });

  it('takes no SET with more members than the server compares exactly', () => {
    const set = (members: number): string => `set(${Array.from({ length: members }, (_, at) => `'m${at}'`).join(',')})`;
    const choose = (members: number) =>
      chooseIterationKey(table([column('k', set(members))], [index('PRIMARY', ['k'])]));
    expect(choose(53).columns[0]?.kind).toBe('set');
    expect(() => choose(54)).toThrow('a SET of more than 53 members, which the server compares inexactly');
  });

  it.each(['float', 'double', 'json', 'point', 'vector(3)', 'text'])('takes no key of type %s', (type) => {
    expect(() => chooseIterationKey(table([column('k', type)], [index('PRIMARY', ['k'])]))).toThrow(
      `of type ${/^[a-z]+/.exec(type)?.[0]}`,
    );
  });
});

describe('equalityIsBytes', () => {
  it.each([
    ['int', {}, true],
    ['datetime(6)', {}, true],
    ["enum('a')", {}, true],
    ['varbinary(9)', { charset: null, collation: null }, true],
    ['varchar(9)', { collation: 'utf8mb4_0900_bin' }, true],
    ['varchar(9)', { collation: 'utf8mb4_bin' }, false],
    ['varchar(9)', { collation: 'utf8mb4_0900_ai_ci' }, false],
    ['char(9)', { charset: 'latin1', collation: 'latin1_bin' }, false],
  ])('%s %j: %s', (type, shape, expected) => {
    const orders = table([column('id'), column('k', type, shape)], [index('PRIMARY', ['id', 'k'])]);
    expect(equalityIsBytes(chooseIterationKey(orders))).toBe(expected);
  });
});
