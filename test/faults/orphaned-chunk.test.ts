/**
 * A worker is killed with SIGKILL while the statement of a chunk runs, and the server goes on with it (P1): the statement
 * has read rows that are deleted before it comes to write them. The one that takes over waits until it is gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { seededOrder, seedOffset, type OrderRow } from '../../src/dev/shop/orders.js';
import { rowLockWaitSeconds } from '../../src/limits/mysql-server.js';
import { chunkRowsStart } from '../../src/limits/mysql-table.js';
import type { Session } from '../../src/mysql/server/session/session.js';
import { whatRuns } from '../support/eventually.js';
import { eventually, MigrationTest } from '../support/migration-test.js';

let test: MigrationTest;
let holders: Holders | undefined;
afterEach(async () => {
  await holders?.letGo();
  await test.close();
});

/** How far below its seeded id a row is set aside: first in the order of the key, and where no client goes. */
const aside = 500_000;
/** The whole first chunk: a row in it that a client changes would come to the shadow meanwhile, and stop the statement. */
const seeded = Array.from({ length: chunkRowsStart }, (_none, index) => seedOffset + 1 + index);
const ids = seeded.map((id) => id - aside);
/**
 * At each of these the statement is made to wait; it has read the later ones by then, and has not written them. Not the
 * first: a wait for a row can leave the gap below it locked, where clients' new keys come to be.
 */
const held = ids.slice(1, 25);
/** So many that the first chunk of the second worker ends behind the orphan's, whatever clients put before both. */
const deleted = ids.slice(25);

/** Only the first chunk has no lower bound. */
const firstChunk = '^INSERT INTO `[^`]*`\\.`_sw_[^>]* <= ';

/** Holds rows of the shadow, each in a session of its own, so that a statement comes from one to the next slowly. */
class Holders {
  readonly #sessions: Session[] = [];

  async hold(shadow: string): Promise<void> {
    const columns = 'id, reference, customer, total, details, placed_at';
    for (const id of held) {
      const session = await test.rootSession();
      this.#sessions.push(session);
      await session.run(`USE ${test.database}`);
      await session.run('START TRANSACTION');
      await session.run(`INSERT INTO \`${shadow}\` (${columns}) SELECT ${columns} FROM orders WHERE id = ?`, [id]);
    }
  }

  /** Frees row after row, each before a wait for it would end with an error. Ends with the last one or with `letGo`. */
  async freeSlowly(): Promise<void> {
    while (this.#sessions.length > 0) {
      await sleep(rowLockWaitSeconds * 400);
      await this.#sessions.shift()?.close();
    }
  }

  async letGo(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((session) => session.close()));
  }
}

/** Makes the test's own rows of seeded ones. */
async function setRowsAside(): Promise<void> {
  await test.rows(`UPDATE ${test.database}.orders SET id = id - ${aside} WHERE id <= ?`, [seeded.at(-1) ?? 0]);
  const changes = new Map<number, OrderRow | null>(seeded.map((id) => [id, null]));
  for (const id of seeded) changes.set(id - aside, seededOrder(id));
  test.shop.model.acknowledge(changes, performance.now());
}

/** Deletes rows that the chunk has read. @returns what the server had executed then. */
async function deleteRows(): Promise<string> {
  await test.rows(`DELETE FROM ${test.database}.orders WHERE id IN (${deleted.join(', ')})`);
  test.shop.model.acknowledge(new Map(deleted.map((id) => [id, null])), performance.now());
  const [row] = await test.rows<{ executed: string }>('SELECT @@GLOBAL.gtid_executed AS executed');
  return row?.executed ?? '';
}

/** Resolves when the session waits for a row: one of the shadow that is held. */
async function untilItWaits(sessionId: number): Promise<void> {
  await eventually('the chunk to come to a row that is held', async () => {
    const rows = await test.rows(
      `SELECT 1 FROM performance_schema.data_lock_waits w
         JOIN performance_schema.threads t ON t.thread_id = w.requesting_thread_id WHERE t.processlist_id = ?`,
      [sessionId],
    );
    return rows.length > 0 ? true : undefined;
  });
}

/** What the session does at this moment; empty when it is gone. */
function running(sessionId: number): Promise<readonly object[]> {
  return test.rows('SELECT command, info FROM performance_schema.processlist WHERE id = ?', [sessionId]);
}

/** Resolves with what the second worker does: wait for the orphan, or (which it must not) pass it and apply the deletes. */
function untilTakeOver(orphanId: number, operationId: string, executed: string): Promise<string> {
  const seen = async (): Promise<string | undefined> => {
    const [wait] = await test.rows<{ waits: string; info: string }>(
      `SELECT later.processlist_info AS waits, orphan.processlist_info AS info
         FROM performance_schema.data_lock_waits w
         JOIN performance_schema.threads later ON later.thread_id = w.requesting_thread_id
         JOIN performance_schema.threads orphan ON orphan.thread_id = w.blocking_thread_id
        WHERE orphan.processlist_id = ? AND later.processlist_info LIKE 'UPDATE _switchyard.operations SET epoch%'`,
      [orphanId],
    );
    if (wait !== undefined) return new RegExp(firstChunk).test(wait.info) ? 'waits for the orphan' : wait.info;
    const passed = await test.rows(
      'SELECT 1 FROM _switchyard.streams WHERE operation_id = ? AND GTID_SUBSET(?, position)',
      [operationId, executed],
    );
    return passed.length > 0 ? 'has applied the deletes' : undefined;
  };
  return eventually('the second worker to come to the orphan, or to pass it', seen, undefined, undefined, () =>
    whatRuns(test.handle),
  );
}

it('a statement that outlives its worker brings no deleted row back', async () => {
  test = new MigrationTest({ rows: 15_000 });
  await test.open();
  await setRowsAside();
  const { worker, reached, goOn } = await test.startFaultWorker({ statement: firstChunk, when: 'before' });
  await test.start();
  const { sessionId } = await reached();
  const { operationId } = await test.status();
  const [shadow = ''] = await test.ownTables();
  holders = new Holders();
  await holders.hold(shadow);
  await goOn();
  await untilItWaits(sessionId);
  const freeing = holders.freeSlowly();
  // Not before: no row that a client has made may be in the chunk.
  test.shop.startClients();
  worker.kill('SIGKILL');
  await worker.exited;
  await test.startWorker();
  const executed = await deleteRows();
  const info = expect.stringMatching(firstChunk) as string;
  expect(await running(sessionId)).toEqual([{ command: 'Query', info }]);

  const second = await untilTakeOver(sessionId, operationId ?? '', executed);
  expect(await running(sessionId)).toEqual([{ command: 'Query', info }]);
  await holders.letGo();
  await eventually('the orphan to end', async () => ((await running(sessionId)).length === 0 ? true : undefined));
  await freeing;
  const result = await test.result();
  expect(result).toMatchObject({ outcome: 'completed', verified: true });
  await test.expectNothingLost();
  expect(await test.ownTables()).toEqual([result.retainedTable]);
  expect(second).toBe('waits for the orphan');
});
