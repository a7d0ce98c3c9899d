/**
 * Visibility (docs/design/copy-and-follow.md, "Visibility"): an event may come before its rows can be read.
 * Semi-synchronous replication without a replica makes that certain: the transaction is in the binlog, and its commit
 * waits 1.5 s for somebody to acknowledge it.
 */
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { startOwnMysql, type OwnMysql } from '../../support/own-mysql.js';
import { Stage } from './stage.js';

let own: OwnMysql;
let stage: Stage;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterEach(() => stage.close());
afterAll(() => own.stop());

async function makeCommitsWait(): Promise<void> {
  const root = await stage.session();
  const { n } = await root.row<{ n: number }>(
    "SELECT COUNT(*) AS n FROM information_schema.plugins WHERE plugin_name = 'rpl_semi_sync_source'",
  );
  if (Number(n) === 0) await root.run("INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'");
  await root.run('SET GLOBAL rpl_semi_sync_source_timeout = 1500');
  // After one time-out the server waits no more, until it is switched on again.
  await root.run('SET GLOBAL rpl_semi_sync_source_enabled = OFF');
  await root.run('SET GLOBAL rpl_semi_sync_source_enabled = ON');
}

describe('an event that comes before its rows are visible', () => {
  it('is applied with the rows as they are after its transaction', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    const follower = await stage.startFollower();
    await makeCommitsWait();
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 1");
    await follower.catchUp();
    await stage.expectEqual();
  });

  it('brings no deleted row back while rows are copied', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.prepare();
    await makeCommitsWait();
    const deleted = stage.app.run('DELETE FROM t WHERE id = 7');
    await stage.reach('copied');
    await deleted;
    const follower = await stage.startFollower();
    await follower.catchUp();
    await stage.expectEqual();
  });
});
