/** Source tables that are to be dropped are there until the target has had its end: till then it can be given up (P10). */
import { afterEach, describe, expect, it } from 'vitest';
import { completeMove } from '../../../src/mysql/move/complete-move.js';
import { finishMove } from '../../../src/mysql/move/finish-move.js';
import { reverseMove } from '../../../src/mysql/move/switch-move.js';
import { resolveSwitch } from '../../../src/mysql/move/resolve-switch.js';
import { retainedName } from '../../../src/schema/names.js';
import { fenceWritersTable } from '../../support/fence-writers.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

async function switched(): Promise<void> {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
  await moving.prepare({ sourceTables: 'drop' });
  await moving.reachAll();
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
  const { source, target, operationId } = moving;
  await completeMove({ source, target }, operationId);
}

/** Both servers of the move, of which the target is gone. */
function withoutTarget(): Pick<Moving, 'source' | 'target' | 'operationId'> {
  const { source, target, operationId } = moving;
  // Nobody listens there.
  return { source, target: { ...target, port: 1 }, operationId };
}

async function sourceTables(): Promise<readonly unknown[]> {
  const rows = await (await moving.root('source')).rows<Record<string, string>>('SHOW TABLES');
  return rows.flatMap((row) => Object.values(row));
}

function givingUp(): Promise<unknown> {
  const signal = new AbortController().signal;
  const limits = { lockTimeoutMs: 1_000, drainTimeoutMs: 1_000 };
  return reverseMove({
    ...withoutTarget(),
    ...limits,
    token: moving.nextToken(),
    attempt: 2,
    acceptLoss: true,
    signal,
  });
}

describe('source tables that are to be dropped', () => {
  it('get their names back where the target is given up before it has had its end', async () => {
    await switched();
    expect(await sourceTables()).toEqual([retainedName(moving.operationId, 0)]);
    expect(await givingUp()).toMatchObject({ outcome: 'switched', lossAccepted: true });
    const root = await moving.root('source');
    await root.run('INSERT INTO orders (writer, n) VALUES (0, 1)');
    expect(await root.rows('SELECT n FROM orders ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }]);
  });

  it('are dropped at the very end, for which the target is not needed any more', async () => {
    await switched();
    const { source, target, operationId } = moving;
    moving.breakAt('DROP TABLE');
    // The gate of the target has to go, too.
    moving.observe = (sql) => moving.breakAt(sql.includes('`gate_') ? undefined : 'DROP TABLE');
    await expect(finishMove({ source, target, operationId, forced: false })).rejects.toThrow('broken');
    moving.observe = undefined;
    moving.breakAt(undefined);
    expect(await sourceTables()).toEqual([retainedName(operationId, 0)]);
    // Now the target is the application's, and nothing gives the source the writes again.
    expect(await givingUp()).toMatchObject({ outcome: 'notSwitched', reason: 'stopped' });
    const token = moving.nextToken();
    const inDoubt = { ...withoutTarget(), direction: 'reverse', attempt: 2, token, givenUp: 'target' } as const;
    expect(await resolveSwitch(inDoubt)).toEqual({ outcome: 'notSwitched' });
    expect(await finishMove({ ...withoutTarget(), forced: false })).toEqual({ residuals: [] });
    expect(await sourceTables()).toEqual([]);
    expect(await moving.leftovers('source')).toEqual([]);
    // Repeatable.
    expect(await finishMove({ source, target, operationId, forced: false })).toEqual({ residuals: [] });
    await (await moving.root('target')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
  });
});
