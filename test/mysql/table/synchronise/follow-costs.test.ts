/** What an operation costs its servers that only follows, for weeks. On servers of its own: it looks at each DDL of others. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { synchronise } from '../../../../src/mysql/migration/synchronise-migration.js';
import { Stage } from '../../../faults/rules/stage.js';
import { eventually } from '../../../support/eventually.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';
import { Moving } from '../../move/moving.js';

/** The sessions that were opened with some settings: who has sent a statement. */
class Spied {
  readonly settings: ClusterSettings;
  readonly statements: string[] = [];
  readonly #ids = new Set<number>();

  constructor(settings: ClusterSettings) {
    const before = (sql: string, id: number): void => {
      this.#ids.add(id);
      this.statements.push(sql);
    };
    this.settings = { ...settings, observer: { before, after: () => undefined } };
  }

  /** How many of them are open on the server. */
  async open(looking: Session): Promise<number> {
    const ids = [...this.#ids].join(', ');
    const rows = await looking.rows(`SELECT id FROM performance_schema.processlist WHERE id IN (${ids})`);
    return rows.length;
  }

  async untilOpen(looking: Session, count: number): Promise<void> {
    await eventually(
      `${count} connections`,
      async () => ((await this.open(looking)) === count ? true : undefined),
      20_000,
      100,
      async () => `There are ${await this.open(looking)}.`,
    );
  }
}

/** Those of this process that are still to fire. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

let servers: { readonly source: OwnMysql; readonly target: OwnMysql };
beforeAll(async () => {
  const [source, target] = await Promise.all([startOwnMysql(), startOwnMysql([], 'customer')]);
  servers = { source, target };
});
afterAll(() => Promise.all([servers.source.stop(), servers.target.stop()]));

const close: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of close.splice(0).reverse()) await one();
});

/** Follows until the test is over. @returns what ends it before. */
function following(run: (signal: AbortSignal) => Promise<unknown>): () => Promise<unknown> {
  const stop = new AbortController();
  const end = run(stop.signal).catch((error: unknown) => error);
  const stopAndWait = (): Promise<unknown> => {
    stop.abort();
    return end;
  };
  close.push(stopAndWait);
  return stopAndWait;
}

async function verifiedMigration(): Promise<Stage> {
  const stage = await Stage.open({ server: servers.source.cluster });
  close.push(() => stage.close());
  await stage.copied();
  await stage.reach('verified');
  return stage;
}

/** Transactions that are none of its business. @returns how often it has waited for one to become visible. */
async function waitsWhileOthersWrite(spied: Spied, app: Session): Promise<number> {
  const seen = spied.statements.length;
  const from = performance.now();
  for (let id = 1; performance.now() - from < 1_000; id += 1) await app.run('INSERT INTO other VALUES (?)', [id]);
  return spied.statements.slice(seen).filter((sql) => sql.includes('WAIT_FOR_EXECUTED_GTID_SET')).length;
}

async function look(settings: ClusterSettings): Promise<Session> {
  const session = await Session.open(settings, controlVariables);
  close.push(() => session.close());
  return session;
}

describe('an operation that only follows', () => {
  it('has two connections, a third for a while where its rows change, asks little, and leaves no timer behind', async () => {
    const stage = await verifiedMigration();
    const looking = await look(stage.cluster);
    const spied = new Spied(stage.cluster);
    await stage.app.run('CREATE TABLE other (id INT PRIMARY KEY)');
    const before = timers();
    const stop = following((signal) =>
      synchronise({
        ...{ cluster: spied.settings, operationId: stage.operationId, token: stage.nextToken(), goal: 'follow' },
        ...{ signal, throttle: {}, onProgress: () => undefined },
      }),
    );
    await eventually('the feed', () =>
      Promise.resolve(spied.statements.some((sql) => sql.includes('uuid')) || undefined),
    );
    await spied.untilOpen(looking, 2);
    expect(await waitsWhileOthersWrite(spied, stage.app)).toBeLessThanOrEqual(3);
    await stage.app.run("UPDATE t SET v = 'changed' WHERE id = 7");
    await spied.untilOpen(looking, 3);
    await spied.untilOpen(looking, 2);
    expect(await stage.app.rows(`SELECT v FROM ${stage.shadow} WHERE id = 7`)).toEqual([{ v: 'changed' }]);
    expect(await stop()).toMatchObject({ outcome: 'stopped', verified: true });
    await eventually('its timers to end', () => Promise.resolve(timers() <= before || undefined), 10_000);
  });

  it('has two connections on the source of a move, and one on its target', async () => {
    const moving = await Moving.on(
      servers,
      'CREATE TABLE t (id INT PRIMARY KEY, v INT)',
      'INSERT INTO t VALUES (1, 1), (2, 2)',
    );
    close.push(() => moving.close());
    await moving.prepare();
    await moving.reachAll();
    const sides = [new Spied(moving.source), new Spied(moving.target)] as const;
    const [source, target] = sides;
    following((signal) => moving.synchronise('follow', { source: source.settings, target: target.settings, signal }));
    await eventually('the feed', () =>
      Promise.resolve(source.statements.some((sql) => sql.includes('uuid')) || undefined),
    );
    const [onSource, onTarget] = [await look(moving.source), await look(moving.target)];
    await source.untilOpen(onSource, 2);
    await target.untilOpen(onTarget, 1);
    await (await moving.root('source')).run('UPDATE t SET v = 3 WHERE id = 2');
    const applied = await moving.root('target');
    await eventually('the change', async () => {
      const [row] = await applied.rows<{ v: number }>('SELECT v FROM t WHERE id = 2');
      return row?.v === 3 ? true : undefined;
    });
    await source.untilOpen(onSource, 2);
    await target.untilOpen(onTarget, 1);
  });
});
