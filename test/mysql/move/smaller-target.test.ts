/** A target with smaller limits than the source: what does not fit is named, before the row or at it (P5). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startOwnMysql, type OwnMysql } from '../../support/own-mysql.js';
import { Moving } from './moving.js';

const packet = 4 * 1024 * 1024;
let own: OwnMysql;
let moving: Moving;
beforeAll(async () => {
  own = await startOwnMysql([`--max-allowed-packet=${packet}`, '--innodb-default-row-format=compact'], 'customer');
});
afterEach(() => moving.close());
afterAll(() => own.stop());

describe('a smaller target', () => {
  it('names a table whose rows would be of a narrower format, before anything is copied', async () => {
    moving = await Moving.openTo(own.cluster, 'CREATE TABLE wide (id INT PRIMARY KEY, a TEXT, b TEXT)');
    await expect(moving.prepare()).rejects.toMatchObject({
      code: 'TARGET_DEFINITION_DIFFERS',
      message: expect.stringMatching(/row format \(COMPACT, by its innodb_default_row_format, for DYNAMIC\)/) as string,
    });
    expect(await moving.leftovers('target')).toEqual([]);
  });

  it('names a document that is larger than its packets, by its key', async () => {
    const large = `INSERT INTO documents VALUES (1, '{}'), (2, JSON_OBJECT('a', REPEAT('x', 3000000), 'b', REPEAT('y', 3000000)))`;
    moving = await Moving.openTo(
      own.cluster,
      'CREATE TABLE documents (id INT PRIMARY KEY, doc JSON) ROW_FORMAT=DYNAMIC',
      large,
    );
    await moving.prepare();
    const named = { message: expect.stringMatching(/id=2/) as string };
    await expect(moving.synchronise('copied')).rejects.toMatchObject(named);
  });
});
