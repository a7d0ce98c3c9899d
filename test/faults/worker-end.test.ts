/** A worker that is asked to end (SIGTERM) ends in time, whatever runs in it, and another one goes on. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, inject, it } from 'vitest';
import type { OnlineDdlOptions } from '../../src/contract/migration/input.js';
import type { WorkerProcess } from '../../src/dev/start-worker.js';
import { shutdownGraceMsDefault } from '../../src/limits/config.js';
import { workerEndAfterGraceMs } from '../../src/limits/worker.js';
import { eventually, MigrationTest, uniqueName, type Fault } from '../support/migration-test.js';
import { TestWorkers } from '../support/test-workers.js';

/** For a busy machine; without a bound it would be for ever. */
const endedWithinMs = shutdownGraceMsDefault + workerEndAfterGraceMs + 20_000;

async function expectEnd(worker: WorkerProcess): Promise<void> {
  const askedAt = performance.now();
  worker.kill('SIGTERM');
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedAt).toBeLessThan(endedWithinMs);
}

interface Case {
  readonly what: string;
  /** The worker stands at this statement, and does so until it ends, unless `then` tells it to go on. */
  readonly fault: Fault;
  readonly options?: OnlineDdlOptions;
  /** Sent once it can be. */
  readonly cancelled?: true;
  readonly then?: (test: MigrationTest, goOn: () => Promise<void>) => Promise<{ close(): Promise<void> }>;
}

const cases: readonly Case[] = [
  { what: 'a statement of the copy', fault: { statement: '^INSERT INTO `[^`]*`.`_sw_.* <= ', when: 'before' } },
  {
    what: 'an attempt that waits for the lock',
    fault: { statement: '^LOCK TABLES', when: 'before' },
    options: { cutOver: { lockTimeoutMs: 60_000, maxAttempts: 20, backoffMs: [0, 500] } },
    then: async (test, goOn) => {
      const holder = await test.rootSession();
      await holder.run(`LOCK TABLES ${test.database}.orders READ`);
      await goOn();
      return holder;
    },
  },
  {
    what: 'a DROP TABLE that waits for a reader',
    fault: { statement: '^DROP TABLE', when: 'before' },
    options: { postponeCompletion: true },
    cancelled: true,
    then: async (test, goOn) => {
      const reader = await test.rootSession();
      const [shadow = ''] = await test.ownTables();
      await reader.run('START TRANSACTION');
      await reader.rows(`SELECT 1 FROM ${test.database}.${shadow} LIMIT 1`);
      await goOn();
      await eventually('the DROP to wait', async () => {
        const waiting = await test.rows(
          `SELECT 1 FROM performance_schema.metadata_locks
            WHERE object_schema = ? AND object_name = ? AND lock_status = 'PENDING'`,
          [test.database, shadow],
        );
        return waiting.length > 0 ? true : undefined;
      });
      return reader;
    },
  },
  { what: 'what takes no signal', fault: { statement: '^UPDATE _switchyard.operations SET state', when: 'before' } },
];

describe.concurrent('a worker ends by SIGTERM, and another one goes on, while it hangs', () => {
  it.each(cases)('in $what', async ({ fault, options, cancelled, then }) => {
    const test = new MigrationTest({ rows: 2_000, clients: 1, pauseMs: 20 });
    try {
      await test.open();
      test.shop.startClients();
      const { worker, arm, reached, goOn } = await test.startFaultWorker(fault, cancelled !== true);
      await test.start(options);
      if (cancelled === true) {
        await test.untilPhase('postponed');
        await arm();
        await test.command('cancel');
      }
      await reached();
      const holder = await then?.(test, goOn);
      await expectEnd(worker);
      await holder?.close();
      await test.startWorker();
      const outcome = cancelled === true ? { outcome: 'cancelled' } : { outcome: 'completed', verified: true };
      expect(await test.result()).toMatchObject(outcome);
      await test.expectNothingLost();
      if (cancelled === true) expect(await test.ownTables()).toEqual([]);
    } finally {
      await test.close();
    }
  });

  it('in a Temporal that does not answer any more', async () => {
    const { commerce, folder, temporal } = inject('stack');
    const proxy = await freezableProxy(temporal.address);
    const workers = new TestWorkers({
      ...{ taskQueue: uniqueName('queue'), clusters: { commerce: commerce.switchyard }, folder },
      temporal: { ...temporal, address: proxy.address },
    });
    try {
      const worker = await workers.start();
      proxy.freeze();
      await expectEnd(worker);
    } finally {
      await workers.stop();
      proxy.close();
    }
  });
});

/** Passes everything on until it is frozen: connections stay, and nothing comes any more. */
async function freezableProxy(to: string): Promise<{ address: string; freeze(): void; close(): void }> {
  const { hostname, port } = new URL(`tcp://${to}`);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    sockets.push(socket, upstream);
    for (const [one, other] of [[socket, upstream] as const, [upstream, socket] as const]) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze: () => sockets.forEach((socket) => socket.unpipe().pause()),
    close: () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}
