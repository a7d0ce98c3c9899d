import { describe, expect, it } from 'vitest';
import { mapColumns } from '../../src/schema/column-mapping.js';
import { chooseIterationKey } from '../../src/schema/iteration-key.js';
import { planShadowKey, type ShadowKey } from '../../src/schema/shadow-key.js';
import { parseAlter } from '../../src/schema/alter-statement.js';
import type { ColumnModel, IndexModel, TableModel } from '../../src/schema/table-model.js';
import { column, index, table } from './models.js';

const primary = index('PRIMARY', ['a', 'b']);
const bin = { collation: 'utf8mb4_bin' };

interface Change {
  readonly clauses?: string;
  readonly before?: readonly ColumnModel[];
  readonly after: readonly ColumnModel[];
  readonly keyBefore?: IndexModel;
  readonly indexes?: readonly IndexModel[];
  readonly shape?: Partial<TableModel>;
}

function plan({
  clauses = 'FORCE',
  before,
  after,
  keyBefore = primary,
  indexes = [primary],
  shape,
}: Change): ShadowKey {
  const source = table(before ?? [column('a', 'int'), column('b', 'varchar(9)')], [keyBefore]);
  const shadow = table(after, indexes, shape);
  const alter = parseAlter(`ALTER TABLE orders ${clauses}`, { database: 'shop', ansiQuotes: false });
  return planShadowKey(chooseIterationKey(source), mapColumns(source, shadow, alter.clauses), shadow);
}

describe('planShadowKey', () => {
  it.each<[what: string, change: Change, indexName: string, columns: readonly string[]]>([
    ['nothing changes', { after: [column('a'), column('b', 'varchar(9)')] }, 'PRIMARY', ['a', 'b']],
    [
      'columns are renamed',
      {
        clauses: 'RENAME COLUMN a TO b, RENAME COLUMN b TO a',
        after: [column('b'), column('a', 'varchar(9)')],
        indexes: [index('PRIMARY', ['b', 'a'])],
      },
      'PRIMARY',
      ['b', 'a'],
    ],
    [
      'integers change and texts get longer',
      { after: [column('a', 'bigint unsigned'), column('b', 'varchar(50)')] },
      'PRIMARY',
      ['a', 'b'],
    ],
    [
      'a unique index replaces the primary key',
      {
        after: [column('a'), column('b', 'varchar(9)')],
        indexes: [index('hidden', ['a', 'b'], { visible: false }), index('u', ['a', 'b'])],
      },
      'u',
      ['a', 'b'],
    ],
    [
      'both directions are turned round',
      { after: [column('a'), column('b', 'varchar(9)')], indexes: [index('PRIMARY', ['a DESC', 'b DESC'])] },
      'PRIMARY',
      ['a', 'b'],
    ],
    [
      'it is partitioned by the key',
      { after: [column('a'), column('b', 'varchar(9)')], shape: { partitioned: true } },
      'PRIMARY',
      ['a', 'b'],
    ],
  ])('uses the own columns of the shadow when %s', (_what, change, indexName, columns) => {
    expect(plan(change)).toEqual({ kind: 'direct', indexName, columns });
  });

  const same = [column('a'), column('b', 'varchar(9)')];
  it.each<[what: string, change: Change]>([
    ['a collation changes', { after: [column('a'), column('b', 'varchar(9)', bin)] }],
    ['a character set changes', { after: [column('a'), column('b', 'varchar(9)', { charset: 'latin1' })] }],
    ['a type changes', { after: [column('a', 'decimal(9,0)'), column('b', 'varchar(9)')] }],
    ['a text gets shorter', { after: [column('a'), column('b', 'varchar(8)')] }],
    ['VARCHAR becomes CHAR', { after: [column('a'), column('b', 'char(9)')] }],
    [
      'a key column becomes generated',
      { after: [column('a', 'int', { generated: 'stored' }), column('b', 'varchar(9)')] },
    ],
    ['a key column is dropped', { clauses: 'DROP a', after: [column('b', 'varchar(9)')], indexes: [] }],
    ['a key column is dropped and added', { clauses: 'DROP a, ADD a INT', after: same }],
    ['the index is gone', { after: same, indexes: [index('u', ['a', 'b'], { unique: false })] }],
    ['the index holds a prefix', { after: same, indexes: [index('u', ['a', 'b(5)'])] }],
  ])('adds helper columns of the source type when %s', (_what, change) => {
    expect(plan(change)).toEqual({
      kind: 'helper',
      indexName: '_sw_key',
      isUnique: true,
      sameRowIndex: null,
      columns: ['_sw_key1', '_sw_key2'],
      definitions: [
        '`_sw_key1` int NULL INVISIBLE',
        '`_sw_key2` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NULL INVISIBLE',
      ],
    });
  });

  it.each<[what: string, indexes: readonly IndexModel[]]>([
    ['has another order', [index('PRIMARY', ['b', 'a'])]],
    ['mixes directions', [index('PRIMARY', ['a', 'b DESC'])]],
    ['has fewer columns', [index('PRIMARY', ['a'])]],
    ['has the key behind another column', [index('PRIMARY', ['c', 'a', 'b'])]],
    ['is longer and can hold NULL', [index('PRIMARY', ['c']), index('u', ['a', 'b', 'c'], { nullable: true })]],
  ])('adds an index on its own columns when the index %s', (_what, indexes) => {
    const helper = { kind: 'helper', indexName: '_sw_key', columns: ['a', 'b'], definitions: [] };
    const change = { after: [...same, column('c')], clauses: 'ADD c INT NOT NULL', indexes };
    expect(plan(change)).toEqual({ ...helper, isUnique: true, sameRowIndex: null });
    const shape = { partitioned: true };
    const contains = indexes.some(({ name, parts }) => name === 'PRIMARY' && parts.length >= 2);
    if (contains) expect(plan({ ...change, shape })).toEqual({ ...helper, isUnique: false, sameRowIndex: 'PRIMARY' });
    else expect(() => plan({ ...change, shape })).toThrow(expect.objectContaining({ code: 'HELPER_NOT_POSSIBLE' }));
  });

  it.each<[what: string, indexes: readonly IndexModel[], indexName: string]>([
    ['the primary key', [index('PRIMARY', ['a', 'b', 'c'])], 'PRIMARY'],
    ['a unique index', [index('PRIMARY', ['c']), index('u', ['a', 'b', 'c'])], 'u'],
  ])('uses %s that begins with the key', (_what, indexes, indexName) => {
    const change = { after: [...same, column('c')], clauses: 'ADD c INT NOT NULL', indexes };
    for (const partitioned of [false, true]) {
      expect(plan({ ...change, shape: { partitioned } })).toEqual({ kind: 'direct', indexName, columns: ['a', 'b'] });
    }
  });

  it('adds an index that is not unique on helper columns where there are partitions', () => {
    const after = [column('a'), column('b', 'varchar(9)', bin)];
    expect(plan({ after, shape: { partitioned: true } })).toMatchObject({
      kind: 'helper',
      columns: ['_sw_key1', '_sw_key2'],
      isUnique: false,
      sameRowIndex: null,
    });
  });

  it('adds no index where there can be none', () => {
    const many = Array.from({ length: 63 }, (_, at) => index(`i${at}`, ['a'], { unique: false }));
    const reversed = index('PRIMARY', ['b', 'a']);
    expect(plan({ after: same, indexes: [reversed, ...many.slice(1)] }).kind).toBe('helper');
    for (const others of [many, [index('_SW_KEY', ['a'], { unique: false })]]) {
      expect(() => plan({ after: same, indexes: [reversed, ...others] })).toThrow(
        expect.objectContaining({ code: 'HELPER_NOT_POSSIBLE' }),
      );
    }
  });

  it.each(["enum('a','b')", 'decimal(9,2)', 'datetime(3)', 'binary(16)', 'bit(9)'])(
    'needs %s to stay exactly as it is',
    (type) => {
      const keyBefore = index('PRIMARY', ['k']);
      const change = (after: string): ShadowKey =>
        plan({ before: [column('k', type)], after: [column('k', after)], keyBefore, indexes: [keyBefore] });
      expect(change(type).kind).toBe('direct');
      expect(change(type.replace(/\d|'b'/, '8')).kind).toBe('helper');
    },
  );

  const options = (text: string): Partial<TableModel> => ({
    createStatement: `CREATE TABLE \`o\` (\n  \`a\` int\n) ENGINE=InnoDB ${text}`,
  });
  it.each<[what: string, problem: string, change: Partial<Change>]>([
    ['partitioned', 'partitioning columns', { shape: { partitioned: true }, indexes: [index('PRIMARY', ['a'])] }],
    ['full-text', 'FULLTEXT', { indexes: [index('f', ['b'], { unique: false, type: 'FULLTEXT' })] }],
    ['compressed', 'compressed', { shape: options("COMMENT='x' ROW_FORMAT=COMPRESSED") }],
    ['compressed', 'compressed', { shape: options('KEY_BLOCK_SIZE=8') }],
  ])('refuses a %s shadow that would need a helper', (_what, problem, change) => {
    const after = [column('a'), column('b', 'varchar(9)', bin)];
    expect(() => plan({ after, ...change })).toThrow(
      expect.objectContaining({ code: 'HELPER_NOT_POSSIBLE', message: expect.stringContaining(problem) }),
    );
    expect(plan({ after, shape: options("COMMENT='KEY_BLOCK_SIZE=8'") }).kind).toBe('helper');
  });
});
