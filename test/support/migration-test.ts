/**
 * What end-to-end and fault tests share: a shop in a database of its own, workers in processes of their own, and a
 * migration that is started and steered as people do it. Servers are real (stack-setup.ts).
 */
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { expect, inject } from 'vitest';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { OnlineDdlOptions, OnlineDdlResult } from '../../src/contract/migration/input.js';
import type { OnlineDdlStatus } from '../../src/contract/migration/status.js';
import { Shop } from '../../src/dev/shop/shop.js';
import { alterOrders } from '../../src/dev/shop/orders.js';
import type { WorkerProcess } from '../../src/dev/start-worker.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { controlVariables } from '../../src/mysql/server/session/variables.js';
import { eventually, uniqueName, whatRuns } from './eventually.js';
import { TestWorkers, type Fault, type FaultWorker } from './test-workers.js';

export { eventually, uniqueName } from './eventually.js';
export type { Fault } from './test-workers.js';

export interface MigrationTestOptions {
  readonly rows?: number;
  readonly clients?: number;
  readonly pauseMs?: number;
  readonly seed?: number;
  /** Another server than the shared one, for tests that kill it. */
  readonly cluster?: {
    readonly switchyard: ClusterSettings;
    readonly app: ClusterSettings;
    readonly root: ClusterSettings;
  };
  readonly temporal?: { readonly address: string; readonly namespace: string };
}

export class MigrationTest {
  readonly database = uniqueName('shop');
  readonly taskQueue = uniqueName('queue');
  readonly shop: Shop;
  readonly root: ClusterSettings;
  readonly #options: MigrationTestOptions;
  readonly #workers: TestWorkers;
  #client: Client | undefined;
  #handle: WorkflowHandle | undefined;

  constructor(options: MigrationTestOptions = {}) {
    this.#options = options;
    const { app, root, switchyard } = options.cluster ?? inject('stack').commerce;
    this.root = root;
    this.#workers = new TestWorkers({
      taskQueue: this.taskQueue,
      clusters: { commerce: switchyard },
      temporal: options.temporal ?? inject('stack').temporal,
      folder: inject('stack').folder,
    });
    this.shop = new Shop({
      access: { host: app.host, port: app.port, user: app.user, password: app.password, database: this.database },
      rows: options.rows ?? 20_000,
      clients: options.clients ?? 4,
      pauseMs: options.pauseMs ?? 5,
      seed: options.seed ?? 1,
    });
  }

  get handle(): WorkflowHandle {
    if (this.#handle === undefined) throw new Error('no migration was started');
    return this.#handle;
  }

  async open(): Promise<void> {
    await this.shop.open();
    const { address, namespace } = this.#options.temporal ?? inject('stack').temporal;
    this.#client = new Client({ connection: await Connection.connect({ address }), namespace });
  }

  /** Starts one more worker process on this test's task queue. */
  startWorker(): Promise<WorkerProcess> {
    return this.#workers.start();
  }

  /** Starts a worker that stops at the chosen statement (fault-worker.mjs). */
  startFaultWorker(fault: Fault): Promise<FaultWorker> {
    return this.#workers.startFaulty(fault);
  }

  async start(options: OnlineDdlOptions = {}, statement = alterOrders): Promise<WorkflowHandle> {
    const input = { cluster: 'commerce', database: this.database, statement, options };
    this.#handle = await this.client.workflow.start('onlineDdl', {
      taskQueue: this.taskQueue,
      workflowId: uniqueName('migration'),
      args: [input],
    });
    return this.#handle;
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('open() first');
    return this.#client;
  }

  status(): Promise<OnlineDdlStatus> {
    return this.handle.query<OnlineDdlStatus>('status');
  }

  async command(name: string, input: object = {}): Promise<CommandAnswer> {
    return this.handle.executeUpdate<CommandAnswer, [object]>(name, { args: [input] });
  }

  result(): Promise<OnlineDdlResult> {
    return this.handle.result() as Promise<OnlineDdlResult>;
  }

  /** Waits until the status satisfies `wanted`. */
  until(what: string, wanted: (status: OnlineDdlStatus) => boolean, timeoutMs?: number): Promise<OnlineDdlStatus> {
    return eventually(
      what,
      async () => {
        const status = await this.status().catch(() => undefined);
        return status !== undefined && wanted(status) ? status : undefined;
      },
      timeoutMs,
      undefined,
      () => whatRuns(this.handle),
    );
  }

  untilPhase(phase: OnlineDdlStatus['phase'], timeoutMs?: number): Promise<OnlineDdlStatus> {
    return this.until(`phase ${phase}`, (status) => status.phase === phase, timeoutMs);
  }

  /** The final data is what the clients know, and no client saw an error. */
  async expectNothingLost(): Promise<void> {
    await this.shop.stopClients();
    const { differences } = await this.shop.check();
    const { seed = 1 } = this.#options;
    expect(differences, `seed ${seed}`).toEqual([]);
    expect(this.shop.errors, `seed ${seed}`).toEqual([]);
  }

  /** A session with all rights, for what tests do to the server. */
  rootSession(): Promise<Session> {
    return Session.open(this.root, controlVariables);
  }

  async rows<Row extends object>(sql: string, values: readonly (string | number)[] = []): Promise<readonly Row[]> {
    const session = await this.rootSession();
    try {
      return await session.rows<Row>(sql, values);
    } finally {
      await session.close();
    }
  }

  /** Tables of this database that have a name of ours. */
  async ownTables(): Promise<readonly string[]> {
    const rows = await this.rows<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND LEFT(table_name, 4) = '_sw_'`,
      [this.database],
    );
    return rows.map(({ name }) => name);
  }

  async close(): Promise<void> {
    await this.shop.stopClients();
    await this.#workers.stop();
    await this.#client?.connection.close();
  }
}
