/** A move that is started and steered as people do it: a worker process, Temporal, two MySQL servers. */
import type { Place } from '../../src/domain/routing.js';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { inject } from 'vitest';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import type { MoveTablesInput, MoveTablesOptions, MoveTablesResult } from '../../src/contract/move/input.js';
import type { ReconcileInput, ReconcileResult } from '../../src/contract/reconcile.js';
import type { WorkerProcess } from '../../src/dev/start-worker.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { eventually, rarelyMs, uniqueName, whatRuns } from './eventually.js';
import { TestWorkers, type Fault, type FaultWorker } from './test-workers.js';

interface TestAccounts {
  readonly switchyard: ClusterSettings;
  readonly root: ClusterSettings;
}

export interface MoveTestOptions {
  /** Another source than the shared one, for tests that kill it. */
  readonly source?: TestAccounts;
  /** The same for the target, which has the router's rules, too. */
  readonly target?: TestAccounts;
  /** The cluster that has the router's rules, or another section `router` of the configuration. */
  readonly router?: 'commerce' | 'customer' | object;
}

/** A signal that is there before the first task of the workflow. */
export interface FirstSignal {
  readonly name: string;
  readonly payload: unknown;
}

export class MoveTest {
  readonly database = uniqueName('moved');
  readonly taskQueue = uniqueName('queue');
  readonly #sides: Readonly<Record<'source' | 'target', TestAccounts>>;
  readonly #sessions: Session[] = [];
  readonly #workers: TestWorkers;
  #client: Client | undefined;
  #handle: WorkflowHandle | undefined;

  private constructor({ source, target, router = 'customer' }: MoveTestOptions) {
    const { commerce, customer, temporal, folder } = inject('stack');
    this.#sides = { source: source ?? commerce, target: target ?? customer };
    this.#workers = new TestWorkers({
      taskQueue: this.taskQueue,
      clusters: { commerce: this.#sides.source.switchyard, customer: this.#sides.target.switchyard },
      router: typeof router === 'string' ? { driver: 'table', cluster: router } : router,
      ...{ temporal, folder },
    });
  }

  /** The database on both servers, with tables on the source. */
  static async open(statements: readonly string[], options: MoveTestOptions = {}): Promise<MoveTest> {
    const test = new MoveTest(options);
    for (const side of ['source', 'target'] as const) {
      const root = await test.root(side);
      await root.run(`CREATE DATABASE ${test.database}`);
      await root.run(`USE ${test.database}`);
      if (side === 'source') for (const statement of statements) await root.run(statement);
    }
    const { address, namespace } = inject('stack').temporal;
    test.#client = new Client({ connection: await Connection.connect({ address }), namespace });
    return test;
  }

  /** A session with all rights, in the database where that is there. */
  async root(side: 'source' | 'target'): Promise<Session> {
    const session = await Session.open(this.#sides[side].root, { autocommit: 1 });
    this.#sessions.push(session);
    await session.run(`USE ${this.database}`).catch(() => undefined);
    return session;
  }

  startWorker(): Promise<WorkerProcess> {
    return this.#workers.start();
  }

  /** Starts a worker that stops at the chosen statement (fault-worker.mjs). */
  startFaultWorker(fault: Fault, armed?: boolean): Promise<FaultWorker> {
    return this.#workers.startFaulty(fault, armed);
  }

  async start(
    tables: readonly string[],
    options: MoveTablesOptions = {},
    signal?: FirstSignal,
  ): Promise<WorkflowHandle> {
    const started = { taskQueue: this.taskQueue, workflowId: uniqueName('move'), args: [this.input(tables, options)] };
    const { workflow } = this.client;
    this.#handle = await (signal === undefined
      ? workflow.start('moveTables', started)
      : workflow.signalWithStart('moveTables', { ...started, signal: signal.name, signalArgs: [signal.payload] }));
    return this.#handle;
  }

  /** What a move of these tables is started with. */
  input(tables: readonly string[], options: MoveTablesOptions = {}): MoveTablesInput {
    const { database } = this;
    const place = (cluster: string): Place => ({ cluster, database });
    return { name: database, source: place('commerce'), target: place('customer'), tables: [...tables], options };
  }

  /** Starts another workflow for the same workers. */
  startBeside(type: string, input: object): Promise<WorkflowHandle> {
    const { taskQueue } = this;
    return this.client.workflow.start(type, { taskQueue, workflowId: uniqueName('beside'), args: [input] });
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('open first');
    return this.#client;
  }

  get handle(): WorkflowHandle {
    if (this.#handle === undefined) throw new Error('no move was started');
    return this.#handle;
  }

  status(): Promise<MoveTablesStatus> {
    return this.handle.query<MoveTablesStatus>('status');
  }

  command(name: string, input: object = {}): Promise<CommandAnswer> {
    return this.handle.executeUpdate<CommandAnswer, [object]>(name, { args: [input] });
  }

  result(): Promise<MoveTablesResult> {
    return this.handle.result() as Promise<MoveTablesResult>;
  }

  /** Runs `reconcile` to its end. */
  async reconcile(input: ReconcileInput): Promise<ReconcileResult> {
    return this.client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileResult>>('reconcile', {
      taskQueue: this.taskQueue,
      workflowId: uniqueName('reconcile'),
      args: [input],
    });
  }

  /** Waits until the status satisfies `wanted`. */
  until(what: string, wanted: (status: MoveTablesStatus) => boolean, timeoutMs?: number): Promise<MoveTablesStatus> {
    return eventually(
      what,
      async () => {
        const status = await this.status().catch(() => undefined);
        return status !== undefined && wanted(status) ? status : undefined;
      },
      timeoutMs,
      rarelyMs,
      () => whatRuns(this.handle),
    );
  }

  /** Everything with a name of ours on one side, and the sidecar's open rows of this move. */
  async leftovers(side: 'source' | 'target'): Promise<readonly unknown[]> {
    const root = await this.root(side);
    const { operationId } = await this.status();
    const found: unknown[] = [];
    for (const sql of [
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND LEFT(table_name, 4) = '_sw_'`,
      `SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = ?`,
    ]) {
      found.push(...(await root.rows(sql, [this.database])));
    }
    for (const table of ['table_locks', 'streams', 'owned_tables']) {
      const where = 'WHERE operation_id = ?';
      found.push(...(await root.rows(`SELECT * FROM _switchyard.${table} ${where}`, [operationId])));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#workers.stop();
    await this.#client?.connection.close();
    for (const side of ['source', 'target'] as const) {
      await this.root(side)
        .then((root) => root.run(`DROP DATABASE IF EXISTS ${this.database}`))
        .catch(() => undefined);
    }
    await Promise.all(this.#sessions.map((session) => session.close()));
  }
}
