/** A comparison that is stopped goes on where everything before was settled. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MigrationPlan } from '../../../../src/mysql/migration/migration-plan.js';
import type { ComparedSoFar } from '../../../../src/mysql/server/sidecar/verification.js';
import { failureOf, VerifyTables } from './verify-tables.js';

let tables: VerifyTables;

beforeAll(async () => {
  tables = await VerifyTables.create();
});

afterAll(() => tables.drop());

/** Compares until so many rows are done. @returns what is kept. */
async function compareSome(plan: MigrationPlan, rows: number): Promise<ComparedSoFar | undefined> {
  const stop = new AbortController();
  let kept: ComparedSoFar | undefined;
  const result = await tables.verify(plan, {
    onProgress: (compared) => {
      if (compared >= rows) stop.abort();
    },
    keep: (progress) => Promise.resolve(void (kept = progress)),
    signal: stop.signal,
  });
  expect(result.complete).toBe(false);
  return kept;
}

function keyOf(kept: ComparedSoFar | undefined): number {
  return Number(kept?.comparedUpTo[0] ?? 0);
}

describe('a comparison that was stopped', () => {
  it('goes on from there', async () => {
    await tables.makePair('resumed', 1_000);
    const plan = await tables.plan('resumed');
    const from = await compareSome(plan, 600);
    expect(keyOf(from)).toBeGreaterThan(400);
    expect(keyOf(from)).toBeLessThan(800);
    const progress: number[] = [];
    const result = await tables.verify(plan, { from, onProgress: (rows) => progress.push(rows) });
    expect(result).toMatchObject({ complete: true, notCompared: [] });
    expect(progress[0]).toBeGreaterThan(from?.rowsCompared ?? 0);
    // Chunks that were never settled are compared again, and no others.
    expect(progress.at(-1)).toBe((from?.rowsCompared ?? 0) + 1_000 - keyOf(from));
  });

  it('finds what differs after that key', async () => {
    await tables.makePair('later', 1_000);
    const plan = await tables.plan('later');
    const from = await compareSome(plan, 400);
    await tables.root.run(`UPDATE later_new SET v = 'spoilt' WHERE id = ${keyOf(from) + 1}`);
    const { facts } = await failureOf(tables.verify(plan, { from }));
    expect(facts.different).toEqual([`id=${keyOf(from) + 1}`]);
  });

  it('begins before a row that differed and is not settled', async () => {
    await tables.makePair('suspected', 1_000);
    await tables.root.run("UPDATE suspected_new SET v = 'not applied yet' WHERE id = 300");
    const plan = await tables.plan('suspected');
    const from = await compareSome(plan, 600);
    expect(keyOf(from)).toBeLessThan(300);
    const { facts } = await failureOf(tables.verify(plan, { from }));
    expect(facts.different).toEqual(['id=300']);
  });

  it('tells what the part before could not compare', async () => {
    await tables.makePair('told', 100);
    const from = { comparedUpTo: ['50'], rowsCompared: 50, notCompared: ['1 row that changed at every look: id=7'] };
    const { notCompared } = await tables.verify(await tables.plan('told'), { from });
    expect(notCompared).toEqual(from.notCompared);
  });
});

describe('a comparison that leaves the last chunk', () => {
  it('is never complete, and keeps all but that', async () => {
    await tables.makePair('all_but_one', 100);
    const plan = await tables.plan('all_but_one');
    let kept: ComparedSoFar | undefined;
    const keep = (progress: ComparedSoFar): Promise<void> => Promise.resolve(void (kept = progress));
    expect(await tables.verify(plan, { leavesLast: true, keep })).toMatchObject({ complete: false });
    expect(keyOf(kept)).toBeGreaterThanOrEqual(90);
    expect(keyOf(kept)).toBeLessThan(100);
    const progress: number[] = [];
    await tables.verify(plan, { from: kept, onProgress: (rows) => progress.push(rows) });
    expect(progress).toEqual([100]);
  });
});
