/**
 * A move of many tables makes as many connections, and has as many at once, as a move of few: whatever it makes for each
 * table ends with "Too many connections" for the application (P12).
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

/** Every second one has an index that is built later; all have rows that are copied and compared. */
async function movingOf(tables: number): Promise<Moving> {
  const statements = Array.from({ length: tables }, (_, n) => [
    `CREATE TABLE t${n} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, n INT${n % 2 === 0 ? ', KEY n (n)' : ''})`,
    `INSERT INTO t${n} (n) VALUES (1), (2)`,
  ]);
  return Moving.open(...statements.flat());
}

interface Connections {
  /** All that were made. */
  readonly made: number;
  /** The most at once, on the servers' own word. */
  readonly most: number;
}

/** The connections of the work on one side: at each statement of a new one it is looked which of them there are. */
async function watched(side: 'source' | 'target'): Promise<{ settings: ClusterSettings; seen: () => Connections }> {
  const root = await moving.root(side);
  const ids = new Set<number>();
  let [most, looking] = [0, Promise.resolve()];
  const look = async (): Promise<void> => {
    const { n } = await root.row<{ n: number }>(
      `SELECT COUNT(*) AS n FROM performance_schema.threads WHERE processlist_id IN (${[...ids].join(', ')})`,
    );
    most = Math.max(most, Number(n));
  };
  const before = (_sql: string, id: number): Promise<void> => {
    if (ids.has(id)) return Promise.resolve();
    ids.add(id);
    looking = looking.then(look);
    return looking;
  };
  const settings = { ...moving[side], observer: { before, after: () => undefined } };
  return { settings, seen: () => ({ made: ids.size, most }) };
}

/** Everything a move does, with what it took on both servers together. */
async function moved(tables: number): Promise<Readonly<Record<string, Connections>>> {
  moving = await movingOf(tables);
  const steps: Record<string, (clusters: { source: ClusterSettings; target: ClusterSettings }) => Promise<unknown>> = {
    prepared: (clusters) => moving.prepare(clusters),
    copied: (clusters) => moving.synchronise('copied', clusters),
    indexed: (clusters) => moving.synchronise('indexed', { ...clusters, verifiesNext: true }),
    verified: (clusters) => moving.synchronise('verified', clusters),
    'caught up': (clusters) => moving.synchronise('caughtUp', clusters),
    switched: (clusters) => moving.attempt('forward', 1, clusters),
    'followed back': (clusters) => moving.synchronise('caughtUp', { ...clusters, direction: 'reverse' }),
    reversed: (clusters) => moving.attempt('reverse', 2, clusters),
  };
  const took: Record<string, Connections> = {};
  for (const [name, step] of Object.entries(steps)) {
    const [source, target] = [await watched('source'), await watched('target')];
    const end = await step({ source: source.settings, target: target.settings });
    if (name !== 'prepared') expect(['reached', 'switched']).toContain((end as { outcome: string }).outcome);
    const seen = [source.seen(), target.seen()];
    took[name] = {
      made: seen.reduce((sum, { made }) => sum + made, 0),
      most: seen.reduce((sum, { most }) => sum + most, 0),
    };
  }
  await moving.close();
  return took;
}

describe('the connections of a move', () => {
  it('are as many for 20 tables as for 3, in every step of it', async () => {
    const few = await moved(3);
    const many = await moved(20);
    for (const [step, { made, most }] of Object.entries(many)) {
      expect(made, `${step}: made`).toBeLessThanOrEqual((few[step]?.made ?? 0) + 4);
      expect(most, `${step}: at once`).toBeLessThanOrEqual((few[step]?.most ?? 0) + 2);
    }
  });
});
