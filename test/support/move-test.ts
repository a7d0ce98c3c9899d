/** A move between two MySQL servers (operation-test.ts). */
import type { Place } from '../../src/domain/routing.js';
import type { WorkflowHandle } from '@temporalio/client';
import { inject } from 'vitest';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import type { MoveTablesInput, MoveTablesOptions, MoveTablesResult } from '../../src/contract/move/input.js';
import type { ReconcileInput, ReconcileResult } from '../../src/contract/reconcile.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { rarelyMs, uniqueName } from './eventually.js';
import { OperationTest, type FirstSignal } from './operation-test.js';
import type { StackAddresses } from './stack-setup.js';

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
  /** A cluster that has the router's rules and nothing else, which comes before `router`. */
  readonly rules?: TestAccounts;
  /** Another Temporal than the shared one. */
  readonly temporal?: StackAddresses['temporal'];
  /** More sections of the configuration of its workers, and more clusters in it. */
  readonly sections?: object;
  readonly clusters?: Readonly<Record<string, ClusterSettings>>;
}

export class MoveTest extends OperationTest<MoveTablesStatus, MoveTablesResult> {
  readonly database = uniqueName('moved');
  readonly #sides: Readonly<Record<'source' | 'target', TestAccounts>>;
  readonly #sessions: Session[] = [];

  private constructor({ source, target, rules, router = 'customer', temporal, ...more }: MoveTestOptions) {
    const { commerce, customer } = inject('stack');
    const sides = { source: source ?? commerce, target: target ?? customer };
    const clusters = {
      ...{ commerce: sides.source.switchyard, customer: sides.target.switchyard },
      ...(rules === undefined ? {} : { rules: rules.switchyard }),
      ...more.clusters,
    };
    const told = rules === undefined ? router : 'rules';
    const routed = typeof told === 'string' ? { driver: 'table', cluster: told } : told;
    super({ clusters, router: routed, temporal, sections: more.sections ?? {} }, rarelyMs);
    this.#sides = sides;
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
    await test.connect();
    return test;
  }

  /** A session with all rights, in the database where that is there. */
  async root(side: 'source' | 'target'): Promise<Session> {
    const session = await Session.open(this.#sides[side].root, { autocommit: 1 });
    this.#sessions.push(session);
    await session.run(`USE ${this.database}`).catch(() => undefined);
    return session;
  }

  start(tables: readonly string[], options: MoveTablesOptions = {}, signal?: FirstSignal): Promise<WorkflowHandle> {
    return this.begin('moveTables', 'move', this.input(tables, options), signal);
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

  /** Runs `reconcile` to its end. */
  async reconcile(input: ReconcileInput): Promise<ReconcileResult> {
    return this.client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileResult>>('reconcile', {
      taskQueue: this.taskQueue,
      workflowId: uniqueName('reconcile'),
      args: [input],
    });
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
    await this.disconnect();
    for (const side of ['source', 'target'] as const) {
      await this.root(side)
        .then((root) => root.run(`DROP DATABASE IF EXISTS ${this.database}`))
        .catch(() => undefined);
    }
    await Promise.all(this.#sessions.map((session) => session.close()));
  }
}
