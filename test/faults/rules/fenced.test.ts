/**
 * Fenced transactions (docs/design/copy-and-follow.md, "Fenced transactions"): what an older worker still does on the
 * server cannot change the shadow any more.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { copyChunk } from '../../../src/mysql/table/copy/copy-chunk.js';
import { withinServer } from '../../../src/mysql/table/rows/within-server.js';
import { onOneServer } from '../../../src/mysql/server/session/session-pair.js';
import { takeOver } from '../../../src/mysql/server/sidecar/epoch.js';
import { eventually } from '../../support/migration-test.js';
import { codeOf, Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

const wholeTable = { lower: null, upper: ['20'] } as const;

function chunkContext(token: string): Parameters<typeof copyChunk>[1] {
  return {
    plan: stage.plan,
    way: withinServer,
    token,
    inFlight: (transaction) => transaction(),
    catchUp: () => Promise.resolve(),
  };
}

describe('a fenced transaction', () => {
  it('of a killed worker brings no deleted row back, although its statement goes on', async () => {
    stage = await Stage.open();
    await stage.prepare();
    const control = await stage.session();
    const token = stage.nextToken();
    await takeOver(control, stage.operationId, token);

    // The chunk has read every row and stands at row 5 of the shadow when its client dies.
    const holder = await stage.session();
    await holder.run('START TRANSACTION');
    await holder.run(`INSERT INTO ${stage.shadow} (id, v) VALUES (5, 'held')`);
    const orphan = await stage.dataSession();
    const orphanId = orphan.id;
    copyChunk(onOneServer(orphan), chunkContext(token), wholeTable).catch(() => undefined);
    await stage.untilRowIsWaitedFor(stage.plan.copy.table);
    orphan.destroy();

    await stage.app.run('DELETE FROM t WHERE id = 7');
    let followed = false;
    const second = stage.startFollower().then(async (follower) => {
      await follower.catchUp();
      followed = true;
    });
    await eventually('the second worker to wait for the first, or to pass it', async () =>
      followed || (await stage.runningStatements('UPDATE _switchyard.operations SET epoch')) > 0 ? true : undefined,
    );
    await holder.run('ROLLBACK');
    await second;
    await eventually('the orphan to end', async () => {
      const rows = await control.rows('SELECT 1 FROM performance_schema.processlist WHERE id = ?', [orphanId]);
      return rows.length === 0 ? true : undefined;
    });
    expect(await stage.app.rows(`SELECT id FROM ${stage.shadow}`)).toEqual([]);
  });

  it('refuses a chunk and an apply with a stale token', async () => {
    stage = await Stage.open();
    await stage.prepare();
    const control = await stage.session();
    const stale = stage.nextToken();
    await takeOver(control, stage.operationId, stale);
    const follower = await stage.startFollower();
    await takeOver(control, stage.operationId, stage.nextToken());

    expect(await codeOf(copyChunk(onOneServer(await stage.dataSession()), chunkContext(stale), wholeTable))).toBe(
      'FENCED',
    );
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 1");
    expect((await follower.failure()).code).toBe('FENCED');
    expect(await stage.app.rows(`SELECT id FROM ${stage.shadow}`)).toEqual([]);
  });

  it('is refused to whoever is older than the newest', async () => {
    stage = await Stage.open();
    await stage.prepare();
    const control = await stage.session();
    const [older, newer] = [stage.nextToken(), stage.nextToken()];
    await takeOver(control, stage.operationId, newer);
    expect(await codeOf(takeOver(control, stage.operationId, older))).toBe('FENCED');
    await takeOver(control, stage.operationId, newer);
  });
});
