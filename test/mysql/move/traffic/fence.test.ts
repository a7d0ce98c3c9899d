/** Fences (docs/design/moves.md, "Fences", P1, P4): who is refused, who is let through, and what they leave alone. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverErrorNumber, serverMessage } from '../../../../src/mysql/server/session/server-errors.js';
import { dataHeaderBytes } from '../../../../src/mysql/server/session/raw-statement.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { ensureSidecar } from '../../../../src/mysql/server/sidecar/schema.js';
import { dropFences, listFences, raiseFences, type Fence } from '../../../../src/mysql/move/traffic/fence.js';
import { fencePassHash, letPass } from '../../../../src/mysql/move/traffic/fence-pass.js';
import { dropGate, ensureGate, findPass, openGate, shutGate } from '../../../../src/mysql/move/traffic/gate.js';
import { uniqueName } from '../../../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';

const signalled = 1644;
const operationId = '0123456789';
const other = 'fedcba9876';

let own: OwnMysql;
let pass: string;
let database: string;
let control: Session;
let app: Session;
let opened: Session[];

beforeAll(async () => {
  // As preflight will ask of a server on which fences are made by an account without SUPER.
  own = await startOwnMysql(['--log-bin-trust-function-creators=ON', '--local-infile=ON']);
  const session = await Session.open(own.cluster.switchyard, controlVariables);
  await ensureSidecar(session);
  await session.close();
});
afterAll(() => own.stop());

beforeEach(async () => {
  opened = [];
  database = uniqueName('fenced');
  app = await open(own.cluster.app);
  control = await open(own.cluster.switchyard);
  await app.run(`CREATE DATABASE ${database}`);
  for (const session of [app, control]) await session.run(`USE ${database}`);
  await app.run('CREATE TABLE t (id INT PRIMARY KEY, n INT)');
  await app.run('INSERT INTO t VALUES (1, 1), (2, 2)');
  pass = await ensureGate(control, operationId, true);
  await app.run('CREATE TABLE free LIKE t');
  await app.run('INSERT INTO free VALUES (1, 1), (2, 2)');
});
afterEach(async () => {
  const root = await Session.open(own.cluster.root, controlVariables);
  await Promise.all(opened.map((session) => session.close()));
  await root.run(`DROP DATABASE ${database}`);
  for (const id of [operationId, other]) await dropGate(root, id);
  await root.close();
});

async function open(cluster: Parameters<typeof Session.open>[0], variables = controlVariables): Promise<Session> {
  const session = await Session.open(cluster, variables);
  opened.push(session);
  return session;
}

function fence(change: Partial<Fence> = {}): Fence {
  const home = { cluster: 'customer', database: 'shop' };
  const definer = 'switchyard@%';
  return { operationId, move: 'orders-to-customer', home, passHash: fencePassHash(pass), definer, ...change };
}

function table(name = 't'): { database: string; table: string } {
  return { database, table: name };
}

/** The number of the server's error, 0 where it took the statement. */
async function refusal(statement: Promise<unknown>): Promise<number> {
  return statement.then(
    () => 0,
    (error: unknown) => serverErrorNumber(error) ?? -1,
  );
}

async function contents(name = 't'): Promise<string> {
  return JSON.stringify(await control.rows(`SELECT id, n FROM ${name} ORDER BY id`));
}

async function load(session: Session, how: string, into = 't'): Promise<void> {
  await session.raw(`LOAD DATA LOCAL INFILE 'x' ${how} INTO TABLE ${database}.${into}`, {
    onDataWanted(feed) {
      feed.send(Buffer.concat([Buffer.alloc(dataHeaderBytes), Buffer.from('1\t9\n7\t7\n')]));
      feed.end();
    },
  });
}

/** Every way to write rows that a table has. */
const writes: readonly (readonly [string, (session: Session) => Promise<unknown>])[] = [
  ...[
    'INSERT INTO t VALUES (3, 3)',
    'INSERT INTO t SELECT id + 10, n FROM free',
    'INSERT INTO t VALUES (1, 9) ON DUPLICATE KEY UPDATE n = 9',
    'INSERT IGNORE INTO t VALUES (3, 3)',
    'INSERT IGNORE INTO t VALUES (1, 9)',
    'INSERT IGNORE INTO t VALUES (NULL, 9)',
    'REPLACE INTO t VALUES (1, 9)',
    'UPDATE t SET n = 9 WHERE id = 1',
    'UPDATE t SET n = n WHERE id = 1',
    'UPDATE IGNORE t SET id = 2 WHERE id = 1',
    'UPDATE free JOIN t USING (id) SET t.n = 9, free.n = 9',
    'DELETE FROM t WHERE id = 1',
    'DELETE IGNORE FROM t WHERE id = 1',
    'DELETE free, t FROM free JOIN t USING (id)',
    'WITH gone AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM gone)',
  ].map((sql) => [sql, (session: Session) => session.run(sql)] as const),
  ['LOAD DATA LOCAL', (session) => load(session, '')],
  ['LOAD DATA LOCAL … IGNORE', (session) => load(session, 'IGNORE')],
  ['LOAD DATA LOCAL … REPLACE', (session) => load(session, 'REPLACE')],
  ['a prepared statement', (session) => session.run('EXECUTE made USING @three')],
  ['a procedure', (session) => session.run(`CALL ${database}.put()`)],
  ['a view', (session) => session.run('UPDATE seen SET n = 9 WHERE id = 1')],
];

describe('a fence', () => {
  it.each(['', "SET SESSION sql_mode = ''", "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"])(
    'refuses every write with its message, whatever the session has set: %s',
    async (setting) => {
      if (setting !== '') await app.run(setting);
      await app.run('CREATE PROCEDURE put() INSERT INTO t VALUES (3, 3)');
      await app.run('CREATE VIEW seen AS SELECT * FROM t');
      await app.run("PREPARE made FROM 'INSERT INTO t VALUES (?, 3)'");
      await app.run('SET @three = 3');
      await raiseFences(control, fence(), [table()]);
      const [before, beside] = [await contents(), await contents('free')];
      for (const [what, write] of writes) {
        const error: unknown = await write(app).catch((problem: unknown) => problem);
        expect([what, serverErrorNumber(error)]).toEqual([what, signalled]);
        expect(serverMessage(error)).toBe(
          'Switchyard move orders-to-customer: this table lives on cluster customer, database shop; write there',
        );
        expect([what, await contents(), await contents('free')]).toEqual([what, before, beside]);
      }
      expect(await refusal(app.run('UPDATE free SET n = 0'))).toBe(0);
    },
  );

  it.each(['NULL', "''", "'wrong'", '1', "X'00'", "_utf16'a'", 'NULLIF(1, 1)'])(
    'lets nobody through with the pass %s',
    async (value) => {
      await raiseFences(control, fence(), [table()]);
      await app.run(`SET @_switchyard_pass = ${value}`);
      expect(await refusal(app.run('INSERT INTO t VALUES (3, 3)'))).toBe(signalled);
      await app.run(`SET @_switchyard_pass = '${fencePassHash(pass)}'`);
      expect(await refusal(app.run('INSERT INTO t VALUES (3, 3)'))).toBe(signalled);
    },
  );

  it('does not stop TRUNCATE, nor a statement that finds no row', async () => {
    await raiseFences(control, fence(), [table()]);
    expect(await app.run('UPDATE t SET n = 9 WHERE id = 77')).toMatchObject({ affectedRows: 0 });
    expect(await app.run('DELETE FROM t WHERE id = 77')).toMatchObject({ affectedRows: 0 });
    await app.run('TRUNCATE t');
    expect(await contents()).toBe('[]');
  });

  it('lets the feed of its operation through, and that of no other', async () => {
    await raiseFences(control, fence(), [table()]);
    const stranger = await ensureGate(control, other, true);
    await letPass(app, stranger);
    expect(await refusal(app.run('INSERT INTO t VALUES (3, 3)'))).toBe(signalled);

    // A new worker finds it again; any character set of its connection does.
    const feed = await open(own.cluster.switchyard);
    await feed.run(`USE ${database}`);
    await feed.run('SET NAMES latin1');
    await letPass(feed, await ensureGate(feed, operationId, true));
    await feed.run('INSERT INTO t VALUES (3, 3)');
    await feed.run('UPDATE t SET n = 30 WHERE id = 3');
    await feed.run('DELETE FROM t WHERE id = 1');
    await load(feed, 'REPLACE');
    expect(await contents()).toBe('[{"id":1,"n":9},{"id":2,"n":2},{"id":3,"n":30},{"id":7,"n":7}]');
  });

  it('keeps the pass out of definitions and binlogs', async () => {
    const { file } = await lastBinlog();
    await raiseFences(control, fence(), [table()]);
    await letPass(control, pass);
    await control.run('INSERT INTO t VALUES (3, 3)');
    const written = JSON.stringify(await control.rows(`SHOW BINLOG EVENTS IN '${file}'`));
    expect(written).toContain(fencePassHash(pass));
    expect(written).not.toContain(pass);
    const triggers = await control.rows('SELECT action_statement FROM information_schema.triggers');
    expect(JSON.stringify(triggers)).not.toContain(pass);
  });
});

async function lastBinlog(): Promise<{ readonly file: string }> {
  const logs = await control.rows<{ Log_name: string }>('SHOW BINARY LOGS');
  return { file: logs.at(-1)?.Log_name ?? '' };
}

describe('fences', () => {
  it('are raised once, listed, and dropped, and leave other triggers alone', async () => {
    await app.run(`CREATE TRIGGER audit BEFORE INSERT ON t FOR EACH ROW INSERT INTO free VALUES (NEW.id, NEW.n)`);
    await app.run(`CREATE TRIGGER _sw_${operationId}_mine AFTER INSERT ON t FOR EACH ROW SET @x = 1`);
    await raiseFences(control, fence({ operationId: other }), [table()]);
    await raiseFences(control, fence(), [table(), table('free')]);
    const listed = await listFences(control, operationId);
    expect(listed.map(({ table: name, event }) => `${name} ${event}`).sort()).toEqual(
      ['free', 't'].flatMap((name) => ['DELETE', 'INSERT', 'UPDATE'].map((event) => `${name} ${event}`)),
    );
    const created = await madeAt();
    await raiseFences(control, fence(), [table(), table('free')]);
    expect(await madeAt()).toEqual(created);

    await dropFences(control, operationId, [table()]);
    await dropFences(control, operationId, [table()]);
    expect(new Set((await listFences(control, operationId)).map(({ table: name }) => name))).toEqual(new Set(['free']));
    expect(await listFences(control, other)).toHaveLength(3);
    await dropFences(control, other, [table()]);
    await dropFences(control, operationId, [table('free')]);
    expect((await madeAt()).map(([name]) => name).sort()).toEqual([`_sw_${operationId}_mine`, 'audit']);
  });

  it('come before the triggers of the table, which run for the feed as ever', async () => {
    for (const name of ['first', 'second']) {
      await app.run(`CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW SET @ran = CONCAT(@ran, '${name} ')`);
    }
    await raiseFences(control, fence(), [table()]);
    await app.run("SET @ran = ''");
    expect(await refusal(app.run('INSERT INTO t VALUES (3, 3)'))).toBe(signalled);
    expect(await app.row('SELECT @ran AS ran')).toEqual({ ran: '' });
    await letPass(app, pass);
    await app.run('INSERT INTO t VALUES (3, 3)');
    expect(await app.row('SELECT @ran AS ran')).toEqual({ ran: 'first second ' });
  });

  it('make room for a new pass without a gap', async () => {
    await raiseFences(control, fence(), [table()]);
    const seen: number[] = [];
    const gate = await open({
      ...own.cluster.switchyard,
      observer: {
        before: () => undefined,
        async after() {
          seen.push(await refusal(app.run(`INSERT INTO ${database}.t VALUES (3, 3)`)));
        },
      },
    });
    await raiseFences(gate, fence({ passHash: fencePassHash('new') }), [table()]);
    expect(seen.length).toBeGreaterThan(6);
    expect(new Set(seen)).toEqual(new Set([signalled]));
    expect(await listFences(control, operationId)).toHaveLength(3);
    await letPass(app, pass);
    expect(await refusal(app.run('INSERT INTO t VALUES (3, 3)'))).toBe(signalled);
    await letPass(app, 'new');
    expect(await refusal(app.run('INSERT INTO t VALUES (3, 3)'))).toBe(0);
  });

  it('stay on a table that is renamed, and go by its new name', async () => {
    await raiseFences(control, fence(), [table()]);
    await control.run('RENAME TABLE t TO retired');
    expect(await refusal(app.run('INSERT INTO retired VALUES (3, 3)'))).toBe(signalled);
    expect((await listFences(control, operationId)).map(({ table: name }) => name)).toEqual(Array(3).fill('retired'));
    await dropFences(control, operationId, [table('retired')]);
    expect(await listFences(control, operationId)).toEqual([]);
  });

  it('let everybody through while the gate is open, and refuse once it is shut', async () => {
    await raiseFences(control, fence(), [table()]);
    await openGate(control, operationId);
    await app.run('CREATE PROCEDURE put() INSERT INTO t VALUES (3, 3)');
    await app.run('CREATE VIEW seen AS SELECT * FROM t');
    await app.run("PREPARE made FROM 'INSERT INTO t VALUES (?, 3)'");
    await app.run('SET @three = 3');
    for (const [what, write] of writes) {
      await app.run('START TRANSACTION');
      expect([what, await refusal(write(app))]).not.toEqual([what, signalled]);
      await app.run('ROLLBACK');
    }
    await app.run('INSERT INTO t VALUES (5, 5)');
    await shutGate(control, operationId, { longestMs: 1_000, signal: new AbortController().signal });
    await control.run('COMMIT');
    expect(await refusal(app.run('INSERT INTO t VALUES (6, 6)'))).toBe(signalled);
  });

  it('stand whatever becomes of the account: its password may change, and another one makes them anew', async () => {
    const root = await open(own.cluster.root);
    const { switchyard } = own.cluster;
    await raiseFences(control, fence(), [table()]);
    await root.run("ALTER USER switchyard IDENTIFIED BY 'changed'");
    try {
      const later = await open({ ...switchyard, password: 'changed' });
      await letPass(later, (await findPass(later, operationId)) ?? '');
      await later.run(`INSERT INTO ${database}.t VALUES (3, 3)`);
      expect(await refusal(app.run('INSERT INTO t VALUES (4, 4)'))).toBe(signalled);
    } finally {
      await root.run(`ALTER USER switchyard IDENTIFIED BY '${switchyard.password}'`);
    }
    await root.run(`CREATE USER IF NOT EXISTS second IDENTIFIED BY 'second'`);
    await root.run('GRANT ALL ON *.* TO second');
    const second = await open({ ...switchyard, user: 'second', password: 'second' });
    await raiseFences(second, fence({ definer: 'second@%' }), [table()]);
    const made = await control.rows(
      'SELECT definer AS definer FROM information_schema.triggers WHERE trigger_schema = ?',
      [database],
    );
    expect(made).toEqual(Array(3).fill({ definer: 'second@%' }));
    expect(await refusal(app.run('INSERT INTO t VALUES (4, 4)'))).toBe(signalled);
  });

  it('are made by two runs at once', async () => {
    const second = await open(own.cluster.switchyard);
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([control, second].map((session) => raiseFences(session, fence(), [table(), table('free')])));
      expect(await listFences(control, operationId)).toHaveLength(6);
      await Promise.all([control, second].map((session) => dropFences(session, operationId, [table(), table('free')])));
      expect(await listFences(control, operationId)).toEqual([]);
    }
  });

  it('take any name', async () => {
    const odd = "o'n\\e ? `two` %_ü";
    const quoted = "`o'n\\e ? ``two`` %_ü`";
    await app.run(`CREATE TABLE ${quoted} LIKE t`);
    const move = `it's \\ "odd" ${'😀'.repeat(60)}`;
    await raiseFences(control, fence({ move, home: { cluster: "c'", database: 'd\\' } }), [table(odd)]);
    const error: unknown = await app.run(`INSERT INTO ${quoted} VALUES (1, 1)`).catch((problem: unknown) => problem);
    expect(serverErrorNumber(error)).toBe(signalled);
    expect(serverMessage(error)).toMatch(
      /^Switchyard move it's \\ "odd" .*lives on cluster c', database d\\; write there$/,
    );
    await dropFences(control, operationId, [table(odd)]);
    expect(await refusal(app.run(`INSERT INTO ${quoted} VALUES (1, 1)`))).toBe(0);
  });
});

async function madeAt(): Promise<readonly (readonly [string, string])[]> {
  const rows = await control.rows<{ name: string; created: string }>(
    `SELECT trigger_name AS name, created FROM information_schema.triggers WHERE trigger_schema = ? ORDER BY 1`,
    [database],
  );
  return rows.map(({ name, created }) => [name, created]);
}
