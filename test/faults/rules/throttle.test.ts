/** A real copy and a real comparison that wait for each source, say so, and go on. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sightsOf } from '../../../src/mysql/table/throttle/sights.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../src/mysql/server/session/variables.js';
import { Shown } from './shown.js';
import { smallTable, Stage } from './stage.js';

let stage: Stage;
let answering: Server | undefined;
/** What a test has changed of the server, which others use too: taken back also where the test fails. */
let takeBack: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  answering?.close();
  answering = undefined;
  for (const undo of takeBack) await undo();
  takeBack = [];
  await stage.close();
});

const rows = 3_000;
const many = `INSERT INTO t (id, v) WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${rows})
  SELECT /*+ SET_VAR(cte_max_recursion_depth = ${rows}) */ id, CONCAT('v', id) FROM n`;

/** Serves a status that can be changed. */
async function serve(): Promise<{ readonly url: string; status: number }> {
  const served = { url: '', status: 503 };
  const server = createServer((_request, response) => response.writeHead(served.status).end('as told'));
  answering = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(served, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/may-copy` });
}

/** Sessions that each keep a thread running. */
async function busyThreads(count: number): Promise<() => Promise<void>> {
  const sessions = await Promise.all(Array.from({ length: count }, () => stage.session()));
  const sleeping = sessions.map((session) => session.rows('SELECT SLEEP(100)').catch(() => []));
  return async () => {
    for (const { id } of sessions) await stage.app.run(`KILL QUERY ${id}`);
    await Promise.all(sleeping);
  };
}

/** A history list that grows while a snapshot is open. As delivered the server cuts it only after 128 rounds of purging. */
async function longHistory(length: number): Promise<() => Promise<void>> {
  takeBack.push(() => stage.app.run('SET GLOBAL innodb_purge_rseg_truncate_frequency = DEFAULT'));
  await stage.app.run('SET GLOBAL innodb_purge_rseg_truncate_frequency = 1');
  const reader = await stage.session();
  await reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  await stage.app.run('SET SESSION sql_log_bin = 0');
  for (let id = 0; id < length; id += 1) await stage.app.run('UPDATE flag SET changes = changes + 1');
  await stage.app.run('SET SESSION sql_log_bin = 1');
  return async () => {
    await reader.run('COMMIT');
  };
}

describe('throttling', () => {
  it('holds a copy back for each source, and a comparison like it', async () => {
    stage = await Stage.open({ table: smallTable, rows: [many] });
    const { app, database } = stage;
    await app.run('CREATE TABLE flag (waiting INT NOT NULL, changes INT NOT NULL)');
    await app.run('INSERT INTO flag VALUES (9, 0)');
    await stage.prepare();
    const web = await serve();
    const [calm, purge] = [await busyThreads(24), await longHistory(250)];
    const shown = new Shown();
    const query = { select: `SELECT waiting FROM ${database}.flag`, max: 5 };
    const throttle = {
      ...{ rowsPerSecondMax: 2_000, lagMsMax: 500, threadsRunningMax: 20, historyListLengthMax: 200 },
      ...{ query, httpCheck: web.url },
    };
    // What is applied stands still, so that the copy lags.
    const applying = stage.gate.hold('before', /^(REPLACE|INSERT) .*_new/);
    const copying = stage.reach('copied', { throttle, ...shown });
    await app.run("INSERT INTO t (id, v) VALUES (0, 'new')");
    await applying.reached;
    for (const name of ['lagMsMax', 'threadsRunningMax', 'historyListLengthMax', 'query', 'httpCheck'] as const) {
      await shown.until(name, 'held');
    }
    expect(shown.why('query')).toBe('the query gives 9, at most 5');
    expect(shown.why('httpCheck')).toMatch(/^http:.* answers with 503, not with 200$/);
    expect(await app.rows(`SELECT 1 FROM ${stage.shadow}`)).toEqual([]);
    applying.release();
    await shown.until('lagMsMax', 'released');
    await calm();
    await shown.until('threadsRunningMax', 'released');
    await purge();
    await shown.until('historyListLengthMax', 'released');
    web.status = 200;
    await shown.until('httpCheck', 'released');
    expect(await app.rows(`SELECT 1 FROM ${stage.shadow} WHERE id > 0`)).toEqual([]);
    await app.run('UPDATE flag SET waiting = 5');
    await shown.until('rowsPerSecondMax', 'held');
    expect(await copying).toBe('reached');
    expect(shown.waits.all).toEqual([]);

    await stage.reach('indexed');

    await app.run('UPDATE flag SET waiting = 6');
    const verifying = stage.reach('verified', { throttle: { query }, ...shown });
    await shown.until('query', 'held');
    await app.run('UPDATE flag SET waiting = 0');
    expect(await verifying).toBe('reached');
  });

  it('lets a query change nothing, and takes nothing but one number from it', async () => {
    stage = await Stage.open();
    const opened: Session[] = [];
    const nobody = (): never => {
      throw new Error('nobody asked');
    };
    const sights = sightsOf({
      measured: { writes: nobody, replicas: nobody },
      lagMs: () => 0,
      open: async () => {
        const session = await Session.open(stage.cluster, controlVariables);
        opened.push(session);
        return session;
      },
    });
    const { database, app } = stage;
    try {
      expect(await sights.query(`SELECT COUNT(*) FROM ${database}.t -- rows`)).toBe(20);
      expect(await sights.query('WITH n AS (SELECT 1.25 AS i) SELECT i FROM n')).toBe(1.25);
      await app.run(
        `CREATE FUNCTION emptied() RETURNS INT NOT DETERMINISTIC MODIFIES SQL DATA BEGIN DELETE FROM t; RETURN 1; END`,
      );
      for (const [select, problem] of [
        [`SELECT ${database}.emptied()`, /READ ONLY transaction|denied/],
        [`DELETE FROM ${database}.t`, /syntax/],
        ["SELECT 1 INTO OUTFILE '/tmp/never'", /syntax|INTO/],
        ['SELECT 1; SELECT 2', /syntax/],
        ['SELECT 1, 2', /2 values|Duplicate/],
        ['SELECT 1 AS a UNION SELECT 2', /2 values/],
        ['SELECT NULL', /something else/],
        ["SELECT 'many'", /something else/],
        ['SELECT 1 FROM dual WHERE FALSE', /0 values/],
        ['SELECT 1 FROM (SELECT SLEEP(100)) s', /maximum statement execution time|interrupted|something else/],
      ] as const) {
        await expect(sights.query(select), select).rejects.toThrow(problem);
      }
      expect(await app.rows('SELECT 1 FROM t')).toHaveLength(20);
      // A session that is lost is opened again.
      expect(await sights.status('Threads_running')).toBeGreaterThan(0);
      expect(await sights.innodbMetric('trx_rseg_history_len')).toBeGreaterThanOrEqual(0);
      for (const session of opened) session.destroy();
      expect(await sights.status('Threads_running')).toBeGreaterThan(0);
      expect(await sights.query('SELECT 7')).toBe(7);
    } finally {
      await Promise.all(opened.map((session) => session.close()));
    }
  });
});
