/** A chunk that is copied again between servers, because it collided. No feed: what it would have done is done by hand. */
import { afterEach, expect, it } from 'vitest';
import { copyChunk } from '../../../src/mysql/table/copy/copy-chunk.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { transferSourceVariables, transferTargetVariables } from '../../../src/mysql/server/session/variables.js';
import { takeOver } from '../../../src/mysql/server/sidecar/epoch.js';
import { betweenServers } from '../../../src/mysql/table/transfer/between-servers.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

it('leaves the rows that the feed has written, whose unique values move on all the time', async () => {
  moving = await Moving.open(
    'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, u VARCHAR(20) NOT NULL, UNIQUE KEY u (u))',
    "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (9, 'i')",
  );
  const { plan } = await moving.prepare({ deferSecondaryIndexes: false });
  const [table] = plan.tables;
  if (table === undefined) throw new Error('the move has no table');
  const [source, target] = [await moving.root('source'), await moving.root('target')];
  const token = moving.nextToken();
  await takeOver(target, moving.operationId, token);
  await target.run("INSERT INTO t VALUES (1, 'a'), (9, 'i')");

  // Row 1 has another row's value whenever somebody looks; what the target has of either is as old as the feed is late.
  await source.run("UPDATE t SET u = 'z' WHERE id = 9");
  await source.run("UPDATE t SET u = 'i' WHERE id = 1");
  const sessions = {
    source: await Session.open(moving.source, transferSourceVariables),
    target: await Session.open(moving.target, transferTargetVariables),
  };
  const context = {
    plan: table,
    way: betweenServers(),
    token,
    inFlight: <Result>(transaction: () => Promise<Result>) => transaction(),
    catchUp: () => Promise.resolve(),
  };
  try {
    await copyChunk(sessions, context, { lower: null, upper: ['3'] });
  } finally {
    await Promise.all([sessions.source.close(), sessions.target.close()]);
  }
  expect(await target.rows('SELECT id, u FROM t ORDER BY id')).toEqual([
    { id: 1, u: 'a' },
    { id: 2, u: 'b' },
    { id: 3, u: 'c' },
    { id: 9, u: 'i' },
  ]);
});
