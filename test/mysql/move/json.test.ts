/** JSON documents with values that their text does not carry (P5), on their way between two servers. */
import { afterEach, expect, it } from 'vitest';
import { Moving } from './moving.js';

let moving: Moving;

afterEach(() => moving.close());

async function open(): Promise<void> {
  moving = await Moving.open(
    'CREATE TABLE documents (id INT PRIMARY KEY, at TIMESTAMP NULL, doc JSON, other JSON)',
    `INSERT INTO documents (id, doc) VALUES (1, JSON_OBJECT('price', CAST(1.50 AS DECIMAL(10,2))))`,
    `INSERT INTO documents VALUES (2, '2024-01-02 03:04:05', '{"plain": [1, "x", null]}', '[1.5]')`,
    `UPDATE documents SET doc = JSON_OBJECT('price', 2.50, 'since', at) WHERE id = 2`,
  );
}

it('names key and path of a value that no statement carries, and moves nothing', async () => {
  await open();
  await moving.prepare();
  const failure = moving.reachAll();
  await expect(failure).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
    facts: { different: ['id=2'], columns: ['doc ($."since" TIMESTAMP)'] },
  });
  await expect(failure).rejects.toThrow('different in doc ($."since" TIMESTAMP): id=2');
});

it('takes documents as text where that is wanted, and counts what that changes', async () => {
  await open();
  await moving.prepare({ json: 'text' });
  const outcome = await moving.reachAll();
  expect(outcome).toMatchObject({
    verified: true,
    notCompared: [
      '2 JSON documents have values that text does not carry, such as doc of id=1 at $."price" (DECIMAL), doc of id=2 at ' +
        '$."price" (DECIMAL), doc of id=2 at $."since" (TIMESTAMP): compared as text',
    ],
  });
  const target = await moving.root('target');
  const types = await target.rows(
    `SELECT id, JSON_TYPE(doc -> '$.price') AS price, JSON_TYPE(doc -> '$.since') AS since FROM documents ORDER BY id`,
  );
  expect(types.map((row) => ({ ...row }))).toEqual([
    { id: 1, price: 'DOUBLE', since: null },
    { id: 2, price: 'DOUBLE', since: 'STRING' },
  ]);
});

it('finds a document whose text differs, although documents go as text', async () => {
  await open();
  await moving.prepare({ json: 'text' });
  await moving.synchronise('copied');
  // Before the fence is there, which would refuse it.
  await (await moving.root('target')).run(`UPDATE documents SET other = '[1.25]' WHERE id = 2`);
  await moving.synchronise('indexed');
  await expect(moving.synchronise('verified')).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
    facts: { different: ['id=2'], columns: ['other'] },
  });
});
