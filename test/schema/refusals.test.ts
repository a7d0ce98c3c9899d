import { describe, expect, it } from 'vitest';
import { parseAlter } from '../../src/schema/alter-statement.js';
import { refuseClauses, refuseUnknownClauses } from '../../src/schema/refusals.js';

function check(clauses: string): void {
  const alter = parseAlter(`ALTER TABLE orders ${clauses}`, { database: 'shop', ansiQuotes: false });
  refuseClauses(alter);
  refuseUnknownClauses(alter);
}

describe('refused clauses', () => {
  it.each([
    ['RENAME TO b', 'CLAUSE_RENAME_TABLE'],
    ['ADD a INT, ALGORITHM=INSTANT', 'CLAUSE_ALGORITHM'],
    ['ADD a INT, LOCK=NONE', 'CLAUSE_ALGORITHM'],
    ...['ANALYZE', 'CHECK', 'DROP', 'OPTIMIZE', 'REBUILD', 'REPAIR', 'TRUNCATE'].map((operation) => [
      `${operation} PARTITION p0, p1`,
      'CLAUSE_PARTITION_OPERATION',
    ]),
    ['DISCARD PARTITION p TABLESPACE', 'CLAUSE_PARTITION_OPERATION'],
    ['EXCHANGE PARTITION p WITH TABLE t', 'CLAUSE_PARTITION_OPERATION'],
    ['DISCARD TABLESPACE', 'CLAUSE_TABLESPACE'],
    ['IMPORT TABLESPACE', 'CLAUSE_TABLESPACE'],
    ['DISABLE KEYS', 'CLAUSE_WITHOUT_EFFECT'],
    ['ORDER BY a', 'CLAUSE_WITHOUT_EFFECT'],
    ['SECONDARY_UNLOAD', 'CLAUSE_SECONDARY_ENGINE'],
    ['ADD FOREIGN KEY (a) REFERENCES t (b)', 'NOT_BUILT_YET'],
    ['DROP FOREIGN KEY a', 'NOT_BUILT_YET'],
    ['ADD a INT REFERENCES t (b)', 'NOT_BUILT_YET'],
    ['ADD (b INT, a INT AUTO_INCREMENT KEY)', 'CLAUSE_NEW_AUTO_INCREMENT'],
    ['ADD a SERIAL', 'CLAUSE_NEW_AUTO_INCREMENT'],
    ['COMMENT = "x" ENGINE = MyISAM', 'CLAUSE_OTHER_ENGINE'],
    ['ADD a INT, FLY', 'CLAUSE_UNKNOWN'],
  ])('%s is refused with %s', (clauses, code) => {
    expect(() => check(clauses)).toThrow(expect.objectContaining({ code }));
  });

  it('are quoted in the message, cut short', () => {
    expect(() => check('ADD a INT, LOCK =\n NONE')).toThrow('which has: LOCK = NONE.');
    expect(() => check(`ADD a INT COMMENT '${'x'.repeat(100)}' AUTO_INCREMENT`)).toThrow(/x{41}….$/);
  });

  it.each([
    '',
    'ENGINE=InnoDB AUTO_INCREMENT=7 ROW_FORMAT=DYNAMIC',
    'MODIFY id BIGINT UNSIGNED AUTO_INCREMENT, CHANGE a b INT, RENAME COLUMN c TO d, ALTER e SET DEFAULT 1',
    'ADD g GEOMETRY NOT NULL SRID 4326, ADD v INT AS (a + 1) VIRTUAL, ADD i INT INVISIBLE',
    'ADD INDEX ((a + 1)), ADD FULLTEXT (t), ADD SPATIAL (g), ADD UNIQUE (u), DROP PRIMARY KEY, ADD PRIMARY KEY (id, d)',
    'ADD CHECK (a > 0), DROP CHECK b, DROP CONSTRAINT c, ALTER CHECK d NOT ENFORCED',
    'PARTITION BY HASH (id) PARTITIONS 4',
    'REMOVE PARTITIONING',
    'ADD PARTITION PARTITIONS 2',
    'COALESCE PARTITION 1',
    'REORGANIZE PARTITION p INTO (PARTITION q VALUES LESS THAN (1))',
    'CONVERT TO CHARACTER SET utf8mb4, FORCE, WITHOUT VALIDATION',
  ])('none is found in: %s', (clauses) => {
    expect(() => check(clauses)).not.toThrow();
  });
});
