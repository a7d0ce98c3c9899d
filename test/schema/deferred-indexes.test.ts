import { describe, expect, it } from 'vitest';
import { planDeferredIndexes } from '../../src/schema/deferred-indexes.js';
import type { ColumnModel, IndexModel } from '../../src/schema/table-model.js';
import { column, index, table } from './models.js';

const columns = [
  ...[column('id'), column('n'), column('m'), column('u', 'int', { nullable: true }), column('s', 'varchar(50)')],
  ...[column('t', 'text'), column('v', 'int', { generated: 'virtual' })],
];

/** An index as SHOW CREATE TABLE writes it, such as `UNIQUE KEY a (n)`, and its model. */
function listed(line: string): { readonly text: string; readonly model: IndexModel } {
  const [, kind = '', name = '', parts = ''] =
    /^(?:(UNIQUE|FULLTEXT|SPATIAL|PRIMARY) )?KEY (\w*) ?\((.*)\)/.exec(line) ?? [];
  const text = line.replace(/KEY (\w+)/, 'KEY `$1`').replace(/\((\w+)/, '(`$1`');
  const nullable = /\b[uv]\b/.test(parts);
  const type = kind === 'FULLTEXT' || kind === 'SPATIAL' ? kind : 'BTREE';
  const unique = kind === 'UNIQUE' || kind === 'PRIMARY';
  return { text, model: index(kind === 'PRIMARY' ? 'PRIMARY' : name, parts.split(','), { unique, type, nullable }) };
}

/** Names of what is deferred from a table with these indexes, in the server's order. */
function deferred(lines: readonly string[], shadowKey: string, autoIncrement = ''): readonly string[] {
  const all = lines.map(listed);
  const body = all.map(({ text }) => `  ${text}`).join(',\n');
  const shadow = table(
    columns.map((each): ColumnModel => ({ ...each, autoIncrement: each.name === autoIncrement })),
    all.map(({ model }) => model).sort((one, other) => one.name.localeCompare(other.name)),
    { createStatement: `CREATE TABLE \`o\` (\n  \`id\` int NOT NULL,\n${body}\n) ENGINE=InnoDB` },
  );
  return planDeferredIndexes(shadow, shadowKey).map(({ name }) => name);
}

describe('planDeferredIndexes', () => {
  // For each of these, and hundreds at random, dropping and adding again gave the same SHOW CREATE TABLE on MySQL 9.7.4.
  it.each<
    [what: string, lines: readonly string[], shadowKey: string, autoIncrement: string, deferred: readonly string[]]
  >([
    ['takes all that is not the key', ['PRIMARY KEY (id)', 'UNIQUE KEY a (n)', 'KEY b (m)'], 'PRIMARY', '', ['a', 'b']],
    [
      'keeps the key and what is older in its class',
      ['UNIQUE KEY a (n)', 'UNIQUE KEY k (id)', 'UNIQUE KEY c (m)', 'KEY d (m)'],
      'k',
      '',
      ['c', 'd'],
    ],
    [
      'takes from a later class although the key is in an earlier one',
      ['PRIMARY KEY (n)', 'UNIQUE KEY k (id)', 'UNIQUE KEY c (u)', 'KEY d (m)'],
      'k',
      '',
      ['c', 'd'],
    ],
    [
      'takes from an earlier class although the key is in a later one',
      ['PRIMARY KEY (n)', 'UNIQUE KEY a (m)', 'UNIQUE KEY k (u)'],
      'k',
      '',
      ['a'],
    ],
    [
      'keeps full-text indexes, which are a class of their own',
      ['PRIMARY KEY (id)', 'KEY a (n)', 'FULLTEXT KEY f (t)'],
      'PRIMARY',
      '',
      ['a'],
    ],
    [
      'keeps spatial indexes and what is older',
      ['PRIMARY KEY (id)', 'KEY a (n)', 'SPATIAL KEY g (s)', 'KEY b (m)'],
      'PRIMARY',
      '',
      ['b'],
    ],
    [
      'keeps indexes on expressions and on virtual columns, whose values are refused row by row then',
      ['PRIMARY KEY (id)', 'KEY a (n)', 'KEY v (v)', 'KEY f ((n + 1))', 'KEY w (v)'],
      'PRIMARY',
      '',
      ['a'],
    ],
    [
      'keeps the oldest index that AUTO_INCREMENT can use',
      ['PRIMARY KEY (n)', 'KEY a (m)', 'KEY b (id)', 'KEY c (id,m)'],
      'PRIMARY',
      'id',
      ['c'],
    ],
    [
      'keeps no other for AUTO_INCREMENT when the primary key serves',
      ['PRIMARY KEY (id)', 'KEY b (id)'],
      'PRIMARY',
      'id',
      ['b'],
    ],
    [
      'keeps no other for AUTO_INCREMENT when the shadow key serves',
      ['PRIMARY KEY (n)', 'UNIQUE KEY k (id)', 'KEY b (id)'],
      'k',
      'id',
      ['b'],
    ],
    ['keeps the clustered index', ['UNIQUE KEY a (n)', 'UNIQUE KEY b (m)', 'KEY _sw_key (u)'], '_sw_key', '', ['b']],
    [
      'lets the helper index hold nothing back',
      ['PRIMARY KEY (id)', 'UNIQUE KEY a (u)', 'UNIQUE KEY _sw_key (u)', 'UNIQUE KEY b (u)'],
      '_sw_key',
      '',
      ['a', 'b'],
    ],
    [
      'falls back on coarse classes where the order is not the expected one',
      ['PRIMARY KEY (id)', 'KEY v (v)', 'KEY a (n)', 'KEY f ((n + 1))', 'KEY b (m)'],
      'PRIMARY',
      '',
      ['b'],
    ],
  ])('%s', (_what, lines, shadowKey, autoIncrement, expected) => {
    expect(deferred(lines, shadowKey, autoIncrement)).toEqual(expected);
  });

  it("gives the server's own text, version comments included", () => {
    const text = "KEY `a` (`n` DESC) COMMENT 'x, (' /*!80000 INVISIBLE */";
    const shadow = table(columns, [index('PRIMARY', ['id']), index('a', ['n DESC'], { unique: false })], {
      createStatement: `CREATE TABLE \`o\` (\n  \`n\` int,\n  PRIMARY KEY (\`id\`),\n  ${text}\n) ENGINE=InnoDB`,
    });
    expect(planDeferredIndexes(shadow, 'PRIMARY')).toEqual([{ name: 'a', definition: text }]);
  });
});
