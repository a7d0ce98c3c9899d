/** A migration of a shop in a database of its own, with clients that write meanwhile (operation-test.ts). */
import type { WorkflowHandle } from '@temporalio/client';
import { expect, inject } from 'vitest';
import type { OnlineDdlOptions, OnlineDdlResult } from '../../src/contract/migration/input.js';
import type { OnlineDdlStatus } from '../../src/contract/migration/status.js';
import { Shop } from '../../src/dev/shop/shop.js';
import { alterOrders } from '../../src/dev/shop/orders.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { controlVariables } from '../../src/mysql/server/session/variables.js';
import { uniqueName } from './eventually.js';
import { OperationTest } from './operation-test.js';

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

export class MigrationTest extends OperationTest<OnlineDdlStatus, OnlineDdlResult> {
  readonly database = uniqueName('shop');
  readonly shop: Shop;
  readonly root: ClusterSettings;
  readonly #options: MigrationTestOptions;

  constructor(options: MigrationTestOptions = {}) {
    const { app, root, switchyard } = options.cluster ?? inject('stack').commerce;
    super({ clusters: { commerce: switchyard }, temporal: options.temporal });
    this.#options = options;
    this.root = root;
    this.shop = new Shop({
      access: { host: app.host, port: app.port, user: app.user, password: app.password, database: this.database },
      rows: options.rows ?? 20_000,
      clients: options.clients ?? 4,
      pauseMs: options.pauseMs ?? 5,
      seed: options.seed ?? 1,
    });
  }

  async open(): Promise<void> {
    await this.shop.open();
    await this.connect();
  }

  start(options: OnlineDdlOptions = {}, statement = alterOrders): Promise<WorkflowHandle> {
    const { database } = this;
    return this.begin('onlineDdl', 'migration', { cluster: 'commerce', database, statement, options });
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
    await this.disconnect();
  }
}
