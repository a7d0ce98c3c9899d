/** `watchRoutes` over an application's own connections, which are killed, and a server that stands still or dies. */
import { createConnection, createPool, type Pool } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/mysql/server/session/session.js';
import { controlVariables } from '../../src/mysql/server/session/variables.js';
import { createTableRouter } from '../../src/router/table-driver.js';
import type { Router } from '../../src/router/port.js';
import { watchRoutes, type Routes, type WatchOptions } from '../../src/router/watch-routes.js';
import { eventually } from '../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';
import { rulesOf, someMove, toSource, toTarget } from './rules.js';

const user = 'reader';
const password = 'reads rules';
let own: OwnMysql;
let root: Session;
let router: Router;
let pool: Pool;
let opened: Routes[] = [];

beforeAll(async () => {
  own = await startOwnMysql();
  root = await Session.open(own.cluster.root, controlVariables);
  router = createTableRouter(own.cluster.switchyard);
  await root.run(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`);
  await root.run(`GRANT SELECT ON _switchyard.* TO ${user}@'%'`);
  pool = createPool({ ...login(), connectionLimit: 3 });
});
afterEach(() => {
  for (const routes of opened) routes.close();
  opened = [];
});
afterAll(async () => {
  await pool?.end();
  await root?.close();
  await own?.stop();
});

function login(): { host: string; port: number; user: string; password: string } {
  return { host: own.server.host, port: own.server.port, user, password };
}

async function watch(
  options: WatchOptions = {},
  connection: Parameters<typeof watchRoutes>[0] = pool,
): Promise<Routes> {
  const routes = await watchRoutes(connection, { intervalMs: 50, ...options });
  opened.push(routes);
  return routes;
}

/** Waits until the application would write the table of this move there. */
function untilWritesGoTo(
  routes: Routes,
  move: ReturnType<typeof someMove>,
  side: 'source' | 'target',
): Promise<unknown> {
  return eventually(`the writes at the ${side}`, async () => {
    const { writes } = routes.find({ ...move.source, table: 'orders' });
    return writes.cluster === move[side].cluster && writes.database === move[side].database ? true : undefined;
  });
}

/** Ends the sessions of the application. */
async function killSessions(): Promise<void> {
  const sessions = await root.rows<{ id: number }>('SELECT id FROM performance_schema.processlist WHERE user = ?', [
    user,
  ]);
  expect(sessions.length).toBeGreaterThan(0);
  for (const { id } of sessions) await root.run(`KILL ${Number(id)}`);
}

const pause = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));

describe('an application', () => {
  it('may watch before there is a first move, and hears of it', async () => {
    const move = someMove();
    let changes = 0;
    const routes = await watch({ onChange: () => (changes += 1) });
    expect(routes.moves).toEqual([]);
    expect(routes.find({ ...move.source, table: 'orders' })).toEqual({ reads: move.source, writes: move.source });
    await router.apply(rulesOf(move, 1, toSource));
    await eventually('the first rules', async () => (routes.moves.length > 0 ? true : undefined));
    expect(routes.staleSince).toBeNull();
    await router.apply(rulesOf(move, 2, { reads: 'target', writes: 'source' }));
    await eventually('the reads', async () => (changes === 2 ? true : undefined));
    expect(routes.find({ ...move.source, table: 'orders' })).toEqual({ reads: move.target, writes: move.source });
    await router.apply(rulesOf(move, 3, toTarget));
    await untilWritesGoTo(routes, move, 'target');
    await router.apply({ ...move, version: 4, rules: [] });
    await untilWritesGoTo(routes, move, 'source');
    expect(changes).toBe(4);
  });

  it('is called for changes only, and for none that it began with', async () => {
    const move = someMove();
    await router.apply(rulesOf(move, 1, toTarget));
    let changes = 0;
    const routes = await watch({ onChange: () => (changes += 1) });
    await untilWritesGoTo(routes, move, 'target');
    await router.apply(rulesOf(move, 1, toTarget));
    await pause(300);
    expect(changes).toBe(0);
  });

  it('is not taken back by an older version, nor by rows that are gone', async () => {
    const move = someMove();
    await router.apply(rulesOf(move, 5, toTarget));
    let changes = 0;
    const routes = await watch({ onChange: () => (changes += 1) });
    const { operationId } = move;
    // What a replica that is behind would show, or a server that was restored.
    await root.run('DELETE FROM _switchyard.routing_rules WHERE operation_id = ?', [operationId]);
    await root.run('UPDATE _switchyard.routing_moves SET version = 4 WHERE operation_id = ?', [operationId]);
    await pause(300);
    await untilWritesGoTo(routes, move, 'target');
    await root.run('DELETE FROM _switchyard.routing_moves WHERE operation_id = ?', [operationId]);
    await pause(300);
    await untilWritesGoTo(routes, move, 'target');
    expect(changes).toBe(0);
  });

  it('that may not read the rules hears so at once', async () => {
    await root.run("CREATE USER nobody@'%' IDENTIFIED BY ''");
    const connection = await createConnection({ ...login(), user: 'nobody', password: '' });
    await expect(watchRoutes(connection)).rejects.toThrow(/denied/);
    await connection.end();
  });

  it('reads no more after close, and hears nothing', async () => {
    let reads = 0;
    let changes = 0;
    const connection = { query: (sql: string) => ((reads += 1), pool.query(sql)) };
    const routes = await watch({ onChange: () => (changes += 1) }, connection);
    await eventually('some reads', async () => (reads > 3 ? true : undefined));
    routes.close();
    const before = reads;
    await router.apply(rulesOf(someMove(), 1, toTarget));
    await pause(300);
    expect(reads).toBe(before);
    expect(changes).toBe(0);
  });
});

describe('close while a read is on its way', () => {
  it('ends the reading, too', async () => {
    let reads = 0;
    let changes = 0;
    let letGo: () => void = () => undefined;
    const connection = {
      async query(sql: string) {
        reads += 1;
        const result = await pool.query(sql);
        if (reads > 1) await new Promise<void>((resolve) => (letGo = resolve));
        return result;
      },
    };
    const routes = await watch({ onChange: () => (changes += 1) }, connection);
    await router.apply(rulesOf(someMove(), 1, toTarget));
    await eventually('the second read', async () => (reads === 2 ? true : undefined));
    await pause(100);
    routes.close();
    letGo();
    await pause(300);
    expect({ reads, changes }).toEqual({ reads: 2, changes: 0 });
  });
});

describe('a connection that is lost', () => {
  it('of a pool is replaced', async () => {
    const move = someMove();
    await router.apply(rulesOf(move, 1, toSource));
    const routes = await watch();
    await killSessions();
    await router.apply(rulesOf(move, 2, toTarget));
    await untilWritesGoTo(routes, move, 'target');
    expect(routes.staleSince).toBeNull();
  });

  it('and is the only one leaves what was known, with the time', async () => {
    const move = someMove();
    await router.apply(rulesOf(move, 1, toTarget));
    const connection = await createConnection(login());
    connection.on('error', () => undefined);
    const stale: Date[] = [];
    const begin = Date.now();
    const routes = await watch({ onStale: (since) => stale.push(since) }, connection);
    await killSessions();
    await eventually('that it is stale', async () => (stale.length > 0 ? true : undefined));
    await pause(300);
    expect(stale).toHaveLength(1);
    expect(routes.staleSince).toEqual(stale[0]);
    expect(stale[0]?.getTime()).toBeGreaterThanOrEqual(begin);
    expect(stale[0]?.getTime()).toBeLessThan(Date.now() - 250);
    await untilWritesGoTo(routes, move, 'target');
    connection.destroy();
  });
});

describe('a server', () => {
  it('that stands still makes the rules stale, uses up no connections, and goes on where it goes on', async () => {
    const move = someMove();
    await router.apply(rulesOf(move, 1, toTarget));
    let inFlight = 0;
    let most = 0;
    const connection = {
      query: (sql: string) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        return pool.query(sql).finally(() => (inFlight -= 1));
      },
    };
    const routes = await watch({ timeoutMs: 200 }, connection);
    await own.server.kill('SIGSTOP');
    const stoppedAt = Date.now();
    try {
      await eventually('that it is stale', async () => (routes.staleSince !== null ? true : undefined));
      await pause(1_500);
      expect(most).toBe(2);
      expect(routes.staleSince?.getTime()).toBeLessThanOrEqual(stoppedAt);
      await untilWritesGoTo(routes, move, 'target');
    } finally {
      await own.server.kill('SIGCONT');
    }
    await eventually('that it is fresh', async () => (routes.staleSince === null ? true : undefined));
    await router.apply(rulesOf(move, 2, toSource));
    await untilWritesGoTo(routes, move, 'source');
  });

  it('that dies and comes back is read again', async () => {
    const move = someMove();
    await router.apply(rulesOf(move, 1, toTarget));
    const routes = await watch();
    await own.server.kill('SIGKILL');
    await eventually('that it is stale', async () => (routes.staleSince !== null ? true : undefined));
    await untilWritesGoTo(routes, move, 'target');
    await own.server.start();
    await eventually('that it is fresh', async () => (routes.staleSince === null ? true : undefined));
    await router.apply(rulesOf(move, 2, toSource));
    await untilWritesGoTo(routes, move, 'source');
    root = await Session.open(own.cluster.root, controlVariables);
  });
});
