/** What operations have left on a cluster is removed only where it is certainly nobody's (P4). */
import { afterEach, expect, it } from 'vitest';
import { reconcile, type Residual } from '../../../src/mysql/reconcile/reconcile.js';
import { fenceWritersTable } from '../../support/fence-writers.js';
import { Moving } from '../move/moving.js';

let moving: Moving;
afterEach(() => moving.close());

/** Of this test's move only: the servers are shared. */
async function reconciled(
  side: 'source' | 'target',
  { isOpen = false, dryRun = false } = {},
): Promise<Residual | undefined> {
  const { source, target, operationId } = moving;
  const clusters = new Map([source, target].map((cluster) => [cluster.name, cluster]));
  const residuals = await reconcile({
    cluster: moving[side],
    find: (name) => clusters.get(name),
    // Other tests' operations are theirs.
    isOpen: (workflowId) => Promise.resolve(isOpen || workflowId !== `move/${operationId}`),
    dryRun,
  });
  return residuals.find((residual) => residual.operationId === operationId);
}

it.each(['source', 'target'] as const)(
  'a move whose workflow is gone before the switch goes from both sides: %s',
  async (side) => {
    moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
    await moving.prepare();
    await moving.reachAll();
    expect(await reconciled(side, { isOpen: true })).toMatchObject({ outcome: 'inUse' });
    const found = await reconciled(side, { dryRun: true });
    expect(found).toMatchObject({ outcome: 'removable', kind: 'moveTables' });
    expect(found?.parts.join('; ')).toContain(`locks of ${moving.database}.orders`);
    expect(await moving.leftovers('target')).not.toEqual([]);
    expect(await reconciled(side)).toMatchObject({ outcome: 'removed' });
    for (const each of ['source', 'target'] as const) expect(await moving.leftovers(each)).toEqual([]);
    expect(await reconciled(side)).toBeUndefined();
    await (await moving.root('source')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
    expect(await (await moving.root('target')).rows('SHOW TABLES')).toEqual([]);
  },
);

it('a move whose writes are on the target is left alone, and says why', async () => {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
  await moving.prepare();
  await moving.reachAll();
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
  for (const side of ['source', 'target'] as const) {
    const residual = await reconciled(side);
    expect(residual).toMatchObject({ outcome: 'refused' });
    expect(residual?.why).toContain('writes');
  }
  const target = await moving.root('target');
  await target.run('INSERT INTO orders (writer, n) VALUES (0, 1)');
  expect(await target.rows('SELECT n FROM orders ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }]);
  await expect((await moving.root('source')).run('DELETE FROM orders')).rejects.toThrow('Switchyard move');
});
