/** One move under the clients of a shop, whose every command and end the soak may choose. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { MoveTablesOptions, MoveTablesResult } from '../../src/contract/move/input.js';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import type { ShopAccess } from '../../src/dev/shop/access.js';
import { createOrders, seedOrders } from '../../src/dev/shop/orders.js';
import { Shop } from '../../src/dev/shop/shop.js';
import { FollowedRoute } from '../../src/dev/shop/write-route.js';
import type { WorkerProcess } from '../../src/dev/start-worker.js';
import { eventually, rarelyMs, whatRuns } from '../support/eventually.js';
import { MoveTest } from '../support/move-test.js';
import type { OwnMysql } from '../support/own-mysql.js';

export type Side = 'source' | 'target';
export type Servers = Readonly<Record<Side, OwnMysql>>;

const rows = 3_000;
const clients = 4;
const pauseMs = 20;
/** The longest that anything may take that has been asked for, with every fault over. */
const patienceMs = 180_000;

const options: MoveTablesOptions = { switch: { maxAttempts: 3 }, retainFor: '1h' };

export class SoakedMove {
  worker: WorkerProcess;

  private constructor(
    readonly servers: Servers,
    readonly shop: Shop,
    private readonly test: MoveTest,
    private readonly route: FollowedRoute,
    private readonly places: Readonly<Record<Side, ShopAccess>>,
    worker: WorkerProcess,
  ) {
    this.worker = worker;
  }

  /** Tables with rows, clients that write, a worker and a move that has begun. */
  static async open(servers: Servers, seed: number): Promise<SoakedMove> {
    const [source, target] = [servers.source.cluster, servers.target.cluster];
    const test = await MoveTest.open([createOrders, ...seedOrders(rows)], { source, target });
    const { database } = test;
    const at = ({ app: { host, port, user, password } }: OwnMysql['cluster']): ShopAccess => {
      return { host, port, user, password, database };
    };
    const places = { source: at(source), target: at(target) };
    const worker = await test.startWorker();
    await test.start(['orders'], options);
    const { database: _none, ...rules } = places.target;
    const home = { cluster: 'commerce', database, table: 'orders' };
    const byCluster = { commerce: places.source, customer: places.target };
    // The rules' table is there once a worker has prepared a move.
    await test.until('a prepared move', ({ operationId }) => operationId !== null, patienceMs);
    const route = await FollowedRoute.watch({ home, places: byCluster, rules });
    const shop = new Shop({ access: places.source, route, rows, clients, pauseMs, seed });
    shop.startClients();
    return new SoakedMove(servers, shop, test, route, places, worker);
  }

  get database(): string {
    return this.test.database;
  }

  get handle(): WorkflowHandle {
    return this.test.handle;
  }

  status(): Promise<MoveTablesStatus> {
    return this.test.status();
  }

  async startWorker(): Promise<void> {
    this.worker = await this.test.startWorker();
  }

  /** The answer, or why there is none; never waits longer than an operator would. */
  async command(name: string, input: object): Promise<string> {
    const answer = this.test
      .command(name, input)
      .then(({ outcome, code }: CommandAnswer) => `${outcome} ${code ?? ''}`);
    return Promise.race([answer.catch(String), sleep(patienceMs).then(() => 'NO ANSWER')]);
  }

  until(what: string, wanted: (status: MoveTablesStatus) => boolean): Promise<MoveTablesStatus> {
    return this.test.until(what, wanted, patienceMs);
  }

  /** Sends a command until the status is as wanted: attempts may be used up by what went on meanwhile. */
  async bring(name: string, input: object, wanted: (status: MoveTablesStatus) => boolean): Promise<void> {
    await eventually(
      `${name} to have its effect`,
      async () => {
        if (wanted(await this.status())) return true;
        await this.command(name, input);
        await sleep(1_000);
        return undefined;
      },
      patienceMs,
      rarelyMs,
      () => whatRuns(this.handle),
    );
  }

  /** Waits for the end, which has been asked for. */
  result(): Promise<MoveTablesResult> {
    return eventually(
      'the move to end',
      async () => {
        const { status } = await this.handle.describe();
        return status.name === 'RUNNING' ? undefined : ((await this.test.result()) as MoveTablesResult);
      },
      patienceMs,
      rarelyMs,
      () => whatRuns(this.handle),
    );
  }

  /** Removes what a forced end has left, once the source is back. */
  async reconcile(): Promise<void> {
    const { operationId } = await this.status();
    if (operationId !== null) await this.test.reconcile({ cluster: 'commerce', operationId });
  }

  /** Stops the clients. @returns what is not as they know it on the side that has the table now. */
  async differences(side: Side): Promise<readonly string[]> {
    await sleep(500);
    await this.shop.stopClients();
    const { differences } = await this.shop.check(this.places[side]);
    return [...differences, ...this.shop.errors];
  }

  async close(): Promise<void> {
    await this.shop.stopClients();
    await this.route.close();
    await this.test.close();
  }
}
