/**
 * A table is the same on both servers to the byte, also in what SHOW CREATE TABLE cannot say: labels, and expressions with
 * characters of four bytes or of another character set (P1).
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/mysql/server/session/session.js';
import { loadTable } from '../../../src/mysql/server/introspect/load-table.js';
import { ExactDefinitions } from '../../../src/mysql/move/exact-definitions.js';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

const odd = `CREATE TABLE odd (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  e ENUM('ok', '🙈', 'a?', 'it''s \\\\ 🙉') NOT NULL DEFAULT '🙈', s SET('x', '🙈', '?'),
  w ENUM('é', '?') CHARACTER SET latin1, u VARCHAR(10) DEFAULT 'a🙈b',
  g VARCHAR(20) AS (CONCAT(u, '🙈?')) STORED, v VARCHAR(20) AS (CONCAT('🙈', e)) VIRTUAL, h INT AS (LENGTH(u)) STORED,
  d VARCHAR(20) DEFAULT (CONCAT('🙈', 'x')), ts TIMESTAMP DEFAULT '2024-07-01 12:00:00',
  KEY f ((CONCAT(u, '🙈'))), KEY plain (u), CONSTRAINT named CHECK (u <> '🙈'), CHECK (d <> '?'))
  COMMENT 'bé?' CHARSET utf8mb4`;

const shown = 'id, HEX(e), e + 0, HEX(s), HEX(w), HEX(u), HEX(g), HEX(v), h, HEX(d), UNIX_TIMESTAMP(ts)';

function rowsOf(session: Session): Promise<readonly object[]> {
  return session.rows(`SELECT ${shown} FROM odd ORDER BY id`);
}

describe('what SHOW CREATE TABLE cannot say', () => {
  it('is the same on the target, and back on the source, in old rows and new ones', async () => {
    const write = `INSERT INTO odd (e, s, w, u) VALUES ('🙈', 'x,🙈,?', 'é', 'u'), ('it''s \\\\ 🙉', '', '?', '?')`;
    moving = await Moving.open(odd, write, 'INSERT INTO odd () VALUES ()');
    await moving.prepare();
    await moving.reachAll();
    const [source, target] = [await moving.root('source'), await moving.root('target')];
    const rows = await rowsOf(source);
    expect(rows[0]).toMatchObject({ 'HEX(e)': 'F09F9988', 'HEX(g)': '75F09F99883F', 'HEX(d)': 'F09F998878' });
    expect(await rowsOf(target)).toEqual(rows);
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    for (const statement of [write, 'INSERT INTO odd () VALUES ()']) await target.run(statement);
    await expect(target.run(`INSERT INTO odd (u) VALUES ('🙈')`)).rejects.toMatchObject({ errno: 3819 });
    expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
    const all = await rowsOf(target);
    expect(all).toHaveLength(6);
    expect(await rowsOf(source)).toEqual(all);
    const used = 'EXPLAIN SELECT id FROM odd WHERE CONCAT(u, _utf8mb4 0xF09F9988) = 1';
    expect((await target.row<{ possible_keys: string | null }>(used)).possible_keys).toBe(
      (await source.row<{ possible_keys: string | null }>(used)).possible_keys,
    );
    for (const session of [source, target]) {
      expect(await session.rows(`SHOW TABLES FROM _switchyard LIKE '\\_sw\\_%'`)).toEqual([]);
    }
  });

  it.each([1, 2])('leaves nothing behind where the worker dies that reads it, on side %i', async (side) => {
    moving = await Moving.open(odd);
    let begun = 0;
    moving.observe = (sql) => {
      if (/^INSERT INTO `_switchyard`.`labels_/.test(sql)) begun += 1;
      // From here on nothing is sent that would tidy up.
      if (begun === side) moving.breakAt('labels_');
    };
    await expect(moving.prepare()).rejects.toThrow('broken');
    moving.breakAt(undefined);
    moving.observe = undefined;
    const root = await moving.root(side === 1 ? 'source' : 'target');
    const left = `SHOW TABLES FROM _switchyard LIKE 'labels\\_${moving.operationId}'`;
    expect(await root.rows(left)).toHaveLength(1);
    const { source, target, operationId } = moving;
    await removeMove({ source, target, operationId, state: 'cancelled' });
    expect(await root.rows(left)).toEqual([]);
  });

  it('is carried also where it is text of another character set', async () => {
    moving = await Moving.open(
      `CREATE TABLE odd (id INT PRIMARY KEY, d VARCHAR(20) DEFAULT (CONCAT(_latin1 0xE9, 1)),
         k VARCHAR(20) DEFAULT (CONCAT(_gbk 0xD55C, 1)), a VARCHAR(9), CHECK (a <> _latin1 0xE9))`,
    );
    await moving.prepare();
    const [source, target] = [await moving.root('source'), await moving.root('target')];
    await moving.reachAll();
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    await target.run('INSERT INTO odd (id) VALUES (1)');
    expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
    await source.run('INSERT INTO odd (id) VALUES (2)');
    const hex = 'SELECT HEX(d) AS d, HEX(k) AS k FROM odd';
    expect(await target.rows(`${hex} WHERE id = 1`)).toEqual(await source.rows(`${hex} WHERE id = 2`));
    await expect(source.run(`INSERT INTO odd (id, a) VALUES (3, 'é')`)).rejects.toMatchObject({ errno: 3819 });
  });

  it('is named where a server makes something else of it', async () => {
    // What its text says is a table, too.
    moving = await Moving.open(odd.replace(`NOT NULL DEFAULT '🙈'`, '').replace(`'x', '🙈', '?'`, `'x', '🙈'`));
    const [source, target] = [await moving.root('source'), await moving.root('target')];
    const table = await loadTable(source, { database: moving.database, table: 'odd' });
    const exact = await ExactDefinitions.read(source, moving.operationId, [table]);
    await target.run(table.createStatement);
    const named = (await exact.differences(target, [{ table, making: table }])).get('odd') ?? [];
    for (const part of ['column e (labels)', 'column s (labels)', 'column g', 'column v', 'column d', 'index f']) {
      expect(named.join('; ')).toContain(part);
    }
    expect(named.join('; ')).toContain('constraint named');
    expect(named.join('; ')).not.toMatch(/column [hwu]/);
  });
});

describe('histograms', () => {
  it('are there on the target, too', async () => {
    moving = await Moving.open('CREATE TABLE odd (id INT PRIMARY KEY, n INT)', 'INSERT INTO odd VALUES (1, 1), (2, 2)');
    const [source, target] = [await moving.root('source'), await moving.root('target')];
    await source.rows('ANALYZE TABLE odd UPDATE HISTOGRAM ON n WITH 8 BUCKETS');
    expect((await moving.prepare()).warnings.join()).not.toContain('histogram');
    await moving.reachAll();
    const sql = `SELECT column_name AS name, CAST(histogram->'$.buckets' AS CHAR) AS buckets
                   FROM information_schema.column_statistics WHERE schema_name = ?`;
    const wanted = await source.rows(sql, [moving.database]);
    expect(wanted).toHaveLength(1);
    expect(await target.rows(sql, [moving.database])).toEqual(wanted);
  });
});

describe('a generated column', () => {
  it('is compared: what was stored in a session of its own would come out as another value', async () => {
    const table = `CREATE TABLE odd (id INT PRIMARY KEY, d DATE, g VARCHAR(20) AS (DATE_FORMAT(d, '%M')) STORED)`;
    const rows = `INSERT INTO odd (id, d) VALUES (1, '2027-01-01')`;
    moving = await Moving.open(table, `SET SESSION lc_time_names = 'de_DE'`, rows);
    await moving.prepare();
    await moving.synchronise('copied');
    await moving.synchronise('indexed');
    await expect(moving.synchronise('verified')).rejects.toMatchObject({
      code: 'VERIFICATION_FAILED',
      message: expect.stringContaining('different in g: id=1') as string,
    });
  });
});
