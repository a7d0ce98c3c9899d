/** A target that was given up while it did not answer, and whose tables are open (P10). */
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { cleanUpMove } from '../../../src/mysql/move/clean-up-move.js';
import { reverseMove } from '../../../src/mysql/move/switch-move.js';
import { retainedName } from '../../../src/schema/names.js';
import { fenceWritersTable } from '../../support/fence-writers.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

/** Nobody listens there. */
const gone = (cluster: ClusterSettings): ClusterSettings => ({ ...cluster, port: 1 });

async function givenUp(): Promise<void> {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
  await moving.prepare();
  await moving.reachAll();
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
  const { source, target, operationId } = moving;
  const signal = new AbortController().signal;
  const limits = { lockTimeoutMs: 1_000, drainTimeoutMs: 1_000, attempt: 2, token: moving.nextToken(), signal };
  const attempt = await reverseMove({ source, target: gone(target), operationId, ...limits, acceptLoss: true });
  expect(attempt).toMatchObject({ outcome: 'switched', lossAccepted: true });
  // Nobody could tell it.
  await (await moving.root('target')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
}

function cleanUp(target: ClusterSettings): ReturnType<typeof cleanUpMove> {
  const { source, operationId } = moving;
  const move = { source, target, operationId, route: () => Promise.resolve(), signal: new AbortController().signal };
  return cleanUpMove(move, { state: 'cancelled', skip: ['target'], version: 3 });
}

describe('a target that was given up', () => {
  it('is shut where it is back before the move has ended, and its rows are kept', async () => {
    await givenUp();
    const { target, operationId } = moving;
    const table = retainedName(operationId, 0);
    expect(await cleanUp(target)).toMatchObject({ residuals: [], retained: [{ table, of: 'orders' }] });
    const root = await moving.root('target');
    await expect(root.run('INSERT INTO orders (writer, n) VALUES (0, 2)')).rejects.toMatchObject({ errno: 1146 });
    expect(await root.rows(`SELECT n FROM ${table} ORDER BY n`)).toEqual([{ n: 0 }, { n: 1 }]);
    await (await moving.root('source')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
  });

  it('is named with what has to be done where it is not', async () => {
    await givenUp();
    const { residuals, retained } = await cleanUp(gone(moving.target));
    expect(retained).toEqual([]);
    expect(residuals.join()).toContain(`on cluster ${moving.target.name}`);
    expect(residuals.join()).toContain('read_only=ON');
    await (await moving.root('source')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
  });
});
