/**
 * One rule of the data plane at a time: a small table `t`, its migration up to a point, a follower that the test runs,
 * and the comparison in the end. No workflow: what happens when is decided by the test alone.
 */
import { randomBytes } from 'node:crypto';
import { expect, inject } from 'vitest';
import { hasCode, SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { Follower } from '../../../src/mysql/table/follow/follower.js';
import { guardOf } from '../../../src/mysql/migration/own-tables.js';
import { withinServer } from '../../../src/mysql/table/rows/within-server.js';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { onOneServer } from '../../../src/mysql/server/session/session-pair.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { openAnyway } from '../../../src/mysql/server/session/session-on-demand.js';
import { controlVariables, dataVariables } from '../../../src/mysql/server/session/variables.js';
import { removeMigration } from '../../../src/mysql/migration/clean-up.js';
import type { MigrationPlan } from '../../../src/mysql/migration/migration-plan.js';
import { prepareMigration } from '../../../src/mysql/migration/prepare-migration.js';
import { fencingToken, takeOver } from '../../../src/mysql/server/sidecar/epoch.js';
import { loadPosition } from '../../../src/mysql/server/sidecar/progress.js';
import type { Goal } from '../../../src/mysql/table/synchronise/goal.js';
import { synchronise, type SynchroniseOptions } from '../../../src/mysql/migration/synchronise-migration.js';
import { eventually, uniqueName } from '../../support/migration-test.js';
import { Gate } from './gate.js';

interface StageServer {
  readonly switchyard: ClusterSettings;
  readonly root: ClusterSettings;
}

export interface StageOptions {
  /** The definition of `t` after its name. */
  readonly table?: string;
  /** Statements that fill it. */
  readonly rows?: readonly string[];
  /** What comes after `ALTER TABLE t`. */
  readonly alter?: string;
  /** The option of the statement. */
  readonly sqlMode?: string;
  /** Another server than the shared one, for tests that change it. */
  readonly server?: StageServer;
}

export const smallTable = '(id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL, note VARCHAR(50) NULL)';
const twentyRows = `INSERT INTO t (id, v) WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 20)
  SELECT id, CONCAT('v', id) FROM n`;

/** A follower that runs. */
export interface RunningFollower {
  /** Resolves when everything that was committed before the call is applied; rejects with what ended the follower. */
  catchUp(): Promise<void>;
  /** Ends it at a checkpoint. */
  stop(): Promise<void>;
  /** The error that ends it. */
  failure(): Promise<SwitchyardError>;
}

type Reaching = 'signal' | 'verifiesNext' | 'throttle' | 'onProgress' | 'waits';

export class Stage {
  readonly database = uniqueName('rule');
  readonly operationId = randomBytes(5).toString('hex');
  readonly gate = new Gate();
  readonly cluster: ClusterSettings;
  readonly #root: ClusterSettings;
  readonly #alter: string;
  readonly #sqlMode: string | undefined;
  readonly #sessions: Session[] = [];
  readonly #running: (() => Promise<void>)[] = [];
  #app: Session | undefined;
  #plan: MigrationPlan | undefined;
  #grant = 0;

  private constructor({ alter = 'ADD COLUMN extra INT NOT NULL DEFAULT 7', sqlMode, server }: StageOptions) {
    const { switchyard, root } = server ?? inject('stack').commerce;
    this.cluster = { ...switchyard, observer: this.gate };
    this.#root = root;
    this.#alter = alter;
    this.#sqlMode = sqlMode;
  }

  /** A table with its rows; nothing is prepared yet. */
  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    const { table = smallTable, rows = [twentyRows] } = options;
    const root = await Session.open(stage.#root, { autocommit: 1 });
    stage.#sessions.push(root);
    await root.run(`CREATE DATABASE ${stage.database}`);
    stage.#app = await stage.session();
    for (const statement of [`CREATE TABLE t ${table}`, ...rows]) await stage.app.run(statement);
    return stage;
  }

  /** The application's session: REPEATABLE READ, in the test's database, with all rights. */
  get app(): Session {
    if (this.#app === undefined) throw new Error('the stage is not open');
    return this.#app;
  }

  get plan(): MigrationPlan {
    if (this.#plan === undefined) throw new Error('prepare first');
    return this.#plan;
  }

  get shadow(): string {
    return `\`${this.plan.copy.table}\``;
  }

  /** One more session like the application's. */
  async session(): Promise<Session> {
    const session = await Session.open(this.#root, { transaction_isolation: 'REPEATABLE-READ' });
    this.#sessions.push(session);
    await session.run(`USE ${this.database}`);
    return session;
  }

  /** Does what no feed shows. @returns how many rows it changed. */
  async unlogged(sql: string): Promise<number> {
    await this.app.run('SET SESSION sql_log_bin = 0');
    const { affectedRows } = await this.app.run(sql);
    await this.app.run('SET SESSION sql_log_bin = 1');
    return affectedRows;
  }

  /** A session as the data plane opens it, seen by the gate. */
  async dataSession(): Promise<Session> {
    const session = await Session.open(this.cluster, dataVariables(this.plan.conversion));
    this.#sessions.push(session);
    return session;
  }

  async prepare(): Promise<MigrationPlan> {
    const { plan } = await prepareMigration({
      cluster: this.cluster,
      operationId: this.operationId,
      token: this.nextToken(),
      owner: {
        workflowId: `rule/${this.operationId}`,
        runId: this.operationId,
        namespace: null,
        temporalCluster: null,
      },
      database: this.database,
      statement: `ALTER TABLE t ${this.#alter}`,
      sqlMode: this.#sqlMode,
      askOwner: () => Promise.resolve('gone'),
    });
    this.#plan = plan;
    return plan;
  }

  /** A token that is newer than all before. */
  nextToken(): string {
    this.#grant += 1;
    return fencingToken(this.#grant, 1);
  }

  /** Works until the goal is reached. */
  async reach(
    goal: Exclude<Goal, 'follow'>,
    options: Pick<Partial<SynchroniseOptions>, Reaching> = {},
  ): Promise<string> {
    const work = { cluster: this.cluster, operationId: this.operationId, token: this.nextToken(), goal };
    const free = { throttle: {}, signal: new AbortController().signal, onProgress: () => undefined };
    const { outcome } = await synchronise({ ...work, ...free, ...options });
    return outcome;
  }

  /** Prepared, copied and indexed: from here on only changes matter. */
  async copied(): Promise<void> {
    await this.prepare();
    await this.reach('copied');
    await this.reach('indexed');
  }

  /** Takes the operation over and follows. */
  async startFollower(): Promise<RunningFollower> {
    const { plan } = this;
    const token = this.nextToken();
    const [control, looking] = [await this.#control(), await this.#control()];
    await takeOver(control, plan.operationId, token);
    const chunksInFlightEnded = (): Promise<void> => Promise.resolve();
    const data = await this.dataSession();
    const follower = await Follower.open({
      operationId: plan.operationId,
      tables: [plan],
      way: withinServer,
      token,
      rows: onOneServer(data),
      looking: openAnyway(control),
      copies: [plan.copy],
      guard: guardOf(plan),
      chunksInFlightEnded,
    });
    const ended = new AbortController();
    const running = follower.run(ended.signal);
    const failed = running.then(() => Promise.reject(new Error('the follower was stopped')));
    failed.catch(() => undefined);
    const stop = async (): Promise<void> => {
      ended.abort();
      await running.finally(() => follower.close());
    };
    this.#running.push(() => stop().catch(() => undefined));
    return {
      catchUp: () => Promise.race([follower.catchUp(looking, ended.signal), failed]),
      stop,
      failure: async () => {
        const error: unknown = await running.catch((reason: unknown) => reason);
        if (error instanceof SwitchyardError) return error;
        throw new Error(`the follower ended with ${String(error)}`);
      },
    };
  }

  /** Resolves when a statement waits for a lock on a row of this table of the test's database. */
  async untilRowIsWaitedFor(table: string): Promise<void> {
    const looking = await this.#control();
    await eventually(`a wait for a row of ${table}`, async () => {
      const rows = await looking.rows(
        `SELECT 1 FROM performance_schema.data_lock_waits w
           JOIN performance_schema.data_locks l ON l.engine_lock_id = w.requesting_engine_lock_id
          WHERE l.object_schema = ? AND l.object_name = ?`,
        [this.database, table],
      );
      return rows.length > 0 ? true : undefined;
    });
  }

  /** Statements that run now and contain this text. */
  async runningStatements(text: string): Promise<number> {
    const { n } = await this.app.row<{ n: number }>(
      'SELECT COUNT(*) AS n FROM performance_schema.processlist WHERE info LIKE ? AND id <> CONNECTION_ID()',
      [`%${text}%`],
    );
    return Number(n);
  }

  async position(): Promise<string> {
    return loadPosition(await this.#control(), this.operationId);
  }

  /** The shadow holds exactly the rows of the source, in its own columns. */
  async expectEqual(): Promise<void> {
    const { pairs, source, copy: shadow } = this.plan;
    const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
    const read = async (table: string, names: readonly string[]): Promise<string[]> => {
      const rows = await this.app.rows(`SELECT ${list(names)} FROM \`${table}\``);
      return rows.map((row) => JSON.stringify(Object.values(row))).sort();
    };
    const wanted = await read(
      source.table,
      pairs.map((pair) => pair.source.name),
    );
    const found = await read(
      shadow.table,
      pairs.map((pair) => pair.target.name),
    );
    expect(found).toEqual(wanted);
  }

  async close(): Promise<void> {
    this.gate.open();
    await Promise.all(this.#running.map((stop) => stop()));
    // What a failed test left locked goes with its sessions.
    const [root, ...others] = this.#sessions;
    await Promise.all(others.map((session) => session.close()));
    if (this.#plan !== undefined) await removeMigration(this.cluster, this.operationId, 'cancelled');
    await root?.run(`DROP DATABASE IF EXISTS ${this.database}`);
    await root?.close();
  }

  async #control(): Promise<Session> {
    const session = await Session.open(this.cluster, controlVariables);
    this.#sessions.push(session);
    return session;
  }
}

/** The code with which something fails. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SwitchyardError && hasCode(error, error.code)) return error.code;
  throw new Error(`no error of the catalogue: ${String(error)}`);
}
