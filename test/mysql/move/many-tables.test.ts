/** A move of a whole database: what is asked of a server is asked once, and what is about tables in sets. */
import { afterEach, describe, expect, it } from 'vitest';
import { Moving } from './moving.js';

const tables = 300;

/** By one of the tables, not by that of the privileges' probes. */
const perTable = /^(CREATE TABLE|ALTER TABLE|SHOW CREATE TABLE) `[^`]+`\.`(?!_sw_privileges)/;

let moving: Moving;
afterEach(() => moving.close());

/** Of every tenth the index is built later. */
function createTable(number: number): string {
  return `CREATE TABLE t${number} (id INT PRIMARY KEY, n INT${number % 10 === 0 ? ', KEY n (n)' : ''})`;
}

describe('a move of many tables', () => {
  it('is prepared with a few statements for each, can be stopped between them, and tells how far it is', async () => {
    moving = await Moving.open(
      'SET SESSION sql_log_bin = 0',
      ...Array.from({ length: tables }, (_, n) => createTable(n)),
    );
    const stop = new AbortController();
    const reason = new Error('asked to stop');
    const stopped = moving.prepare({ signal: stop.signal, onMade: () => stop.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
    const made = await (await moving.root('target')).rows('SHOW TABLES');
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThan(tables);

    const told: number[] = [];
    const counts = new Map<string, number>();
    moving.observe = (sql) => {
      const kind = perTable.exec(sql)?.[1] ?? 'other';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    };
    const { plan } = await moving.prepare({ onMade: (done, of) => told.push(done / of) });
    moving.observe = undefined;
    expect(plan.tables).toHaveLength(tables);
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(5);
    expect(counts.get('CREATE TABLE')).toBe(tables);
    expect(counts.get('ALTER TABLE')).toBe(tables / 10);
    expect(counts.get('SHOW CREATE TABLE')).toBe(2 * tables);
    // Whatever else there is does not grow by one for each table.
    expect(counts.get('other')).toBeLessThan(tables);
  });
});
