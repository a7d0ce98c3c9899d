/** What record-fixtures.ts lets a server do: each scenario becomes one binlog file, each step one transaction. */
import { ddl, rows, statement, type Scenario } from './scenario.js';
import { everyScenario, keyTypesScenario } from './type-scenarios.js';

const jsonTable = `CREATE TABLE docs (a JSON, id INT NOT NULL, b JSON, v INT, c JSON, PRIMARY KEY (id))`;
const jsonValues = `'{"x": "${'x'.repeat(200)}", "n": 1}'`;

function partialJsonScenario(image: 'FULL' | 'MINIMAL'): Scenario {
  return {
    name: `partial-json-${image.toLowerCase()}`,
    setup: [
      jsonTable,
      `INSERT INTO docs VALUES (${jsonValues}, 1, ${jsonValues}, 1, ${jsonValues}), (${jsonValues}, 2, NULL, 2, ${jsonValues}), (${jsonValues}, 3, '1', 2, NULL)`,
      `SET SESSION binlog_row_image = '${image}'`,
      "SET SESSION binlog_row_value_options = 'PARTIAL_JSON'",
    ],
    followed: [{ table: 'docs', key: ['id'] }],
    steps: [
      rows(`UPDATE docs SET c = JSON_SET(c, '$.n', 2)`),
      rows(`UPDATE docs SET a = JSON_REPLACE(a, '$.n', 3), b = JSON_SET(b, '$.n', 5), c = '[]' WHERE id < 3`),
      rows(`UPDATE docs SET a = JSON_REMOVE(a, '$.n'), id = id + 100`),
      rows(`UPDATE docs SET b = '{}' WHERE id = 101`),
      rows('DELETE FROM docs WHERE id > 101'),
    ],
  };
}

const twoTables: readonly string[] = [
  'CREATE TABLE a (id INT PRIMARY KEY, v INT)',
  'CREATE TABLE b (id BIGINT PRIMARY KEY, v VARCHAR(20))',
  'CREATE TABLE ours (id INT PRIMARY KEY, v LONGTEXT)',
  'CREATE TABLE stranger (id INT PRIMARY KEY, v INT)',
  'CREATE TABLE engine (id INT PRIMARY KEY, v INT) ENGINE = MyISAM',
];
const followedPair: Scenario['followed'] = [
  { table: 'a', key: ['id'] },
  { table: 'b', key: ['id'] },
];

const transactionsScenario: Scenario = {
  name: 'transactions',
  setup: [
    ...twoTables,
    'CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (10), PARTITION q VALUES LESS THAN (20))',
    'CREATE TABLE child (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE)',
  ],
  followed: [
    ...followedPair,
    { table: 'engine', key: ['id'] },
    { table: 'child', key: ['id'] },
    { table: 'parted', key: ['id'] },
  ],
  ownTable: 'ours',
  steps: [
    rows(
      'START TRANSACTION',
      'INSERT INTO a VALUES (1, 1), (2, 2)',
      "INSERT INTO b VALUES (-1, 'x')",
      'UPDATE a SET v = 9 WHERE id = 2',
      'COMMIT',
    ),
    rows(
      'START TRANSACTION',
      'SAVEPOINT one',
      'INSERT INTO a VALUES (3, 3)',
      'SAVEPOINT two',
      'INSERT INTO a VALUES (4, 4)',
      'ROLLBACK TO SAVEPOINT two',
      'RELEASE SAVEPOINT one',
      'COMMIT',
    ),
    rows('INSERT INTO engine VALUES (2, 2)'),
    rows("INSERT INTO ours VALUES (1, 'x')"),
    rows('START TRANSACTION', "INSERT INTO ours VALUES (2, 'x')", 'INSERT INTO stranger VALUES (1, 1)', 'COMMIT'),
    rows('INSERT INTO parted VALUES (1), (11)'),
    rows('UPDATE parted SET id = 12 WHERE id = 1'),
    rows('INSERT INTO child VALUES (1, 2), (2, 2)'),
    rows('DELETE FROM a WHERE id = 2'),
    rows(
      "SET SESSION gtid_next = 'AUTOMATIC:tag_one'",
      'INSERT INTO a VALUES (6, 6)',
      "SET SESSION gtid_next = 'AUTOMATIC'",
    ),
    rows(
      `SET SESSION gtid_next = 'AUTOMATIC:a${'z'.repeat(31)}'`,
      'DELETE FROM a WHERE id = 6',
      "SET SESSION gtid_next = 'AUTOMATIC'",
    ),
    {
      sql: [
        "SET SESSION gtid_next = '{uuid}:9223372036854775806'",
        'BEGIN',
        'COMMIT',
        "SET SESSION gtid_next = 'AUTOMATIC'",
      ],
      logs: 'nothing',
    },
    rows(
      'SET SESSION binlog_rows_query_log_events = ON',
      'INSERT INTO a VALUES (7, 7)',
      'SET SESSION binlog_rows_query_log_events = OFF',
    ),
    rows('REPLACE INTO a VALUES (7, 8), (8, 8)'),
    rows('INSERT INTO a VALUES (7, 9), (9, 9) ON DUPLICATE KEY UPDATE v = 10'),
  ],
};

const xaScenario: Scenario = {
  name: 'xa',
  setup: twoTables,
  followed: followedPair,
  steps: [
    {
      sql: ["XA START 'first'", 'INSERT INTO a VALUES (1, 1)', "XA END 'first'", "XA PREPARE 'first'"],
      logs: 'rows',
      xa: 'prepare',
    },
    { sql: ["XA COMMIT 'first'"], logs: 'nothing', xa: 'commit' },
    {
      sql: [
        "XA START X'00FF27', 'branch', 5000000000",
        'INSERT INTO a VALUES (2, 2)',
        "INSERT INTO b VALUES (2, 'b')",
        "XA END X'00FF27', 'branch', 5000000000",
        "XA PREPARE X'00FF27', 'branch', 5000000000",
      ],
      logs: 'rows',
      xa: 'prepare',
    },
    { sql: ["XA ROLLBACK X'00FF27', 'branch', 5000000000"], logs: 'nothing', xa: 'rollback' },
    rows(
      "XA START 'one phase'",
      'INSERT INTO a VALUES (3, 3)',
      "XA END 'one phase'",
      "XA COMMIT 'one phase' ONE PHASE",
    ),
    {
      sql: [
        'SET SESSION binlog_transaction_compression = ON',
        "XA START 'packed'",
        'INSERT INTO a VALUES (4, 4)',
        "XA END 'packed'",
        "XA PREPARE 'packed'",
      ],
      logs: 'rows',
      xa: 'prepare',
    },
    { sql: ["XA COMMIT 'packed'"], logs: 'nothing', xa: 'commit' },
  ],
};

/** Rows made of the numbers `i` from 1 to `count`. */
function many(count: number, columns: string): string {
  return `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT ${columns} FROM n`;
}

const compressedScenario: Scenario = {
  name: 'compressed',
  setup: [
    ...twoTables,
    'CREATE TABLE wide (v LONGTEXT, id INT NOT NULL, w LONGTEXT, PRIMARY KEY (id))',
    'SET SESSION cte_max_recursion_depth = 10000',
    'SET SESSION binlog_transaction_compression = ON',
  ],
  followed: [...followedPair, { table: 'wide', key: ['id'] }],
  ownTable: 'ours',
  steps: [
    rows('INSERT INTO a VALUES (1, 1)'),
    rows(`INSERT INTO wide ${many(500, "REPEAT(CHAR(65 + i MOD 26), 900), i, REPEAT('w', 200)")}`),
    rows(
      'START TRANSACTION',
      "INSERT INTO b VALUES (1, 'x')",
      "INSERT INTO wide VALUES (REPEAT('long ', 120000), 1000, 'end')",
      "INSERT INTO b VALUES (2, 'y')",
      'COMMIT',
    ),
    rows(
      'START TRANSACTION',
      'DELETE FROM wide WHERE id BETWEEN 100 AND 120',
      'UPDATE wide SET id = id + 5000 WHERE id < 4',
      'SAVEPOINT s',
      "INSERT INTO ours VALUES (1, '')",
      'COMMIT',
    ),
    rows(`INSERT INTO ours ${many(300, "i + 10, REPEAT('o', 1000)")}`),
    rows(
      "SET SESSION gtid_next = 'AUTOMATIC:packed'",
      'INSERT INTO a VALUES (2, 2)',
      "SET SESSION gtid_next = 'AUTOMATIC'",
    ),
    // More than the zstd window of the default level.
    rows(`INSERT INTO wide ${many(2_500, "REPEAT(CHAR(65 + i MOD 20), 900), 10000 + i, REPEAT('w', 200)")}`),
    rows(
      'SET SESSION binlog_transaction_compression_level_zstd = 19',
      `UPDATE wide SET w = REPEAT('z', 100) WHERE id < 300`,
    ),
  ],
};

const statementsScenario: Scenario = {
  name: 'statements',
  setup: [...twoTables, 'CREATE TABLE c (id INT AUTO_INCREMENT PRIMARY KEY, v INT)'],
  followed: followedPair,
  steps: [
    rows('INSERT INTO a VALUES (1, 1), (2, 2)'),
    statement('UPDATE', 'UPDATE a SET v = v + 1'),
    statement('INSERT', 'SET @v = 4', 'INSERT INTO c (v) VALUES (@v + RAND() + LAST_INSERT_ID())'),
    statement('DELETE', '/* why */ DELETE FROM a WHERE id = 1'),
    statement('LOAD', "LOAD DATA INFILE '{file}' INTO TABLE a FIELDS TERMINATED BY ','"),
    rows("LOAD DATA INFILE '{file2}' INTO TABLE a FIELDS TERMINATED BY ','"),
    ddl('ALTER TABLE b ADD COLUMN w INT'),
    ddl("SET SESSION sql_mode = 'ANSI_QUOTES'", 'ALTER TABLE "b" DROP COLUMN "w"', "SET SESSION sql_mode = ''"),
    ddl('TRUNCATE TABLE b'),
    ddl('CREATE TABLE copied SELECT * FROM a'),
    ddl('CREATE TABLE elsewhere (`größe` INT)'),
    ddl('RENAME TABLE copied TO moved, elsewhere TO copied'),
    ddl('DROP TABLE moved, copied'),
    ddl('CREATE ROLE somebody'),
    ddl('DROP ROLE somebody'),
    ddl('ANALYZE TABLE a'),
    rows('INSERT INTO a VALUES (9, 9)'),
  ],
};

export const scenarios: readonly Scenario[] = [
  keyTypesScenario,
  everyScenario('FULL'),
  everyScenario('MINIMAL'),
  everyScenario('NOBLOB'),
  partialJsonScenario('FULL'),
  partialJsonScenario('MINIMAL'),
  transactionsScenario,
  xaScenario,
  compressedScenario,
  statementsScenario,
  {
    name: 'key-left-to-default',
    setup: [
      'CREATE TABLE d (id INT NOT NULL DEFAULT 7, v INT, PRIMARY KEY (id))',
      "SET SESSION binlog_row_image = 'MINIMAL'",
    ],
    followed: [{ table: 'd', key: ['id'] }],
    steps: [rows('INSERT INTO d VALUES (1, 1)'), rows('INSERT INTO d (v) VALUES (1)')],
    stopsWith: 'BINLOG_KEY_NOT_IN_IMAGE',
  },
  {
    name: 'table-changed',
    setup: ['CREATE TABLE d (id INT NOT NULL, v INT, PRIMARY KEY (id))'],
    followed: [{ table: 'd', key: ['id'] }],
    steps: [
      rows('INSERT INTO d VALUES (1, 1)'),
      ddl('ALTER TABLE d ADD COLUMN w INT'),
      rows('INSERT INTO d VALUES (2, 2, 2)'),
    ],
    stopsWith: 'BINLOG_TABLE_CHANGED',
  },
];
