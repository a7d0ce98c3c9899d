/** The comparison that begins beside the build of the indexes, and is gone on with when `verified` is the goal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { looksToConfirm } from '../../../../src/limits/mysql-table.js';
import { startStream } from '../../../../src/mysql/server/sidecar/progress.js';
import { loadComparison } from '../../../../src/mysql/server/sidecar/verification.js';
import { codeOf, Stage } from '../../../faults/rules/stage.js';
import type { Hold } from '../../../faults/rules/gate.js';
import { eventually } from '../../../support/migration-test.js';

let stage: Stage;
afterEach(() => stage.close());

const digest = /^SELECT COUNT\(\*\) AS _sw_rows, HEX\(BIT_XOR/;
/** Of the first chunk: it has no lower bound. */
const firstDigest = /^SELECT COUNT\(\*\) AS _sw_rows, HEX\(BIT_XOR[^>]*$/;

const lookByKey = /AS _sw_digest FROM .* = 1\)$/;

/** A table of 40,000 rows and an index, of which most is compared beside the build, which is held. */
async function comparing(): Promise<{ build: Hold; indexed: Promise<string> }> {
  const numbers = 'WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)';
  stage = await Stage.open({
    table: '(id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL, KEY v (v))',
    rows: [`INSERT INTO t ${numbers} SELECT 200 * a.i + b.i + 1, CONCAT('v', a.i, b.i) FROM n a JOIN n b`],
  });
  await stage.prepare();
  await stage.reach('copied');
  const build = stage.gate.hold('before', /ADD KEY/);
  const indexed = stage.reach('indexed', { verifiesNext: true });
  await build.reached;
  await eventually('some of it to be compared', async () => ((await comparedUpTo()) > 0 ? true : undefined));
  return { build, indexed };
}

async function comparedBeside(): Promise<void> {
  const { build, indexed } = await comparing();
  build.release();
  expect(await indexed).toBe('reached');
  expect(await comparedUpTo()).toBeGreaterThan(0);
}

/** Of the comparison that is kept; 0 where there is none. */
async function comparedUpTo(): Promise<number> {
  const kept = await loadComparison(stage.app, { operationId: stage.operationId });
  return Number(kept?.comparedUpTo[0] ?? 0);
}

describe('comparing beside the build of the indexes', () => {
  it('leaves the rest to the next goal, and only that', async () => {
    await comparedBeside();
    const before = stage.gate.count(firstDigest);
    expect(before).toBeGreaterThan(0);
    expect(await stage.reach('verified')).toBe('reached');
    expect(stage.gate.count(firstDigest)).toBe(before);
    expect(await comparedUpTo()).toBe(0);
  });

  it('does not happen where nothing is to be verified', async () => {
    stage = await Stage.open();
    await stage.prepare();
    await stage.reach('copied');
    await stage.reach('indexed');
    expect(stage.gate.count(digest)).toBe(0);
  });

  it('compares again what is changed while it goes on', async () => {
    const { build, indexed } = await comparing();
    await stage.unlogged(
      `CREATE TRIGGER spoil BEFORE INSERT ON ${stage.shadow} FOR EACH ROW SET NEW.v = IF(NEW.id = 1, 'wrong', NEW.v)`,
    );
    const failed = codeOf(indexed);
    await stage.app.run("UPDATE t SET v = 'changed' WHERE id = 1");
    // The row is looked at until it counts as different; the build, which is held, would be killed then.
    const looks = (): Promise<true | undefined> =>
      Promise.resolve(stage.gate.count(lookByKey) >= 2 * looksToConfirm ? true : undefined);
    await eventually('the row to be looked at', looks, 60_000);
    await sleep(1_000);
    build.release();
    expect(await failed).toBe('VERIFICATION_FAILED');
  });

  it('begins anew after somebody has applied changes without comparing them', async () => {
    await comparedBeside();
    const follower = await stage.startFollower();
    await follower.stop();
    expect(await comparedUpTo()).toBe(0);
    await stage.unlogged(`UPDATE ${stage.shadow} SET v = 'spoilt' WHERE id = 1`);
    expect(await codeOf(stage.reach('verified'))).toBe('VERIFICATION_FAILED');
  });

  it('begins anew with a new stream', async () => {
    await comparedBeside();
    await startStream(stage.app, stage.operationId, await stage.position());
    expect(await comparedUpTo()).toBe(0);
  });

  it('is not disturbed by a build that ends just after the snapshot', async () => {
    await comparedBeside();
    const snapshot = stage.gate.hold('after', /^START TRANSACTION WITH CONSISTENT SNAPSHOT/);
    const verified = stage.reach('verified');
    await snapshot.reached;
    await stage.unlogged(`ALTER TABLE ${stage.shadow} ADD KEY later (v, id)`);
    snapshot.release();
    expect(await verified).toBe('reached');
  });
});
