/** What a statement takes away beside values: read from both definitions, whoever takes it. */
import { describe, expect, it } from 'vitest';
import { lossEffects } from '../../../src/domain/loss.js';
import { parseAlter } from '../../../src/schema/alter-statement.js';
import { mapColumns } from '../../../src/schema/column-mapping.js';
import { findLosses } from '../../../src/schema/losses/find-losses.js';
import type { ColumnModel, IndexModel, TableModel } from '../../../src/schema/table-model.js';
import { column, index, table } from '../models.js';

/** A table whose SHOW CREATE TABLE has these lines. */
function tableOf(
  columns: readonly (readonly [ColumnModel, definition: string])[],
  indexes: readonly IndexModel[] = [],
  { lines = [], partitioning = '' }: { lines?: readonly string[]; partitioning?: string } = {},
): TableModel {
  const definitions = columns.map(([{ name }, definition]) => `  \`${name}\` ${definition}`);
  const createStatement = `CREATE TABLE \`orders\` (\n${[...definitions, ...lines].join(',\n')}\n) ENGINE=InnoDB\n${partitioning}`;
  return table(
    columns.map(([model]) => model),
    indexes,
    { createStatement, partitioned: partitioning !== '' },
  );
}

function lossesOf(before: TableModel, clauses: string, after: TableModel, names = new Map<string, string>()) {
  const { clauses: read } = parseAlter(`ALTER TABLE orders ${clauses}`, { database: 'shop', ansiQuotes: false });
  const losses = findLosses({
    ...{ source: before, altered: after, constraintNames: names },
    mapping: mapColumns(before, after, read),
  });
  for (const { code, effect, sentence } of losses) {
    expect(effect).toBe(lossEffects[code]);
    expect(sentence).toMatch(/^[A-Z].*\.$/s);
  }
  return losses.map(({ code, name }) => `${code} ${name}`);
}

const id = [column('id'), 'int NOT NULL'] as const;
const primary = index('PRIMARY', ['id']);

describe('Columns', () => {
  const note = [column('note', 'varchar(9)', { nullable: true }), 'varchar(9) DEFAULT NULL'] as const;

  it('are dropped, and not renamed ones', () => {
    expect(lossesOf(tableOf([id, note]), 'DROP note', tableOf([id]))).toEqual(['COLUMN_DROPPED note']);
    const renamed = tableOf([id, [column('text', 'varchar(9)', { nullable: true }), 'varchar(9) DEFAULT NULL']]);
    expect(lossesOf(tableOf([id, note]), 'RENAME COLUMN note TO text', renamed)).toEqual([]);
    expect(lossesOf(tableOf([id, note]), 'DROP note, ADD text VARCHAR(9)', renamed)).toEqual(['COLUMN_DROPPED note']);
    // A new one of the same name has none of the values.
    expect(lossesOf(tableOf([id, note]), 'DROP note, ADD note VARCHAR(9)', tableOf([id, note]))).toEqual([
      'COLUMN_DROPPED note',
    ]);
  });

  it('may be as many as a table has, and the worker goes on meanwhile', () => {
    const many = Array.from({ length: 1_017 }, (_none, at) => {
      return [column(`c${at}`, 'int', { nullable: true }), 'int DEFAULT NULL'] as const;
    });
    const startedAt = performance.now();
    expect(lossesOf(tableOf(many), 'DROP c0', tableOf(many.slice(1)))).toEqual(['COLUMN_DROPPED c0']);
    // It took 20 s when each column read the whole definition.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each([
    ['varchar(9) NOT NULL', false, ['NULL_TAKEN_AWAY note']],
    ["varchar(9) NOT NULL DEFAULT ''", false, ['NULL_TAKEN_AWAY note']],
    ['varchar(9)', true, ['DEFAULT_TAKEN_AWAY note']],
    ["varchar(9) DEFAULT 'DEFAULT'", true, []],
  ])('lose NULL or their default: %s', (definition, nullable, losses) => {
    const after = tableOf([id, [column('note', 'varchar(9)', { nullable }), definition]]);
    expect(lossesOf(tableOf([id, note]), 'MODIFY note x', after)).toEqual(losses);
  });

  it('of a text have NULL for a default, which the server does not write', () => {
    const after = tableOf([id, [column('note', 'text', { nullable: true, octetLength: 65_535 }), 'text']]);
    expect(lossesOf(tableOf([id, note]), 'MODIFY note TEXT', after)).toEqual([]);
  });

  it('lose what fills them', () => {
    const at = column('at', 'timestamp');
    const clock = 'timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP';
    const before = tableOf([
      [column('id', 'int', { autoIncrement: true }), 'int NOT NULL AUTO_INCREMENT'],
      [at, `${clock} ON UPDATE CURRENT_TIMESTAMP`],
    ]);
    expect(lossesOf(before, 'MODIFY id INT', tableOf([id, [at, clock]]))).toEqual([
      'AUTO_INCREMENT_TAKEN_AWAY id',
      'ON_UPDATE_TAKEN_AWAY at',
    ]);
  });

  it('that are computed', () => {
    const computed = (kind: ColumnModel['generated'], expression: string) =>
      [
        column('sum', 'int', { generated: kind, nullable: true }),
        kind === 'none' ? 'int DEFAULT NULL' : `int GENERATED ALWAYS AS (${expression}) ${kind.toUpperCase()}`,
      ] as const;
    const plain = tableOf([id, computed('none', '')]);
    const stored = tableOf([id, computed('stored', '(`id` + 1)')]);
    const other = tableOf([id, computed('stored', '(`id` + 2)')]);
    const virtual = tableOf([id, computed('virtual', '(`id` + 1)')]);
    expect(lossesOf(plain, 'MODIFY sum x', stored)).toEqual(['COLUMN_BECOMES_GENERATED sum']);
    expect(lossesOf(stored, 'MODIFY sum x', plain)).toEqual(['GENERATION_TAKEN_AWAY sum']);
    expect(lossesOf(stored, 'MODIFY sum x', other)).toEqual(['GENERATED_VALUES_CHANGE sum']);
    expect(lossesOf(stored, 'MODIFY sum x', virtual)).toEqual([]);
    expect(lossesOf(virtual, 'MODIFY sum x', other)).toEqual([]);
  });

  it('in a unique index are compared otherwise', () => {
    const name = (collation: string) => [column('name', 'varchar(9)', { collation }), 'varchar(9) NOT NULL'] as const;
    const [strict, loose] = [name('utf8mb4_bin'), name('utf8mb4_0900_ai_ci')];
    const keys = [primary, index('n', ['name'])];
    expect(lossesOf(tableOf([id, strict], keys), 'MODIFY name x', tableOf([id, loose], keys))).toEqual([
      'COLLATION_CHANGED name',
    ]);
    expect(lossesOf(tableOf([id, strict]), 'MODIFY name x', tableOf([id, loose]))).toEqual([]);
  });
});

describe('Indexes', () => {
  const columns = [id, ...['a', 'b'].map((name) => [column(name), 'int NOT NULL'] as const)];
  const keys = (...indexes: readonly IndexModel[]): TableModel => tableOf(columns, [primary, ...indexes]);
  const plain = { unique: false };

  it.each<readonly [what: string, before: IndexModel, after: readonly IndexModel[], losses: readonly string[]]>([
    ['dropped', index('a', ['a'], plain), [], ['INDEX_DROPPED a']],
    ['renamed', index('a', ['a'], plain), [index('z', ['a'], plain)], []],
    ['with another column first', index('a', ['a'], plain), [index('a', ['b', 'a'], plain)], ['INDEX_DROPPED a']],
    ['with more columns', index('a', ['a'], plain), [index('ab', ['a', 'b'], plain)], []],
    ['with fewer columns', index('ab', ['a', 'b'], plain), [index('ab', ['a'], plain)], ['INDEX_DROPPED ab']],
    ['with a prefix', index('a', ['a'], plain), [index('a', ['a(3)'], plain)], ['INDEX_DROPPED a']],
    ['without its prefix', index('a', ['a(3)'], plain), [index('a', ['a'], plain)], []],
    ['unique instead', index('a', ['a'], plain), [index('a', ['a'])], []],
    ['not unique any more', index('a', ['a']), [index('a', ['a'], plain)], ['UNIQUE_DROPPED a']],
    ['unique by more columns', index('a', ['a']), [index('a', ['a', 'b'])], ['UNIQUE_DROPPED a']],
    ['unique by another prefix', index('a', ['a(3)']), [index('a', ['a'])], ['UNIQUE_DROPPED a']],
    [
      'of another type',
      index('a', ['a'], { ...plain, type: 'FULLTEXT' }),
      [index('a', ['a'], plain)],
      ['INDEX_DROPPED a'],
    ],
  ])('%s', (_what, before, after, losses) => {
    expect(lossesOf(keys(before), 'FORCE', keys(...after))).toEqual(losses);
  });

  it('go with their columns', () => {
    const ab = index('ab', ['a', 'b'], plain);
    const after = tableOf([id, columns[1] ?? id], [primary, index('ab', ['a'], plain)]);
    expect(lossesOf(keys(ab), 'DROP b', after)).toEqual(['COLUMN_DROPPED b', 'INDEX_DROPPED ab']);
  });

  it('follow renamed columns', () => {
    const after = tableOf([id, columns[2] ?? id, [column('c'), 'int NOT NULL']], [primary, index('a', ['c'], plain)]);
    expect(lossesOf(keys(index('a', ['a'], plain)), 'RENAME COLUMN a TO c', after)).toEqual([]);
  });

  it('that are the primary key', () => {
    const wider = tableOf(columns, [index('PRIMARY', ['id', 'a'])]);
    expect(lossesOf(keys(), 'DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)', wider)).toEqual([
      'PRIMARY_KEY_DROPPED PRIMARY',
    ]);
    expect(lossesOf(wider, 'DROP PRIMARY KEY, ADD PRIMARY KEY (id)', keys())).toEqual([]);
    const other = tableOf(columns, [index('PRIMARY', ['a']), index('u', ['id'])]);
    expect(lossesOf(keys(), 'DROP PRIMARY KEY, ADD PRIMARY KEY (a), ADD UNIQUE u (id)', other)).toEqual([]);
  });

  it('with expressions', () => {
    const of = (text: string) =>
      tableOf(columns, [primary, index('f', ['(x)'], plain)], { lines: [`  KEY \`f\` (${text})`] });
    expect(lossesOf(of('(`a` + 1)'), 'FORCE', of('(`a` + 1)'))).toEqual([]);
    expect(lossesOf(of('(`a` + 1)'), 'FORCE', of('(`a` + 2)'))).toEqual(['INDEX_DROPPED f']);
  });
});

describe('Constraints and partitions', () => {
  const of = (...checks: readonly string[]): TableModel => tableOf([id], [primary], { lines: checks });
  const small = '  CONSTRAINT `small` CHECK ((`id` < 9))';

  it('are checks that go, change, or are not enforced', () => {
    expect(lossesOf(of(small), 'DROP CHECK small', of())).toEqual(['CHECK_DROPPED small']);
    expect(lossesOf(of(small), 'FORCE', of(small.replace('9', '99')))).toEqual(['CHECK_DROPPED small']);
    expect(lossesOf(of(small), 'FORCE', of(`${small} /*!80016 NOT ENFORCED */`))).toEqual(['CHECK_DROPPED small']);
    expect(lossesOf(of(small), 'FORCE', of(small.replace('small', 'tiny')))).toEqual([]);
    const names = new Map([['orders_chk_1', '_sw_x_chk_1']]);
    const automatic = small.replace('small', 'orders_chk_1');
    expect(lossesOf(of(automatic), 'FORCE', of(small.replace('small', '_sw_x_chk_1')), names)).toEqual([]);
  });

  it('are partitions by their names', () => {
    const by = (...names: readonly string[]): TableModel =>
      tableOf([id], [primary], {
        partitioning: `/*!50100 PARTITION BY RANGE (\`id\`)\n(${names.map((name) => `PARTITION ${name} VALUES LESS THAN (1) ENGINE = InnoDB`).join(',\n ')}) */`,
      });
    expect(lossesOf(by('p0', 'p1'), 'REMOVE PARTITIONING', tableOf([id], [primary]))).toEqual([
      'PARTITIONING_REMOVED orders',
    ]);
    expect(lossesOf(by('p0', 'p1'), 'FORCE', by('p0', 'p1', 'p2'))).toEqual([]);
    expect(lossesOf(by('p0', 'p1'), 'FORCE', by('p01'))).toEqual(['PARTITIONS_DROPPED orders']);
  });
});
