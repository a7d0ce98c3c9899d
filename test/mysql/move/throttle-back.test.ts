/** `writeLatencyMsMax: "auto"` on the way back: what is compared while the target has the writes costs both servers (P12). */
import { afterEach, expect, it } from 'vitest';
import { holdProbe, type HeldProbe } from '../../../src/mysql/server/probe/held-probe.js';
import { loadAllVerification } from '../../../src/mysql/server/sidecar/verification.js';
import { loadLatencies } from '../../../src/mysql/server/sidecar/write-latencies.js';
import { Shown } from '../../faults/rules/shown.js';
import { eventually } from '../../support/eventually.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

const sides = ['source', 'target'] as const;

/** Locks the row of a probe until it is let go. */
async function lockRow(side: (typeof sides)[number], { writes }: HeldProbe): Promise<() => Promise<void>> {
  const locker = await moving.root(side);
  await locker.run('START TRANSACTION');
  await locker.rows(`SELECT 1 FROM _switchyard.write_probes WHERE probe_id = '${writes.id}' FOR UPDATE`);
  await eventually('a write that waits', () => Promise.resolve(writes.latencyMs > 500 ? true : undefined));
  return () => locker.close();
}

it('holds the comparison back while writes wait on either side, by what they took before the copy; the feed goes on', async () => {
  moving = await Moving.open('CREATE TABLE orders (id INT PRIMARY KEY, n INT)', 'INSERT INTO orders VALUES (1, 1)');
  const { operationId } = moving;
  await moving.prepare();
  await moving.reachAll();
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
  const [source, target] = [await moving.root('source'), await moving.root('target')];
  const probes = { source: holdProbe(moving.source), target: holdProbe(moving.target) };
  const stop = new AbortController();
  try {
    await Promise.all(sides.map((side) => probes[side].writes.begun(10_000)));
    const locks = await Promise.all(sides.map((side) => lockRow(side, probes[side])));
    const shown = new Shown();
    const following = moving.synchronise('follow', {
      ...{
        direction: 'reverse',
        throttle: { writeLatencyMsMax: 'auto' },
        verifyAgain: { everyMs: 1, timeShareMax: 1 },
      },
      ...{ signal: stop.signal, ...shown },
    });
    following.catch(() => undefined);
    await shown.until('writeLatencyMsMax', 'held');
    const held = /takes [\d,.]+ ms, at most [\d,.]+ \(auto; [\d,.]+ before the copy\)/;
    for (const { name } of [moving.source, moving.target]) {
      expect(shown.why('writeLatencyMsMax')).toMatch(new RegExp(`a write on ${name} ${held.source}`));
    }
    const before = (await loadLatencies(source, operationId)).filter(({ span }) => span === 'before');
    expect(before).toEqual((await loadLatencies(target, operationId)).filter(({ span }) => span === 'before'));
    await target.run('INSERT INTO orders VALUES (2, 2)');
    await eventually('the row to come back', async () => {
      const rows = await source.rows('SELECT 1 FROM orders WHERE id = 2');
      return rows.length === 1 ? true : undefined;
    });
    const compared = async (): Promise<boolean> =>
      [...(await loadAllVerification(source, operationId)).values()].every((row) => row.comparedSecondsAgo !== null);
    expect(await compared()).toBe(false);
    for (const letGo of locks) await letGo();
    await eventually('the comparison', async () => (await compared()) || undefined);
    stop.abort();
    expect(await following).toMatchObject({ outcome: 'stopped' });
  } finally {
    stop.abort();
    for (const side of sides) probes[side].release();
  }
});
