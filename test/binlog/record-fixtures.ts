/**
 * Makes the fixtures again, on a server of one's own choice that runs on this machine, has binlog and GTIDs on, and
 * whose data is of no value:
 *
 *     npx tsx test/binlog/record-fixtures.ts --host 127.0.0.1 --port 3306 [--user root] [--password …]
 *
 * and then `npx prettier --write test/binlog/fixtures`. A fresh server is needed: the first files must begin before it has
 * seen a tagged GTID. It takes a database `switchyard_fixture` for itself. What a transaction changed is found by comparing the tables, as
 * SELECT prints them, before and after it; nothing of the decoder is used.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import type { FollowedTable, KeyColumn, KeyKind } from '../../src/binlog/feed-item.js';
import type { Key } from '../../src/binlog/key.js';
import { sortedKeys, type ExpectedTransaction, type Fixture } from './fixture.js';
import type { Scenario, Step } from './scenario.js';
import { scenarios } from './scenarios.js';

const database = 'switchyard_fixture';

const { values: args } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '3306' },
    user: { type: 'string', default: 'root' },
    password: { type: 'string', default: '' },
    only: { type: 'string' },
  },
});

async function connect(): Promise<Connection> {
  const { host, port, user, password } = args;
  const connection = await mysql.createConnection({ host, port: Number(port), user, password, charset: 'utf8mb4' });
  await connection.query("SET SESSION sql_mode = ''");
  return connection;
}

async function select(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  return rows;
}

async function selectText(connection: Connection, expression: string): Promise<string> {
  const [row] = await select(connection, `SELECT CAST(${expression} AS CHAR) AS value`);
  return String(row!['value']);
}

const kindsByDataType: Readonly<Record<string, KeyKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  char: 'bytes',
  varchar: 'bytes',
  binary: 'bytes',
  varbinary: 'bytes',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'timestamp',
  time: 'time',
  enum: 'enum',
  set: 'set',
  bit: 'bit',
};

/** How the server prints a key column; see KeyKind. */
function keyExpression({ name, kind }: KeyColumn): string {
  // Without the zeros that ZEROFILL prints before a number. The year 0000 keeps its own.
  if (kind === 'integer') return `REGEXP_REPLACE(CAST(\`${name}\` AS CHAR), '^0+(?=[1-9])', '')`;
  if (kind === 'bytes') return `HEX(\`${name}\`)`;
  if (kind === 'enum' || kind === 'set' || kind === 'bit') return `CAST(CAST(\`${name}\` AS UNSIGNED) AS CHAR)`;
  return `CAST(\`${name}\` AS CHAR)`;
}

interface Column {
  readonly name: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly ordinal: number;
  readonly octets: number;
}

async function readColumns(reader: Connection, table: string): Promise<readonly Column[]> {
  const rows = await select(
    reader,
    `SELECT COLUMN_NAME AS n, DATA_TYPE AS d, COLUMN_TYPE AS c, ORDINAL_POSITION AS o, CHARACTER_OCTET_LENGTH AS l
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${database}' AND TABLE_NAME = '${table}' ORDER BY o`,
  );
  return rows.map((row) => ({
    name: String(row['n']),
    dataType: String(row['d']),
    columnType: String(row['c']),
    ordinal: Number(row['o']) - 1,
    octets: Number(row['l']),
  }));
}

async function describeTable(reader: Connection, table: string, key: readonly string[]): Promise<FollowedTable> {
  const columns = await readColumns(reader, table);
  const keyColumns = key.map((name) => {
    const column = columns.find((each) => each.name === name)!;
    return {
      name,
      ordinal: column.ordinal,
      kind: kindsByDataType[column.dataType]!,
      unsigned: column.columnType.includes('unsigned'),
      ...(column.dataType === 'binary' ? { paddedLength: column.octets } : {}),
    };
  });
  return { database, table, columnCount: columns.length, keyColumns };
}

/** A text of the whole row in which every difference shows. */
async function rowExpression(reader: Connection, table: string): Promise<string> {
  const asTheyAre = /char|binary|text|blob|geometry|point|geomcollection|vector/;
  const parts = (await readColumns(reader, table)).map(({ name, dataType }) => {
    if (dataType === 'bit') return `HEX(CAST(\`${name}\` AS UNSIGNED))`;
    return asTheyAre.test(dataType) ? `HEX(\`${name}\`)` : `HEX(CAST(\`${name}\` AS CHAR))`;
  });
  return `SHA2(CONCAT_WS(',', ${parts.map((part) => `IFNULL(${part}, '-')`).join(', ')}), 256)`;
}

/** All rows of the followed tables: by table, by key, a text of the row. */
type Contents = readonly ReadonlyMap<string, { readonly key: Key; readonly row: string }>[];

async function readContents(reader: Connection, tables: readonly FollowedTable[]): Promise<Contents> {
  const contents = [];
  for (const { table, keyColumns } of tables) {
    const keys = keyColumns.map((column, index) => `${keyExpression(column)} AS k${index}`).join(', ');
    const rows = await select(reader, `SELECT ${keys}, ${await rowExpression(reader, table)} AS r FROM \`${table}\``);
    contents.push(
      new Map(
        rows.map((row) => {
          const key = keyColumns.map((_, index) => String(row[`k${index}`]));
          return [key.join('|'), { key, row: String(row['r']) }];
        }),
      ),
    );
  }
  return contents;
}

function changedKeys(before: Contents, after: Contents): Record<string, readonly Key[]> {
  const changed = before.map((rowsBefore, index) => {
    const rowsAfter = after[index]!;
    const ids = new Set([...rowsBefore.keys(), ...rowsAfter.keys()]);
    return [...ids]
      .filter((id) => rowsBefore.get(id)?.row !== rowsAfter.get(id)?.row)
      .map((id) => (rowsBefore.get(id) ?? rowsAfter.get(id))!.key);
  });
  return Object.fromEntries(
    changed.flatMap((keys, index) => (keys.length === 0 ? [] : [[String(index), sortedKeys(keys)]])),
  );
}

class Recorder {
  readonly #scenario: Scenario;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #tables: readonly FollowedTable[];
  readonly #texts: ReadonlyMap<string, string>;
  #xid = '';

  constructor(
    scenario: Scenario,
    writer: Connection,
    reader: Connection,
    tables: readonly FollowedTable[],
    texts: ReadonlyMap<string, string>,
  ) {
    this.#scenario = scenario;
    this.#writer = writer;
    this.#reader = reader;
    this.#tables = tables;
    this.#texts = texts;
  }

  async #run(step: Step): Promise<void> {
    for (const sql of step.sql) {
      let text = sql.replace('{uuid}', await selectText(this.#reader, 'UUID()'));
      for (const [name, value] of this.#texts) text = text.replace(name, value);
      await this.#writer.query(text);
    }
  }

  /** Microseconds since 1970 by the server's clock. */
  async #now(): Promise<number> {
    return Number(await selectText(this.#reader, 'CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)'));
  }

  async #newGtid(before: string): Promise<string> {
    const gtid = await selectText(this.#reader, `GTID_SUBTRACT(@@GLOBAL.gtid_executed, '${before}')`);
    if (!/^[-0-9a-f]+(:[a-z_][a-z0-9_]*)?:\d+$/.test(gtid)) throw new Error(`not one transaction: ${gtid}`);
    return gtid;
  }

  async #lastStatement(): Promise<string> {
    const [status] = await select(this.#reader, 'SHOW BINARY LOG STATUS');
    const events = await select(this.#reader, `SHOW BINLOG EVENTS IN '${String(status!['File'])}'`);
    const info = events.filter((event) => event['Event_type'] === 'Query').map((event) => String(event['Info']));
    return info
      .filter((text) => text !== 'BEGIN')
      .at(-1)!
      .replace(/^use `\w+`; /, '')
      .replace(/ \/\* xid=\d+ \*\/$/, '');
  }

  async #preparedXid(): Promise<string> {
    const [row] = await select(this.#reader, 'XA RECOVER CONVERT XID');
    const hex = String(row!['data']).slice(2);
    const globalDigits = Number(row!['gtrid_length']) * 2;
    return `X'${hex.slice(0, globalDigits)}',X'${hex.slice(globalDigits)}',${row!['formatID']}`
      .toLowerCase()
      .replaceAll("x'", "X'");
  }

  async record(step: Step): Promise<ExpectedTransaction> {
    const gtidsBefore = await selectText(this.#reader, '@@GLOBAL.gtid_executed');
    const isComparable = step.logs === 'rows';
    const before = isComparable ? await readContents(this.#reader, this.#tables) : [];
    const startedAtUs = await this.#now();
    await this.#run(step);
    const endedAtUs = await this.#now();
    const after = isComparable ? await readContents(this.#reader, this.#tables) : [];
    const gtid = await this.#newGtid(gtidsBefore);
    if (step.xa === 'prepare') this.#xid = await this.#preparedXid();
    return {
      gtid,
      committedBetweenUs: [startedAtUs, endedAtUs],
      keys: changedKeys(before, after),
      own: isComparable && this.#isOwn(step),
      ddl: step.logs === 'ddl' ? [await this.#lastStatement()] : [],
      statements: step.logs === 'statement' ? [step.verb!] : [],
      xa: step.xa === undefined ? null : { action: step.xa, xid: this.#xid },
    };
  }

  /** Steps name the tables that they change in their own text. */
  #isOwn(step: Step): boolean {
    const changes = step.sql.filter((sql) => /^(INSERT|UPDATE|DELETE|REPLACE|LOAD)/.test(sql));
    return changes.every((sql) => / (INTO|FROM|UPDATE) ours /.test(` ${sql}`) && this.#scenario.ownTable === 'ours');
  }
}

async function currentBinlog(reader: Connection): Promise<string> {
  const [status] = await select(reader, 'SHOW BINARY LOG STATUS');
  return String(status!['File']);
}

async function recordScenario(scenario: Scenario, texts: ReadonlyMap<string, string>): Promise<void> {
  const writer = await connect();
  const reader = await connect();
  try {
    await writer.query(`DROP DATABASE IF EXISTS ${database}`);
    await writer.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
    for (const connection of [writer, reader]) await connection.query(`USE ${database}`);
    await writer.query("SET SESSION time_zone = '+03:30'");
    await reader.query("SET SESSION time_zone = '+00:00', transaction_isolation = 'READ-UNCOMMITTED'");
    for (const sql of scenario.setup) await writer.query(sql);
    const tables = [];
    for (const { table, key } of scenario.followed) tables.push(await describeTable(reader, table, key));

    await writer.query('FLUSH BINARY LOGS');
    const file = await currentBinlog(reader);
    const previousGtids = await selectText(reader, '@@GLOBAL.gtid_executed');
    const recorder = new Recorder(scenario, writer, reader, tables, texts);
    const transactions = [];
    for (const step of scenario.steps) transactions.push(await recorder.record(step));
    await writer.query('FLUSH BINARY LOGS');

    const fixture: Fixture = {
      name: scenario.name,
      serverVersion: await selectText(reader, 'VERSION()'),
      previousGtids,
      tables,
      ownTable: scenario.ownTable ?? null,
      transactions: scenario.stopsWith === undefined ? transactions : transactions.slice(0, -1),
      stopsWith: scenario.stopsWith ?? null,
    };
    const path = join(import.meta.dirname, 'fixtures', scenario.name);
    const folder = dirname(await selectText(reader, '@@GLOBAL.log_bin_basename'));
    writeFileSync(`${path}.binlog`, readFileSync(join(folder, file)));
    writeFileSync(`${path}.json`, `${JSON.stringify(fixture)}\n`);
    await writer.query(`DROP DATABASE ${database}`);
  } finally {
    await writer.end();
    await reader.end();
  }
}

const files = ['file', 'file2'].map((name, index) => {
  const path = join(tmpdir(), `switchyard-fixture-${name}-${process.pid}`);
  writeFileSync(path, `${20 + index},1\n${30 + index},2\n`);
  return [`{${name}}`, path] as const;
});
try {
  for (const scenario of scenarios) {
    if (args.only === undefined || args.only === scenario.name) await recordScenario(scenario, new Map(files));
  }
} finally {
  for (const [, path] of files) rmSync(path);
}
