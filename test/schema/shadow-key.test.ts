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
    ['the index has another order', { after: same, indexes: [index('PRIMARY', ['b', 'a'])] }],
    ['the index mixes directions', { after: same, indexes: [index('PRIMARY', ['a', 'b DESC'])] }],
    ['the index has fewer columns', { after: same, indexes: [index('PRIMARY', ['a'])] }],
    ['the index has more columns', { after: same, indexes: [index('PRIMARY', ['a', 'b', 'b'])] }],
    ['the index holds a prefix', { after: same, indexes: [index('u', ['a', 'b(5)'])] }],
  ])('adds helper columns of the source type when %s', (_what, change) => {
    expect(plan(change)).toEqual({
      kind: 'helper',
      indexName: '_sw_key',
      columns: ['_sw_key1', '_sw_key2'],
      definitions: [
        '`_sw_key1` int NULL INVISIBLE',
        '`_sw_key2` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NULL INVISIBLE',
      ],
    });
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
    ['partitioned', 'partitioning columns', { shape: { partitioned: true } }],
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
