import { afterEach, describe, expect, it } from 'vitest';
import { MigrationTest } from '../support/migration-test.js';

let test: MigrationTest;

async function open(options: ConstructorParameters<typeof MigrationTest>[0] = {}): Promise<void> {
  test = new MigrationTest(options);
  await test.open();
  await test.startWorker();
}

afterEach(() => test.close());

describe('onlineDdl', () => {
  it('changes a table that nobody writes to', async () => {
    await open({ rows: 5_000 });
    await test.start();
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', rowsCopied: 5_000, verified: true });
    await test.expectNothingLost();
    const [table] = await test.rows<{ 'Create Table': string }>(`SHOW CREATE TABLE ${test.database}.orders`);
    expect(table?.['Create Table']).toContain('`channel` varchar(20)');
    expect(table?.['Create Table']).toContain('KEY `status_placed`');
    expect(table?.['Create Table']).not.toContain('_sw_');
    expect(await test.ownTables()).toEqual([result.retainedTable]);
    // The worker has found out by itself that the namespace has them.
    const { typedSearchAttributes } = await test.handle.describe();
    const listed = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value] as const);
    expect(Object.fromEntries(listed)).toMatchObject({
      ...{ SwitchyardPhase: 'completed', SwitchyardNeedsOperator: false },
      ...{ SwitchyardCluster: ['commerce'], SwitchyardTable: [`${test.database}.orders`] },
    });
  });

  it('loses nothing while four clients write (P1)', async () => {
    await open({ rows: 50_000, seed: 7 });
    test.shop.startClients();
    await test.start();
    const result = await test.result();
    expect(result.outcome).toBe('completed');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await test.expectNothingLost();
    expect(test.shop.model.acknowledged).toBeGreaterThan(100);
    const swappedAt = performance.now() - (Date.now() - Date.parse(result.completedAt ?? ''));
    expect(await test.shop.compareWithRetained(result.retainedTable ?? '', swappedAt - 2_000)).toEqual([]);
  });
});
