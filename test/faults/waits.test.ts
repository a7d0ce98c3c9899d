/** What a real activity waits for is in the status, with who or what holds it up, and costs its history hardly anything. */
import { afterEach, expect, it } from 'vitest';
import { waitsToldSignal } from '../../src/contract/operation/waits.js';
import { MigrationTest } from '../support/migration-test.js';

let test: MigrationTest;
afterEach(() => test.close());

it('A limit that holds the copy, and then somebody who keeps the new table from being dropped, are named', async () => {
  test = new MigrationTest({ rows: 2_000, clients: 1 });
  await test.open();
  await test.startWorker();
  const handle = await test.start({ throttle: { query: { select: 'SELECT 9', max: 5 } } });
  const { waitsFor } = await test.until('the throttle to be told', (status) => status.waitsFor.length > 0);
  expect(waitsFor).toMatchObject([{ for: 'throttle.query', why: 'the query gives 9, at most 5' }]);
  expect(Date.now() - Date.parse(waitsFor[0]?.since ?? '')).toBeGreaterThan(5_000);

  const [shadow] = await test.ownTables();
  const reader = await test.rootSession();
  try {
    await reader.run('START TRANSACTION');
    await reader.rows(`SELECT * FROM ${test.database}.${shadow} LIMIT 1`);
    await test.command('cancel');
    const held = await test.until('the lock to be told', (status) => status.waitsFor.some((one) => one.for === 'lock'));
    expect(held.waitsFor.map(({ why }) => why).join()).toMatch(
      new RegExp(
        `^commerce: Waiting for table metadata lock on ${test.database}\\.${shadow}; held by ${reader.id} root@`,
      ),
    );
    await reader.run('COMMIT');
  } finally {
    await reader.close();
  }
  expect(await test.result()).toMatchObject({ outcome: 'cancelled' });
  expect(await test.ownTables()).toEqual([]);
  const { events } = await handle.fetchHistory();
  const told = (events ?? []).filter(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === waitsToldSignal,
  );
  expect(told.length).toBeLessThanOrEqual(4);
});
