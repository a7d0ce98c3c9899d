/** Literals of keys in every character set that a server has: no warning, the same bytes, a range scan. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { KeyColumn } from '../../../../src/schema/iteration-key.js';
import { keyIn, keyRange } from '../../../../src/mysql/table/rows/key-sql.js';
import { textLiteral } from '../../../../src/mysql/table/rows/text-literal.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { Stage } from '../../../faults/rules/stage.js';
import { uniqueName } from '../../../support/migration-test.js';

const database = uniqueName('literals');
let session: Session;

beforeAll(async () => {
  session = await Session.open(inject('stack').commerce.root, controlVariables);
  await session.run(`CREATE DATABASE ${database}`);
  await session.run(`USE ${database}`);
});

afterAll(async () => {
  await session.run(`DROP DATABASE ${database}`);
  await session.close();
});

const k = (charset: string): KeyColumn => ({
  ...{ name: 'k', kind: 'bytes', charset, ordinal: 0, unsigned: false, paddedLength: null, collation: null },
  ...{ columnType: '', dataType: '', descending: false },
});

it('are found by them, in all sets', async () => {
  const sets = await session.rows<{ name: string }>(
    `SELECT character_set_name AS name FROM information_schema.character_sets WHERE character_set_name <> 'binary'`,
  );
  expect(sets.length).toBeGreaterThan(35);
  const failures: string[] = [];
  for (const { name } of sets) {
    await session.run(`CREATE TABLE t (k VARCHAR(20) CHARACTER SET ${name} PRIMARY KEY, n INT)`);
    // Letters of the set where it has them, and ASCII.
    await session.run(
      `INSERT IGNORE INTO t SELECT CONCAT(CONVERT('äЖ語' USING ${name}), a, ELT(b + 1, 'a', 'b', 'c')), 1
         FROM (SELECT 0 a UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) x, (SELECT 0 b UNION SELECT 1 UNION SELECT 2) y`,
    );
    const keys = (await session.rows<{ k0: string }>('SELECT HEX(k) AS k0 FROM t ORDER BY k')).map(({ k0 }) => [k0]);
    const [lower, upper] = [keys[3] ?? null, keys[8] ?? null];
    const range = keyRange([k(name)], lower, upper);
    const plan = await session.row<{ type: string }>(
      `EXPLAIN FORMAT=TRADITIONAL SELECT * FROM t FORCE INDEX (PRIMARY) WHERE ${range}`,
    );
    const inRange = await session.rows(`SELECT HEX(k) AS k FROM t WHERE ${range} ORDER BY k`);
    const list = keyIn([k(name)], ['k'], keys.slice(2, 6));
    const listed = await session.row<{ type: string }>(
      `EXPLAIN FORMAT=TRADITIONAL SELECT * FROM t FORCE INDEX (PRIMARY) WHERE ${list}`,
    );
    const deleted = await session.run(`DELETE FROM t WHERE ${list}`);
    const seen = [plan.type, listed.type, inRange.length, deleted.affectedRows, deleted.warningCount];
    if (JSON.stringify(seen) !== '["range","range",5,4,0]') failures.push(`${name}: ${JSON.stringify(seen)}`);
    await session.run('DROP TABLE t');
  }
  expect(failures).toEqual([]);
});

it.each(['dec8', 'hp8', 'macce', 'macroman', 'utf8mb3', 'ucs2'])('are the same bytes: %s', async (charset) => {
  const hex = (unit: number): string =>
    unit
      .toString(16)
      .padStart(charset === 'ucs2' ? 4 : 2, '0')
      .toUpperCase();
  const units = Array.from({ length: charset === 'utf8mb3' ? 128 : 256 }, (_none, unit) => hex(unit));
  const all = [...units, ...(charset === 'utf8mb3' ? ['C3A4', 'E38182'] : []), ...(charset === 'ucs2' ? ['D83D'] : [])];
  const literals = all.map((unit) => `HEX(CONVERT(${textLiteral(charset, unit)} USING ${charset})) AS \`${unit}\``);
  expect(await session.row(`SELECT ${literals.join(', ')}`)).toEqual(
    Object.fromEntries(all.map((unit) => [unit, unit])),
  );
  // The server's own name for it is left to what it has no other character for.
  const own = all.filter((unit) => textLiteral(charset, unit).startsWith(`_${charset} `));
  const others: Readonly<Record<string, number>> = { dec8: 14, hp8: 1, ucs2: 1 };
  expect(own).toHaveLength(others[charset] ?? 0);
});

it.concurrent.each(['latin1', 'utf8mb3', 'ucs2', 'utf16le', 'utf32', 'gbk', 'sjis', 'big5', 'macroman', 'binary'])(
  'are copied, followed and deleted by them: %s',
  async (charset) => {
    const value = (n: string): string => `CONVERT(CONCAT('ä語', ${n}) USING ${charset})`;
    const stage = await Stage.open({
      table: `(k VARCHAR(20) CHARACTER SET ${charset}, c CHAR(5) CHARACTER SET ${charset}, n INT, PRIMARY KEY (k, c))`,
      rows: [
        `INSERT INTO t VALUES (${value('1')}, 'a', 1), (${value('2')}, 'b', 2), ('three', '', 3), ('', 'four', 4)`,
      ],
    });
    try {
      await stage.copied();
      await stage.expectEqual();
      const follower = await stage.startFollower();
      await stage.app.run(`UPDATE t SET n = n + 10`);
      await stage.app.run(`UPDATE t SET k = ${value('22')} WHERE n = 12`);
      await stage.app.run(`DELETE FROM t WHERE n IN (11, 13)`);
      await stage.app.run(`INSERT INTO t VALUES (${value('5')}, ${charset === 'latin1' ? `'é'` : `'x'`}, 5)`);
      await follower.catchUp();
      await stage.expectEqual();
    } finally {
      await stage.close();
    }
  },
);
