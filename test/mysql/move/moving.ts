/** A move between the two shared servers, driven by the test alone: no workflow. */
import type { SwitchAttempt, SwitchResolution } from '../../../src/domain/attempt.js';
import type { Synchronised } from '../../../src/domain/progress.js';
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { removeAbandonedMigration } from '../../../src/mysql/migration/clean-up.js';
import { prepareMove, type PreparedMove, type PrepareMoveOptions } from '../../../src/mysql/move/prepare-move.js';
import { attemptSwitch, type AttemptSwitchOptions } from '../../../src/mysql/move/attempt-switch.js';
import { resolveSwitch } from '../../../src/mysql/move/resolve-switch.js';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import { synchroniseMove, type SynchroniseMoveOptions } from '../../../src/mysql/move/synchronise-move.js';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { fencingToken } from '../../../src/mysql/server/sidecar/epoch.js';
import { quoteIdentifier } from '../../../src/schema/identifier.js';
import { sidecarExists } from '../../../src/mysql/server/sidecar/schema.js';
import { uniqueName } from '../../support/migration-test.js';
import type { OwnMysql } from '../../support/own-mysql.js';

interface Accounts {
  readonly switchyard: ClusterSettings;
  readonly root: ClusterSettings;
}

export class Moving {
  readonly database: string;
  readonly operationId = randomBytes(5).toString('hex');
  readonly source: ClusterSettings;
  readonly target: ClusterSettings;
  readonly #sessions: Session[] = [];
  readonly #roots: { readonly source: ClusterSettings; readonly target: ClusterSettings };
  #grant = 0;
  #breakAt: string | undefined;
  /** Is told each statement. */
  observe: ((sql: string) => void) | undefined;

  private constructor(database: string, own: { readonly source?: Accounts; readonly target?: Accounts } = {}) {
    this.database = database;
    const stack = inject('stack');
    const { source: commerce = stack.commerce, target: customer = stack.customer } = own;
    this.#roots = { source: commerce.root, target: customer.root };
    const before = (sql: string): void => {
      this.observe?.(sql);
      if (this.#breakAt !== undefined && sql.includes(this.#breakAt)) throw new Error(`broken at ${this.#breakAt}`);
    };
    const observer = { before, after: () => undefined };
    this.source = { ...commerce.switchyard, observer };
    this.target = { ...customer.switchyard, observer };
  }

  /** From now on statements with this text are not sent: the work ends there, as if its worker had died. */
  breakAt(text: string | undefined): void {
    this.#breakAt = text;
  }

  /** The database on both servers, and tables with rows on the source. */
  static open(...statements: readonly string[]): Promise<Moving> {
    return Moving.openIn(uniqueName('move'), ...statements);
  }

  /** The same in a database of this name. */
  static openIn(database: string, ...statements: readonly string[]): Promise<Moving> {
    return Moving.#make(new Moving(database), statements);
  }

  /** The same to another target than the shared one. */
  static openTo(target: Accounts, ...statements: readonly string[]): Promise<Moving> {
    return Moving.#make(new Moving(uniqueName('move'), { target }), statements);
  }

  /** The same between servers of the test's own. */
  static on(
    { source, target }: Readonly<Record<'source' | 'target', OwnMysql>>,
    ...statements: readonly string[]
  ): Promise<Moving> {
    const own = { source: source.cluster, target: target.cluster };
    return Moving.#make(new Moving(uniqueName('move'), own), statements);
  }

  static async #make(moving: Moving, statements: readonly string[]): Promise<Moving> {
    for (const side of ['source', 'target'] as const) {
      const root = await moving.root(side);
      await root.run(`CREATE DATABASE ${quoteIdentifier(moving.database)}`);
      await root.run(`USE ${quoteIdentifier(moving.database)}`);
      if (side === 'source') for (const statement of statements) await root.run(statement);
    }
    return moving;
  }

  /** A session with all rights, in the database where that is there. */
  async root(side: 'source' | 'target'): Promise<Session> {
    const session = await Session.open(this.#roots[side], { autocommit: 1 });
    this.#sessions.push(session);
    await session.run(`USE ${quoteIdentifier(this.database)}`).catch(() => undefined);
    return session;
  }

  nextToken(): string {
    this.#grant += 1;
    return fencingToken(this.#grant, 1);
  }

  prepare(options: Partial<PrepareMoveOptions> = {}): Promise<PreparedMove> {
    const { source, target, database, operationId } = this;
    return prepareMove({
      ...{ source, target, operationId },
      ...{ sourceDatabase: database, targetDatabase: database, name: operationId },
      token: this.nextToken(),
      owner: { workflowId: `move/${operationId}`, runId: operationId, namespace: null, temporalCluster: null },
      json: 'exact',
      sourceTables: 'rename',
      retainForMs: 86_400_000,
      askOwner: () => Promise.resolve('gone'),
      removeAbandonedMigration,
      deferSecondaryIndexes: true,
      onMade: () => undefined,
      signal: new AbortController().signal,
      ...options,
    });
  }

  synchronise(
    goal: SynchroniseMoveOptions['goal'],
    options: Partial<SynchroniseMoveOptions> = {},
  ): Promise<Synchronised> {
    const { source, target, operationId } = this;
    const token = this.nextToken();
    const signal = new AbortController().signal;
    return synchroniseMove({
      direction: 'forward',
      source,
      target,
      operationId,
      token,
      goal,
      signal,
      throttle: {},
      onProgress: () => undefined,
      ...options,
    });
  }

  /** One attempt to move the writes. */
  attempt(
    direction: 'forward' | 'reverse',
    attempt: number,
    options: Partial<AttemptSwitchOptions> = {},
  ): Promise<SwitchAttempt> {
    const { source, target, operationId } = this;
    return attemptSwitch({
      ...{ source, target, operationId, direction, attempt },
      token: this.nextToken(),
      lockTimeoutMs: 3_000,
      drainTimeoutMs: 5_000,
      signal: new AbortController().signal,
      ...options,
    });
  }

  resolve(direction: 'forward' | 'reverse', attempt: number): Promise<SwitchResolution> {
    const { source, target, operationId } = this;
    const token = this.nextToken();
    return resolveSwitch({ source, target, operationId, direction, attempt, token, givenUp: null });
  }

  /** Copied, indexed, verified. */
  async reachAll(): Promise<Synchronised> {
    await this.synchronise('copied');
    await this.synchronise('indexed');
    return this.synchronise('verified');
  }

  /** Definition and all rows of a table on one side. */
  async contents(side: 'source' | 'target', table: string): Promise<readonly unknown[]> {
    const root = await this.root(side);
    const [create] = await root.rows<Record<string, string>>(`SHOW CREATE TABLE ${table}`);
    const rows = await root.rows(`SELECT * FROM ${table}`);
    const definition = (create?.['Create Table'] ?? '').replace(/ AUTO_INCREMENT=\d+/, '');
    return [definition, ...rows.map((row) => JSON.stringify(row)).sort()];
  }

  /** What is ours on one side: tables by name, and open rows of the sidecar. */
  async leftovers(side: 'source' | 'target'): Promise<readonly unknown[]> {
    const root = await this.root(side);
    const tables = await root.rows(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name LIKE '\\_sw\\_%'`,
      [this.database],
    );
    const rows: unknown[] = [...tables];
    if (!(await sidecarExists(root))) return rows;
    for (const table of ['table_locks', 'streams', 'owned_tables']) {
      rows.push(...(await root.rows(`SELECT * FROM _switchyard.${table} WHERE operation_id = ?`, [this.operationId])));
    }
    return rows;
  }

  async close(): Promise<void> {
    const { source, target } = this;
    await removeMove({ source, target, operationId: this.operationId, state: 'cancelled' }).catch(() => undefined);
    for (const side of ['source', 'target'] as const) {
      await (await this.root(side)).run(`DROP DATABASE IF EXISTS ${quoteIdentifier(this.database)}`);
    }
    await Promise.all(this.#sessions.map((session) => session.close()));
  }
}
