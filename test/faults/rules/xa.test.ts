/**
 * XA (docs/design/copy-and-follow.md, "XA"): rows come with XA PREPARE, their visibility with XA COMMIT, and a restart
 * may lie between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startOwnMysql, type OwnMysql } from '../../support/own-mysql.js';
import { codeOf, Stage } from './stage.js';

let own: OwnMysql;
let stage: Stage;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterEach(async () => {
  // What a failed test left prepared would hold the table's lock.
  for (const { data } of await stage.app.rows<{ data: string }>('XA RECOVER')) {
    await stage.app.run(`XA ROLLBACK '${data}'`).catch(() => undefined);
  }
  await stage.close();
});
afterAll(() => own.stop());

async function executed(): Promise<string> {
  return (await stage.app.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids')).gtids;
}

/** The GTID of what the server logged meanwhile, which must be one transaction. */
async function gtidOf(work: () => Promise<unknown>): Promise<string> {
  const before = await executed();
  await work();
  const after = await executed();
  return (await stage.app.row<{ gtid: string }>('SELECT GTID_SUBTRACT(?, ?) AS gtid', [after, before])).gtid;
}

/** Prepares an update of row 1. @returns the GTID of its XA PREPARE. */
async function prepareXa(xid: string): Promise<string> {
  await stage.app.run(`XA START '${xid}'`);
  await stage.app.run("UPDATE t SET v = 'by xa' WHERE id = 1");
  await stage.app.run(`XA END '${xid}'`);
  return gtidOf(() => stage.app.run(`XA PREPARE '${xid}'`));
}

async function isPassed(gtid: string): Promise<boolean> {
  const values = [gtid, await stage.position()];
  const { passed } = await stage.app.row<{ passed: number }>('SELECT GTID_SUBSET(?, ?) AS passed', values);
  return Number(passed) === 1;
}

describe('a prepared XA transaction', () => {
  it('that is older than the operation is refused by preflight', async () => {
    stage = await Stage.open({ server: own.cluster });
    await prepareXa('older');
    expect(await codeOf(stage.prepare())).toBe('XA_PREPARED');
    await stage.app.run("XA ROLLBACK 'older'");
    await stage.prepare();
  });

  it.each(['COMMIT', 'ROLLBACK'])(
    'stays out of the position, over a restart, until its %s was handled',
    async (end) => {
      stage = await Stage.open({ server: own.cluster });
      await stage.copied();
      const gtid = await prepareXa('during');
      const ordinary = await gtidOf(() => stage.app.run("UPDATE t SET v = 'ordinary' WHERE id = 2"));
      const first = await stage.startFollower();
      await first.catchUp();
      await first.stop();
      await stage.expectEqual();
      expect(await isPassed(gtid)).toBe(false);
      // Positions have holes: what came after the PREPARE is passed.
      expect(await isPassed(ordinary)).toBe(true);

      const second = await stage.startFollower();
      await second.catchUp();
      await stage.app.run(`XA ${end} 'during'`);
      await second.catchUp();
      await stage.expectEqual();
      // A position that only passed transactions without keys is stored once a second at most.
      await sleep(1_500);
      await second.stop();
      expect(await isPassed(gtid)).toBe(true);
      const { v } = await stage.app.row<{ v: string }>(`SELECT v FROM ${stage.shadow} WHERE id = 1`);
      expect(v).toBe(end === 'COMMIT' ? 'by xa' : 'v1');
    },
  );

  it('that is committed without the feed having seen its PREPARE stops the job', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    await prepareXa('unseen');
    await stage.app.run(
      'UPDATE _switchyard.streams SET position = ?, updated_at = UTC_TIMESTAMP(6) WHERE operation_id = ?',
      [await executed(), stage.operationId],
    );
    const follower = await stage.startFollower();
    await stage.app.run("XA COMMIT 'unseen'");
    expect((await follower.failure()).code).toBe('XA_UNKNOWN');
  });

  it('that commits in one phase is followed like any other', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run("XA START 'quick'");
    await stage.app.run("UPDATE t SET v = 'one phase' WHERE id = 1");
    await stage.app.run("XA END 'quick'");
    await stage.app.run("XA COMMIT 'quick' ONE PHASE");
    await follower.catchUp();
    await stage.expectEqual();
  });
});
