import { describe, expect, it } from 'vitest';
import { parseAlter } from '../../src/schema/alter-statement.js';
import { mapColumns } from '../../src/schema/column-mapping.js';
import { timeZoneSensitiveColumns } from '../../src/schema/conversions.js';
import type { ColumnModel } from '../../src/schema/table-model.js';
import { column, table } from './models.js';

/** Names of what depends on the time zone when a table becomes this one. */
function sensitive(
  before: readonly ColumnModel[],
  after: readonly ColumnModel[],
  clauses: string,
  lines: readonly string[],
): readonly string[] {
  const shadow = table(after, [], {
    createStatement: `CREATE TABLE \`o\` (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB`,
  });
  const alter = parseAlter(`ALTER TABLE orders ${clauses}`, { database: 'shop', ansiQuotes: false });
  return timeZoneSensitiveColumns(mapColumns(table(before), shadow, alter.clauses), shadow).map((each) => each.column);
}

describe('timeZoneSensitiveColumns', () => {
  const ts = column('ts', 'timestamp');

  it.each([
    ['timestamp', 'timestamp(6)', []],
    ['timestamp', 'datetime', ['x']],
    ['datetime', 'timestamp', ['x']],
    ['timestamp', 'varchar(30)', ['x']],
    ['timestamp', 'bigint', ['x']],
    ['datetime', 'date', []],
    ['time', 'datetime', ['x']],
    ['time', 'date', ['x']],
    ['time', 'year', ['x']],
    ['time', 'time(3)', []],
    ['varchar(30)', 'datetime', ['x']],
    ['blob', 'time', ['x']],
    ['json', 'date', ['x']],
    ["enum('2024-01-01')", 'date', ['x']],
    ['varchar(30)', 'text', []],
    ['bigint', 'datetime', []],
  ])('%s to %s', (from, to, expected) => {
    expect(sensitive([column('x', from)], [column('x', to)], 'FORCE', [`\`x\` ${to}`])).toEqual(expected);
  });

  it.each([
    [
      'a generated column of a TIMESTAMP',
      '`x` date GENERATED ALWAYS AS (cast(`ts` as date)) STORED',
      { generated: 'stored' as const },
      ['x'],
    ],
    [
      'a generated column of something else',
      "`x` varchar(40) GENERATED ALWAYS AS (concat(`y`,'ts')) STORED",
      { generated: 'stored' as const },
      [],
    ],
    // Its value is written out.
    ['a new column filled from the clock', '`x` datetime DEFAULT CURRENT_TIMESTAMP', {}, []],
    ['a new column filled by an expression of the clock', '`x` date DEFAULT (curdate())', { dataType: 'date' }, ['x']],
    [
      'a new TIMESTAMP with an expression',
      "`x` timestamp DEFAULT (_utf8mb4'2024-01-01')",
      { dataType: 'timestamp' },
      ['x'],
    ],
    [
      'a generated date of a text',
      '`x` date GENERATED ALWAYS AS (`y`) STORED',
      { generated: 'stored' as const },
      ['x'],
    ],
    [
      'a generated number of a text',
      '`x` int GENERATED ALWAYS AS (length(`y`)) STORED',
      { generated: 'stored' as const },
      [],
    ],
    ['a new TIMESTAMP filled from the clock', '`x` timestamp DEFAULT CURRENT_TIMESTAMP', { dataType: 'timestamp' }, []],
    ['a new column with a plain default', "`x` datetime DEFAULT '2024-01-01 00:00:00'", {}, []],
  ])('%s', (_what, line, shape, expected) => {
    const after = [ts, column('y', 'varchar(30)'), column('x', 'datetime', shape)];
    expect(
      sensitive([ts, column('y', 'varchar(30)')], after, 'ADD x INT', [
        '`ts` timestamp NOT NULL',
        '`y` varchar(30)',
        line,
      ]),
    ).toEqual(expected);
  });

  it('checks and indexes on expressions of a TIMESTAMP', () => {
    const lines = [
      '`ts` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP',
      'PRIMARY KEY (`ts`)',
      'KEY `plain` (`ts`)',
      'KEY `expression` ((cast(`ts` as date)))',
      'CONSTRAINT `c` CHECK ((year(`ts`) > 2000))',
    ];
    expect(sensitive([ts], [ts], 'FORCE', lines)).toEqual(['expression', 'c']);
  });
});
