import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { parseAlter, type AlterClause, type AlterContext } from '../../src/schema/alter-statement.js';

const context: AlterContext = { database: 'shop', ansiQuotes: false };

/** Clauses without where they stand, and without what is false or empty. */
function contents(clauses: readonly AlterClause[]): readonly object[] {
  return clauses.map((clause) => {
    const { span: _span, constraintNames, ...content } = clause;
    const definition = 'definition' in content ? Object.entries(content.definition).filter(([, value]) => value) : [];
    const rest = Object.fromEntries(Object.entries(content).filter(([name]) => name !== 'definition'));
    return {
      ...rest,
      ...Object.fromEntries(definition),
      ...(constraintNames.length === 0 ? {} : { checks: constraintNames.map(({ name }) => name) }),
    };
  });
}

function clausesOf(clauses: string): readonly object[] {
  return contents(parseAlter(`ALTER TABLE orders ${clauses}`, context).clauses);
}

const clauses: readonly (readonly [sql: string, clauses: readonly object[]])[] = [
  ['', []],
  ['ADD COLUMN a INT', [{ kind: 'addColumn', column: 'a' }]],
  ['add a int not null first', [{ kind: 'addColumn', column: 'a' }]],
  [
    'ADD COLUMN a INT DEFAULT (1+(2)), ADD b INT',
    [
      { kind: 'addColumn', column: 'a' },
      { kind: 'addColumn', column: 'b' },
    ],
  ],
  [
    "ADD (a INT, b ENUM('x,y', '('), KEY k (a), CHECK (a > (0)), CONSTRAINT p CHECK (b > 1), UNIQUE (a, b))",
    [
      { kind: 'addColumn', column: 'a' },
      { kind: 'addColumn', column: 'b' },
      { kind: 'addIndex', indexKind: 'index', name: 'k' },
      { kind: 'addCheck', name: null },
      { kind: 'addCheck', name: 'p', checks: ['p'] },
      { kind: 'addIndex', indexKind: 'unique', name: null },
    ],
  ],
  [
    `ADD COLUMN a VARCHAR(9) DEFAULT 'x, DROP b' COMMENT 'change a, rename "b" to c -- /* ' AFTER \`b, c\``,
    [{ kind: 'addColumn', column: 'a' }],
  ],
  ['ADD a INT CONSTRAINT pos CHECK (a > 0) CHECK (a < 9)', [{ kind: 'addColumn', column: 'a', checks: ['pos'] }]],
  ['ADD a INT AUTO_INCREMENT UNIQUE', [{ kind: 'addColumn', column: 'a', autoIncrement: true }]],
  ['ADD a SERIAL', [{ kind: 'addColumn', column: 'a', autoIncrement: true }]],
  ['ADD a BIGINT UNSIGNED SERIAL DEFAULT VALUE', [{ kind: 'addColumn', column: 'a', autoIncrement: true }]],
  ["ADD `serial` INT COMMENT 'auto_increment'", [{ kind: 'addColumn', column: 'serial' }]],
  ['ADD a INT AS (auto_increment + 1) CHECK (serial > 0)', [{ kind: 'addColumn', column: 'a' }]],
  ['ADD a INT REFERENCES t (id)', [{ kind: 'addColumn', column: 'a', foreignKey: true }]],
  ['ADD a INT AS (`references` + 1) STORED', [{ kind: 'addColumn', column: 'a' }]],
  [
    'DROP COLUMN a, DROP b RESTRICT',
    [
      { kind: 'dropColumn', column: 'a' },
      { kind: 'dropColumn', column: 'b' },
    ],
  ],
  [
    'CHANGE COLUMN a A BIGINT, CHANGE `x``y` `%s` INT AFTER c',
    [
      { kind: 'changeColumn', column: 'a', newName: 'A' },
      { kind: 'changeColumn', column: 'x`y', newName: '%s' },
    ],
  ],
  [
    "MODIFY COLUMN a SET('json','x'), MODIFY b ENUM('unsigned',',)') FIRST",
    [
      { kind: 'modifyColumn', column: 'a' },
      { kind: 'modifyColumn', column: 'b' },
    ],
  ],
  [
    'RENAME COLUMN a TO b, RENAME COLUMN b TO a',
    [
      { kind: 'renameColumn', column: 'a', newName: 'b' },
      { kind: 'renameColumn', column: 'b', newName: 'a' },
    ],
  ],
  [
    'ALTER COLUMN a SET DEFAULT (1 + 2), ALTER b DROP DEFAULT, ALTER c SET INVISIBLE',
    [
      { kind: 'alterColumn', column: 'a' },
      { kind: 'alterColumn', column: 'b' },
      { kind: 'alterColumn', column: 'c' },
    ],
  ],
  [
    'ADD INDEX i (a), ADD KEY (a(3) DESC), ADD UNIQUE KEY u (a), ADD UNIQUE USING BTREE (a)',
    [
      { kind: 'addIndex', indexKind: 'index', name: 'i' },
      { kind: 'addIndex', indexKind: 'index', name: null },
      { kind: 'addIndex', indexKind: 'unique', name: 'u' },
      { kind: 'addIndex', indexKind: 'unique', name: null },
    ],
  ],
  [
    'ADD FULLTEXT f (a) WITH PARSER ngram, ADD SPATIAL INDEX (g), ADD CONSTRAINT x PRIMARY KEY (a), ADD CONSTRAINT y UNIQUE (a)',
    [
      { kind: 'addIndex', indexKind: 'fulltext', name: 'f' },
      { kind: 'addIndex', indexKind: 'spatial', name: null },
      { kind: 'addIndex', indexKind: 'primary', name: 'PRIMARY' },
      { kind: 'addIndex', indexKind: 'unique', name: 'y' },
    ],
  ],
  [
    'DROP INDEX i, DROP KEY `k, 2`, DROP PRIMARY KEY, RENAME INDEX i TO j, RENAME KEY k TO l, ALTER INDEX i INVISIBLE',
    [
      { kind: 'dropIndex', name: 'i' },
      { kind: 'dropIndex', name: 'k, 2' },
      { kind: 'dropPrimaryKey' },
      { kind: 'renameIndex', name: 'i', newName: 'j' },
      { kind: 'renameIndex', name: 'k', newName: 'l' },
      { kind: 'alterIndexVisibility', name: 'i' },
    ],
  ],
  [
    'ADD CHECK (a > 0), ADD CONSTRAINT CHECK (a > 1), ADD CONSTRAINT p CHECK (a IN (1, 2)) NOT ENFORCED',
    [
      { kind: 'addCheck', name: null },
      { kind: 'addCheck', name: null },
      { kind: 'addCheck', name: 'p', checks: ['p'] },
    ],
  ],
  [
    'DROP CHECK p, DROP CONSTRAINT q, ALTER CHECK r NOT ENFORCED, ALTER CONSTRAINT s ENFORCED',
    [
      { kind: 'dropCheck', name: 'p', checks: ['p'] },
      { kind: 'dropConstraint', name: 'q', checks: ['q'] },
      { kind: 'alterCheck', name: 'r', checks: ['r'] },
      { kind: 'alterCheck', name: 's', checks: ['s'] },
    ],
  ],
  [
    'ADD FOREIGN KEY (a) REFERENCES t (id) ON DELETE CASCADE, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id), DROP FOREIGN KEY f',
    [
      { kind: 'addForeignKey', name: null },
      { kind: 'addForeignKey', name: 'f' },
      { kind: 'dropForeignKey', name: 'f' },
    ],
  ],
  ['RENAME TO b', [{ kind: 'renameTable', target: { database: 'shop', table: 'b' } }]],
  ['RENAME = other.b', [{ kind: 'renameTable', target: { database: 'other', table: 'b' } }]],
  ['RENAME b', [{ kind: 'renameTable', target: { database: 'shop', table: 'b' } }]],
  ['CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, FORCE', [{ kind: 'convertCharset' }, { kind: 'force' }]],
  [
    `ENGINE = 'InnoDB' COMMENT 'x, DROP COLUMN a' AUTO_INCREMENT=5, DEFAULT CHARACTER SET latin1 COLLATE = latin1_bin ROW_FORMAT DYNAMIC`,
    [
      { kind: 'tableOption', option: 'ENGINE', value: 'InnoDB' },
      { kind: 'tableOption', option: 'COMMENT', value: 'x, DROP COLUMN a' },
      { kind: 'tableOption', option: 'AUTO_INCREMENT', value: '5' },
      { kind: 'tableOption', option: 'CHARSET', value: 'latin1' },
      { kind: 'tableOption', option: 'COLLATE', value: 'latin1_bin' },
      { kind: 'tableOption', option: 'ROW_FORMAT', value: 'DYNAMIC' },
    ],
  ],
  [
    `DATA DIRECTORY = '/x' UNION = (a, b) STATS_PERSISTENT DEFAULT`,
    [
      { kind: 'tableOption', option: 'DATA DIRECTORY', value: '/x' },
      { kind: 'tableOption', option: 'UNION', value: '' },
      { kind: 'tableOption', option: 'STATS_PERSISTENT', value: 'DEFAULT' },
    ],
  ],
  ['ADD a INT, ORDER BY a, b DESC', [{ kind: 'addColumn', column: 'a' }, { kind: 'orderBy' }]],
  [
    'ADD a INT PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (1), PARTITION p1 VALUES LESS THAN MAXVALUE)',
    [{ kind: 'addColumn', column: 'a' }, { kind: 'partitionBy' }],
  ],
  ['ADD `remove` INT REMOVE PARTITIONING', [{ kind: 'addColumn', column: 'remove' }, { kind: 'removePartitioning' }]],
  ['ADD PARTITION (PARTITION p VALUES LESS THAN (9))', [{ kind: 'partition', operation: 'add' }]],
  [
    'ALGORITHM=COPY, DROP PARTITION p0, p1',
    [
      { kind: 'algorithm', value: 'COPY' },
      { kind: 'partition', operation: 'drop' },
    ],
  ],
  [
    'REORGANIZE PARTITION p0, p1 INTO (PARTITION p VALUES LESS THAN (9))',
    [{ kind: 'partition', operation: 'reorganize' }],
  ],
  ['EXCHANGE PARTITION p WITH TABLE t WITHOUT VALIDATION', [{ kind: 'partition', operation: 'exchange' }]],
  ['TRUNCATE PARTITION ALL', [{ kind: 'partition', operation: 'truncate' }]],
  ['IMPORT PARTITION p TABLESPACE', [{ kind: 'partition', operation: 'import' }]],
  [
    'LOCK NONE, ALGORITHM = INPLACE, WITHOUT VALIDATION',
    [{ kind: 'lock', value: 'NONE' }, { kind: 'algorithm', value: 'INPLACE' }, { kind: 'validation' }],
  ],
  ['ENABLE KEYS, DISABLE KEYS', [{ kind: 'keys' }, { kind: 'keys' }]],
  ['DISCARD TABLESPACE', [{ kind: 'tablespace' }]],
  ['SECONDARY_LOAD', [{ kind: 'secondaryEngine' }]],
  [
    '/*!80000 ADD COLUMN a INT, */ /* DROP b, */ DROP c -- , DROP d',
    [
      { kind: 'addColumn', column: 'a' },
      { kind: 'dropColumn', column: 'c' },
    ],
  ],
  ['ADDD COLUMN a INT', [{ kind: 'unknown' }]],
  ['DROP COLUMN a b', [{ kind: 'unknown' }]],
  ['DROP a, , DROP b', [{ kind: 'dropColumn', column: 'a' }, { kind: 'unknown' }, { kind: 'dropColumn', column: 'b' }]],
  ['CHANGE a b', [{ kind: 'unknown' }]],
];

describe('parseAlter', () => {
  it.each(clauses)('reads the clauses of ALTER TABLE orders %s', (sql, expected) => {
    expect(clausesOf(sql)).toEqual(expected);
  });

  it.each([
    ['ALTER TABLE orders', 'orders', 'orders'],
    ['alter\ttable `or``ders` ;;', 'or`ders', '`or``ders`'],
    ['-- x\nALTER /* y */ TABLE shop.order ADD a INT; # z', 'order', 'shop.order'],
    ['ALTER TABLE `shop` . orders', 'orders', '`shop` . orders'],
    ['/*! ALTER TABLE shop.2024 ADD a INT */;', '2024', 'shop.2024'],
  ])('finds the table of %s', (sql, table, written) => {
    const alter = parseAlter(sql, context);
    expect(alter.table).toEqual({ database: 'shop', table });
    expect(sql.slice(...alter.tableSpan)).toBe(written);
  });

  it('reads names in double quotes under ANSI_QUOTES', () => {
    const alter = parseAlter('ALTER TABLE "or""ders" ADD "a b" INT', { ...context, ansiQuotes: true });
    expect(alter.table.table).toBe('or"ders');
    expect(contents(alter.clauses)).toEqual([{ kind: 'addColumn', column: 'a b' }]);
  });

  it.each([
    ['', 'NOT_ONE_ALTER', 'empty'],
    [' ; -- nothing', 'NOT_ONE_ALTER', 'empty'],
    ['ALTER TABLE a ADD b INT; DROP TABLE a', 'NOT_ONE_ALTER', 'several'],
    ['ALTER DATABASE shop', 'NOT_ONE_ALTER', 'ALTER DATABASE'],
    ['INSERT INTO a VALUES (1)', 'NOT_ONE_ALTER', 'INSERT'],
    ['CREATE UNIQUE INDEX i ON a (b)', 'NOT_ONE_ALTER', 'write it as ALTER TABLE … ADD INDEX'],
    ['DROP INDEX i ON a', 'NOT_ONE_ALTER', 'write it as ALTER TABLE … DROP INDEX'],
    ['TRUNCATE TABLE a', 'NOT_ONE_ALTER', 'TRUNCATE'],
    ['`a`', 'NOT_ONE_ALTER', 'no keyword'],
    ['ALTER TABLE', 'NOT_ONE_ALTER', 'no table'],
    ['ALTER TABLE shop.', 'NOT_ONE_ALTER', 'no table'],
    ['ALTER TABLE IF EXISTS a ADD b INT', 'NOT_ONE_ALTER', 'IF EXISTS'],
    [`ALTER TABLE a\n ADD b INT COMMENT 'x`, 'NOT_ONE_ALTER', 'character 34 (line 2)'],
    ['CREATE TABLE a (b INT)', 'STATEMENT_NOT_BUILT_YET', 'CREATE TABLE'],
    ['DROP TABLE a', 'STATEMENT_NOT_BUILT_YET', 'DROP TABLE'],
    [`REVERT 'x'`, 'STATEMENT_NOT_BUILT_YET', 'REVERT'],
    ['ALTER TABLE other.a ADD b INT', 'STATEMENT_OTHER_DATABASE', 'other'],
    ['ALTER TABLE Shop.a ADD b INT', 'STATEMENT_OTHER_DATABASE', 'Shop'],
    ['ALTER TABLE a /*!90000 RENAME COLUMN b TO c */', 'VERSION_COMMENT_UNCLEAR', '/*!90000'],
    ['ALTER TABLE shop./*!50000 a */ ADD b INT', 'VERSION_COMMENT_UNCLEAR', 'a'],
    ['ALTER TABLE shop./*! */a ADD b INT', 'VERSION_COMMENT_UNCLEAR', 'shop./*! */a'],
  ])('refuses %j with %s', (sql, code, words) => {
    const error = thrownBy(() => parseAlter(sql, context));
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(words);
  });

  it('compares databases without their case where the server does', () => {
    const alter = parseAlter('ALTER TABLE Shop.a', { ...context, lowerCaseTableNames: true });
    expect(alter.table).toEqual({ database: 'shop', table: 'a' });
  });

  it('reads the same clauses through any white space, comments, letter case and quoting', () => {
    const gap = fc
      .array(
        fc.constantFrom(' ', '\n', '\t', "/* , DROP a ( ' */", '-- DROP a, ` (\n', '# x\n', '/*!50000 */', '/**/'),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((parts) => ` ${parts.join('')} `);
    const name = fc.constantFrom('a', 'a,b', 'change', '`', '((', "it's", 'naïve', 'x'.repeat(64), '%s', '-- ');
    const keyword = (word: string): fc.Arbitrary<string> =>
      fc.constantFrom(word, word.toLowerCase(), word.charAt(0) + word.slice(1).toLowerCase());
    const statement = fc.record({
      gaps: fc.array(gap, { minLength: 16, maxLength: 16 }),
      one: name,
      other: name,
      words: fc.tuple(...['RENAME', 'COLUMN', 'TO', 'DROP', 'ADD', 'INT'].map(keyword)),
    });
    fc.assert(
      fc.property(statement, ({ gaps, one, other, words }) => {
        const quote = (text: string): string => `\`${text.replaceAll('`', '``')}\``;
        const [rename, columnWord, to, drop, add, int] = words;
        const tokens = [
          'ALTER',
          'TABLE',
          'orders',
          rename,
          columnWord,
          quote(one),
          to,
          quote(other),
          ',',
          drop,
          quote(other),
        ];
        const more = [',', add, quote(one), int, `COMMENT ',DROP'`];
        const sql = [...tokens, ...more].map((token, at) => `${gaps[at] ?? ' '}${token}`).join('');
        expect(contents(parseAlter(sql, context).clauses)).toEqual([
          { kind: 'renameColumn', column: one, newName: other },
          { kind: 'dropColumn', column: other },
          { kind: 'addColumn', column: one },
        ]);
      }),
    );
  });
});

function thrownBy(action: () => unknown): SwitchyardError | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof SwitchyardError) return error;
    throw error;
  }
  return undefined;
}
