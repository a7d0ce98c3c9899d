/** While a move that is not completed is removed, its target tables refuse writes for as long as they have their names (P1). */
import { afterEach, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import { fenceWritersTable } from '../../support/fence-writers.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

/** What somebody hears who writes to the target before each of our statements there. */
async function heardOn(target: ClusterSettings): Promise<{ cluster: ClusterSettings; heard: Set<unknown> }> {
  const root = await moving.root('target');
  const heard = new Set<unknown>();
  const write = async (): Promise<void> => {
    const written = root.run('INSERT INTO orders (writer, n) VALUES (7, 7)');
    heard.add(
      await written.then(
        () => 'written',
        (error: unknown) => (error as { errno?: unknown }).errno,
      ),
    );
  };
  return { cluster: { ...target, observer: { before: write, after: () => undefined } }, heard };
}

it.each([
  { had: 'never', attempts: [] },
  { had: 'once', attempts: ['forward', 'reverse'] },
] as const)('a target that had the writes $had takes none while it is removed', async ({ attempts }) => {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
  await moving.prepare();
  await moving.reachAll();
  for (const [index, direction] of attempts.entries()) {
    expect(await moving.attempt(direction, index + 1)).toMatchObject({ outcome: 'switched' });
  }
  const { source, operationId } = moving;
  const { cluster: target, heard } = await heardOn(moving.target);
  await removeMove({ source, target, operationId, state: 'cancelled' });
  // By its fence, and then because it is not there.
  expect([...heard]).toEqual([1644, 1146]);
});
