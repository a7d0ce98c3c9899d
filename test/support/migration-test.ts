/**
 * What end-to-end and fault tests share: a shop in a database of its own, workers in processes of their own, and a
 * migration that is started and steered as people do it. Servers are real (stack-setup.ts).
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { expect, inject } from 'vitest';
import { stringify } from 'yaml';
import type { CommandAnswer } from '../../src/contract/commands.js';
import type { OnlineDdlOptions, OnlineDdlResult } from '../../src/contract/online-ddl.js';
import type { OnlineDdlStatus } from '../../src/contract/status.js';
import { Shop } from '../../src/dev/shop/shop.js';
import { alterOrders } from '../../src/dev/shop/orders.js';
import { startWorker, type WorkerProcess } from '../../src/dev/start-worker.js';
import type { ClusterSettings } from '../../src/mysql/session/cluster-settings.js';
import { Session } from '../../src/mysql/session/session.js';
import { controlVariables } from '../../src/mysql/session/variables.js';

let serial = 0;

/** A name that no other test of this run has, in any process. */
export function uniqueName(prefix: string): string {
  serial += 1;
  return `${prefix}_${process.pid}_${serial}`;
}

/** Looks until `probe` gives something else than undefined. @throws after `timeoutMs`, saying what was waited for. */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined>,
  timeoutMs = 60_000,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await probe();
    if (result !== undefined) return result;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Where a fault worker stops: at the nth statement that matches. */
export interface Fault {
  readonly statement: string;
  readonly when: 'before' | 'after';
  readonly count?: number;
}

export interface FaultWorker {
  readonly worker: WorkerProcess;
  /** Resolves when the worker stands at its statement. */
  reached(timeoutMs?: number): Promise<{ readonly sessionId: number; readonly sql: string }>;
  goOn(): Promise<void>;
}

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
  readonly #workers: WorkerProcess[] = [];
  #client: Client | undefined;
  #handle: WorkflowHandle | undefined;

  constructor(options: MigrationTestOptions = {}) {
    this.#options = options;
    const { app, root } = options.cluster ?? inject('stack').commerce;
    this.root = root;
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
  async startWorker(fault?: Record<string, string>): Promise<WorkerProcess> {
    const { switchyard } = this.#options.cluster ?? inject('stack').commerce;
    const { host, port, user, password } = switchyard;
    const { folder } = inject('stack');
    const configFile = join(folder, `${this.taskQueue}.yaml`);
    const config = { taskQueue: this.taskQueue, clusters: { commerce: { host, port, user, password } } };
    await writeFile(configFile, stringify(config), { mode: 0o600 });
    const temporal = this.#options.temporal ?? inject('stack').temporal;
    const logFile = join(folder, `${this.taskQueue}-${this.#workers.length}.log`);
    const script = resolve(import.meta.dirname, 'fault-worker.mjs');
    const worker = await startWorker({
      ...{ configFile, temporal, logFile },
      ...(fault === undefined ? {} : { script, env: fault }),
    });
    this.#workers.push(worker);
    return worker;
  }

  /** Starts a worker that stops at the chosen statement (fault-worker.mjs). */
  async startFaultWorker(fault: Fault): Promise<FaultWorker> {
    const { folder } = inject('stack');
    const files = { report: join(folder, `${uniqueName('fault')}.json`), goOn: join(folder, uniqueName('go')) };
    const worker = await this.startWorker({
      FAULT_STATEMENT: fault.statement,
      FAULT_WHEN: fault.when,
      FAULT_COUNT: String(fault.count ?? 1),
      FAULT_REPORT: files.report,
      FAULT_GO_ON: files.goOn,
    });
    return {
      worker,
      reached: async (timeoutMs) => {
        const text = await eventually(
          `the worker to come to: ${fault.when} ${fault.statement}`,
          async () => (existsSync(files.report) ? await readFile(files.report, 'utf8') : undefined),
          timeoutMs,
        );
        return JSON.parse(text) as { sessionId: number; sql: string };
      },
      goOn: () => writeFile(files.goOn, ''),
    };
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
    await Promise.all(this.#workers.map((worker) => worker.stop().catch(() => undefined)));
    await this.#client?.connection.close();
  }
}
