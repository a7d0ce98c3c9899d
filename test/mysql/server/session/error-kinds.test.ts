/** The table of MySQL's errors against the server's own list of them, and what of a server's words is passed on. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { toFailure } from '../../../../src/activities/operation/failure.js';
import {
  isWarningOfData,
  serverErrorKind,
  serverErrorRule,
  type ServerErrorKind,
} from '../../../../src/mysql/server/session/error-kinds.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { uniqueName } from '../../../support/migration-test.js';

interface Listed {
  readonly number: number;
  readonly name: string;
  readonly state: string;
}

const database = uniqueName('kinds');
let session: Session;
let listed: readonly Listed[];

beforeAll(async () => {
  session = await Session.open(inject('stack').commerce.root, controlVariables);
  await session.run(`CREATE DATABASE ${database}`);
  await session.run(`USE ${database}`);
  listed = await session.rows<Listed>(
    `SELECT error_number AS number, error_name AS name, sql_state AS state
       FROM performance_schema.events_errors_summary_global_by_error WHERE error_number IS NOT NULL`,
  );
});

afterAll(async () => {
  await session.run(`DROP DATABASE ${database}`);
  await session.close();
});

const expected: Readonly<Record<ServerErrorKind, readonly number[]>> = {
  passes: [1040, 1053, 1205, 1213, 1317, 1412, 3024, 3572, 4031],
  environment: [1030, 1036, 1045, 1114, 1142, 1153, 1197, 1206, 1226, 1227, 1236, 1290, 1301, 1419, 1836, 3159, 3675],
  data: [1048, 1062, 1118, 1264, 1292, 1364, 1366, 1406, 1525, 1526, 1690, 1859, 3140, 3616, 3752, 3819, 3903, 3988],
  statement: [1059, 1064, 1067, 1071, 1170, 1291, 1709, 1846, 3102, 3750, 3758, 4092],
  unknown: [1105, 1146, 1287, 1681, 1815, 3719, 3720, 3778, 4095, 10_001],
};

it.each(Object.entries(expected))('%s: what was seen in the field has its kind', (kind, numbers) => {
  expect(numbers.map((number) => [number, serverErrorKind(number)])).toEqual(numbers.map((number) => [number, kind]));
});

describe('the list of the server', () => {
  it('has a rule for each of its errors', () => {
    expect(listed.length).toBeGreaterThan(4_000);
    expect(listed.filter(({ number }) => serverErrorRule(number) === undefined)).toEqual([]);
  });

  it('agrees where the server sorts its errors itself, apart from these', () => {
    const classes: readonly (readonly [state: RegExp, kind: ServerErrorKind])[] = [
      [/^2[23]/, 'data'],
      [/^40/, 'passes'],
      [/^08/, 'passes'],
      [/^28/, 'environment'],
    ];
    const others = classes.flatMap(([state, kind]) =>
      listed.filter(({ number, state: own }) => number < 10_000 && state.test(own) && serverErrorKind(number) !== kind),
    );
    const names = others.map(({ name }) => name).toSorted();
    expect(names).toEqual([
      'ER_NET_OK_PACKET_TOO_LARGE',
      'ER_NET_PACKET_TOO_LARGE',
      'ER_NON_UNIQ_ERROR',
      'ER_NOT_SUPPORTED_AUTH_MODE',
    ]);
  });

  it('has rights, read-only servers and full disks in the environment', () => {
    const names =
      /ACCESS_DENIED|ACCESSDENIED|READ_ONLY_MODE|DISK_FULL|FILE_FULL|CACHE_FULL|PACKET_TOO_LARGE|SECURE_TRANSPORT_REQ/;
    const others = listed.filter(({ number, name }) => names.test(name) && serverErrorKind(number) !== 'environment');
    // Of setting variables, and of statements about accounts.
    expect(others.filter(({ number }) => number < 10_000).map(({ name }) => name)).toEqual([
      'ER_UKNOWN_AUTH_ID_OR_ACCESS_DENIED_FOR_GRANT_AS',
      'ER_CANT_CHANGE_SYS_VAR_IN_READ_ONLY_MODE',
    ]);
  });

  it('lets no deprecation stop a copy, and every truncation', () => {
    const stopping = (pattern: RegExp): readonly string[] =>
      listed.filter(({ name, number }) => pattern.test(name) && isWarningOfData(number)).map(({ name }) => name);
    expect(stopping(/DEPRECATED|LEGACY|HINT|IGNORED$/)).toEqual(['ER_BAD_NULL_ERROR_NOT_IGNORED']);
    expect(
      stopping(/^(ER_|)(WARN_DATA_|TRUNCATED_|WARN_ALLOWED_PACKET|CUT_VALUE|DIVISION_BY_ZERO|BAD_NULL_ERROR$)/),
    ).toEqual([
      'ER_BAD_NULL_ERROR',
      'ER_CUT_VALUE_GROUP_CONCAT',
      'ER_WARN_DATA_OUT_OF_RANGE',
      'WARN_DATA_TRUNCATED',
      'ER_TRUNCATED_WRONG_VALUE',
      'ER_WARN_ALLOWED_PACKET_OVERFLOWED',
      'ER_DIVISION_BY_ZERO',
      'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
      'ER_WARN_DATA_TRUNCATED_FUNCTIONAL_INDEX',
      'ER_WARN_DATA_OUT_OF_RANGE_FUNCTIONAL_INDEX',
    ]);
  });
});

describe('the words of the server', () => {
  const secret = 'SECRET-078-05-1120';
  const refusals: readonly (readonly [what: string, sql: string])[] = [
    ['a duplicate', `INSERT INTO t (s) VALUES ('${secret}'), ('${secret}')`],
    ['a date', `INSERT INTO t (d) VALUES ('${secret}')`],
    ['a number', `INSERT INTO t (n) VALUES ('${secret}')`],
    ['a length', `INSERT INTO t (short) VALUES ('${secret}')`],
    ['a comparison', `DELETE FROM t WHERE d = '${secret}'`],
    ['a cast', `INSERT INTO t (n) SELECT CAST('${secret}' AS SIGNED)`],
    ['a document', `INSERT INTO t (j) VALUES ('{"a": ${secret}}')`],
    ['a path', `INSERT INTO t (s) VALUES (JSON_EXTRACT('{}', '${secret}'))`],
    [
      'text of another character set',
      `INSERT INTO t (s) VALUES (_utf8mb4 x'${Buffer.from(secret).toString('hex')}FF')`,
    ],
    ['a partition', `INSERT INTO p (s) VALUES ('${secret}')`],
    ['a statement that cannot be read', `INSERT INTO t (s) VALUES ('${secret}' '${secret}`],
    ['a value on its way', `INSERT INTO t (s) VALUES (ST_GeomFromText('${secret}'))`],
    ['a program of theirs', `CALL refuse('${secret}')`],
  ];

  beforeAll(async () => {
    await session.run(
      'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, s VARCHAR(40) UNIQUE, short CHAR(2), d DATE, n INT, j JSON)',
    );
    await session.run(`CREATE TABLE p (s VARCHAR(40)) PARTITION BY LIST COLUMNS (s) (PARTITION one VALUES IN ('one'))`);
    await session.run(
      `CREATE PROCEDURE refuse(IN what VARCHAR(40)) SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = what, MYSQL_ERRNO = 1644`,
    );
  });

  it.each(refusals)('quote no value of a row: %s', async (_what, sql) => {
    const error: unknown = await session.run(sql).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    const { message, details, stack, cause } = toFailure(error, 'commerce') as Error & { details: unknown };
    expect(JSON.stringify({ message, details, stack, cause: String(cause) })).not.toContain('078-05');
    expect(message).toMatch(/MySQL error \d+/);
  });

  it.each([
    ['SERVER_NEEDS_ATTENTION', 'Access denied', 'GRANT ALL ON *.* TO nobody', 'app'],
    ['SERVER_ERROR', "doesn't exist", 'SELECT 1 FROM mysql.nothing_here', 'root'],
    ['SERVER_BUSY', 'NOWAIT', `SELECT * FROM ${database}.t FOR UPDATE NOWAIT`, 'root'],
  ] as const)('are passed on otherwise: %s', async (code, words, sql, account) => {
    await session.run('START TRANSACTION');
    await session.run(`INSERT INTO t (s) VALUES ('locked')`);
    const own = await Session.open(inject('stack').commerce[account], controlVariables);
    const error: unknown = await own.rows(sql).catch((reason: unknown) => reason);
    await own.close();
    await session.run('ROLLBACK');
    expect(toFailure(error, 'commerce')).toMatchObject({
      type: code,
      message: expect.stringContaining(words) as string,
    });
  });
});
