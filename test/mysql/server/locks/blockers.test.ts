import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findLockHolders, nameSnapshotHolders } from '../../../../src/mysql/server/locks/blockers.js';
import { findSnapshots } from '../../../../src/mysql/server/locks/old-snapshots.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { ensureSidecar } from '../../../../src/mysql/server/sidecar/schema.js';
import { uniqueName } from '../../../support/migration-test.js';

const database = uniqueName('blockers');
let ours: Session;
let theirs: Session;

beforeAll(async () => {
  const { switchyard, root } = inject('stack').commerce;
  ours = await Session.open(switchyard, controlVariables);
  await ensureSidecar(ours);
  theirs = await Session.open(root, { ...controlVariables, transaction_isolation: 'REPEATABLE-READ' });
  await theirs.run(`CREATE DATABASE ${database}`);
  await theirs.run(`CREATE TABLE ${database}.t (id INT PRIMARY KEY, a VARCHAR(40))`);
});

afterAll(async () => {
  await theirs.close();
  await ours.close();
});

describe('who holds the table', () => {
  it('is named while a statement with four-byte text runs, which the server cannot show in its old tables', async () => {
    await theirs.run('START TRANSACTION');
    await theirs.rows(`SELECT * FROM ${database}.t`);
    const running = theirs.rows(`SELECT SLEEP(1.5), '🛒 顧客' FROM DUAL`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const holders = await findLockHolders(ours, [{ database, table: 't' }], []);
    expect(holders).toMatchObject([{ id: theirs.id, user: 'root', holds: `SHARED_READ on ${database}.t` }]);
    expect(holders[0]?.ageSeconds).toBeGreaterThan(0);
    expect(holders[0]?.ageSeconds).toBeLessThan(60);
    const snapshots = await findSnapshots({ session: ours, ownIds: [] });
    const named = await nameSnapshotHolders(ours, snapshots ?? []);
    expect(named).toContainEqual(expect.objectContaining({ id: theirs.id, user: 'root' }));
    await running;
    await theirs.run('ROLLBACK');
    expect(await findLockHolders(ours, [{ database, table: 't' }], [])).toEqual([]);
  });

  it('is shown with what it runs or has run, but with no value of it', async () => {
    const secret = 'SECRET-078-05-1120';
    const looks = async (what: string, begins: RegExp): Promise<void> => {
      const holders = [
        ...(await findLockHolders(ours, [{ database, table: 't' }], [])),
        ...(await nameSnapshotHolders(ours, [{ id: theirs.id, ageSeconds: 1, startedAt: null, number: null }])),
      ];
      expect(
        holders.map(({ statement }) => statement),
        what,
      ).toEqual([expect.stringMatching(begins), expect.stringMatching(begins)]);
      expect(JSON.stringify(holders), what).not.toContain('078-05');
    };
    const update = `UPDATE ${database}.t SET a = '${secret}' WHERE a = "${secret}" OR id = 78055 /* ${secret} */`;
    await theirs.run('START TRANSACTION');
    await theirs.run(update);
    await looks('idle', /^UPDATE `.*` \. `t` SET `a` = \? WHERE `a` = \? OR `id` = \?$/);
    const running = theirs.rows(`SELECT SLEEP(1), '${secret}', 0x${Buffer.from(secret).toString('hex')} FROM DUAL`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await looks('running', /^SELECT `SLEEP` \(\?\) , \?, \.\.\. FROM DUAL$/);
    await running;
    const keepDigests = (enabled: string): Promise<unknown> =>
      theirs.run('UPDATE performance_schema.setup_consumers SET enabled = ? WHERE name = ?', [
        enabled,
        'statements_digest',
      ]);
    await theirs.run('ROLLBACK');
    await keepDigests('NO');
    try {
      await theirs.run('START TRANSACTION');
      await theirs.run(update);
      const again = theirs.rows(`  SELECT SLEEP(1), '${secret}' FROM DUAL`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await looks('no digests', /^SELECT$/);
      await again;
      await theirs.run('ROLLBACK');
    } finally {
      await keepDigests('YES');
    }
  });
});
