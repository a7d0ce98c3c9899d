/**
 * The journal of a switch (docs/design/moves.md, "The journal", P1): one outcome for each attempt, whoever asks and
 * whatever is cut.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GtidSet } from '../../../../src/binlog/gtid-set.js';
import { killConnection } from '../../../../src/mysql/server/session/kill.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { fencedTransaction, fencingToken, takeOver } from '../../../../src/mysql/server/sidecar/epoch.js';
import { ensureSidecar } from '../../../../src/mysql/server/sidecar/schema.js';
import { Journal, type JournalEntry, type SwitchKey } from '../../../../src/mysql/move/traffic/journal.js';
import { createTableRouter } from '../../../../src/router/table-driver.js';
import { Gate } from '../../../faults/rules/gate.js';
import { codeOf } from '../../../faults/rules/stage.js';
import { eventually, uniqueName } from '../../../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';
import { Line } from './line.js';

/** The run of the attempt, and that of the activity which finds out what became of it. */
const attemptToken = fencingToken(7, 1);
const resolveToken = fencingToken(8, 1);

let own: OwnMysql;
let root: Session;
let operationId: string;
let key: SwitchKey;
let opened: { close(): Promise<void> }[];
let serial = 0;

beforeAll(async () => {
  // Its own, since some tests stop all commits of the server.
  own = await startOwnMysql();
  root = await Session.open(own.cluster.root, controlVariables);
  await ensureSidecar(root);
  await root.run('CREATE DATABASE shop');
  await root.run('CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, n INT)');
});
afterAll(async () => {
  await root.close();
  await own.stop();
});

beforeEach(async () => {
  opened = [];
  await newAttempt();
});
afterEach(async () => {
  await root.run('UNLOCK TABLES');
  await Promise.all(opened.map((one) => one.close()));
});

/** An operation that the attempt has taken over. */
async function newAttempt(): Promise<void> {
  serial += 1;
  operationId = serial.toString(16).padStart(10, '0');
  key = { operationId, direction: 'forward', attempt: 3 };
  await root.run(
    `INSERT INTO _switchyard.operations
       (operation_id, kind, workflow_id, run_id, database_name, table_name, epoch, state, created_at)
     VALUES (?, 'moveTables', ?, 'r', 'shop', 't', 0, 'open', UTC_TIMESTAMP(6))`,
    [operationId, uniqueName('move')],
  );
  await takeOver(root, operationId, attemptToken);
}

async function journal(gate?: Gate, options = {}): Promise<Journal> {
  const cluster = gate === undefined ? own.cluster.switchyard : { ...own.cluster.switchyard, observer: gate };
  const one = await Journal.open(cluster, key, options);
  opened.push(one);
  return one;
}

async function session(): Promise<Session> {
  const one = await Session.open(own.cluster.switchyard, controlVariables);
  opened.push(one);
  return one;
}

async function epoch(): Promise<string> {
  const { epoch: now } = await root.row<{ epoch: string }>(
    'SELECT CAST(epoch AS CHAR) AS epoch FROM _switchyard.operations WHERE operation_id = ?',
    [operationId],
  );
  return now;
}

async function executed(): Promise<GtidSet> {
  return GtidSet.parse((await root.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids')).gtids);
}

async function countRows(): Promise<number> {
  return Number((await root.row<{ n: unknown }>('SELECT COUNT(*) AS n FROM shop.t')).n);
}

function positionOf(entry: JournalEntry): GtidSet {
  if (entry.outcome !== 'switched') throw new Error('not switched');
  return GtidSet.parse(entry.position);
}

const write = 'INSERT INTO shop.t (n) VALUES (1)';

describe('a switch', () => {
  it('is written with the position, and closes the stream for every run of its activity and before', async () => {
    const [one, feed] = [await journal(), await session()];
    await fencedTransaction(feed, operationId, attemptToken, () => feed.run(write));
    const before = await executed();
    const entry = await one.commitSwitched(attemptToken);
    await root.run(write);
    const after = await executed();
    expect(entry.outcome).toBe('switched');
    expect(before.isSubsetOf(positionOf(entry))).toBe(true);
    expect(after.isSubsetOf(positionOf(entry))).toBe(false);
    expect(Date.now() - Date.parse(entry.at)).toBeLessThan(60_000);

    const zombie = fencedTransaction(feed, operationId, attemptToken, () => feed.run(write));
    expect(await codeOf(zombie)).toBe('FENCED');
    for (const late of [attemptToken, fencingToken(7, 2), fencingToken(7, 900_000)]) {
      expect(await codeOf(takeOver(feed, operationId, late))).toBe('FENCED');
    }
    await takeOver(feed, operationId, resolveToken);
  });

  it('waits for a transaction of the feed that has begun', async () => {
    const [one, feed] = [await journal(), await session()];
    let switching: Promise<JournalEntry> | undefined;
    const before = await executed();
    const rows = await countRows();
    await fencedTransaction(feed, operationId, attemptToken, async () => {
      await feed.run(write);
      switching = one.commitSwitched(attemptToken);
      await waitsForTheEpoch(switching);
    });
    const entry = await switching;
    if (entry === undefined) throw new Error('not begun');
    expect(before.isSubsetOf(positionOf(entry))).toBe(true);
    expect(await countRows()).toBe(rows + 1);
  });

  it('is refused to an older run', async () => {
    await takeOver(root, operationId, resolveToken);
    const one = await journal();
    expect(await codeOf(one.commitSwitched(attemptToken))).toBe('FENCED');
    expect(await one.read()).toEqual({ outcome: 'nothing' });
    expect(await epoch()).toBe(resolveToken);
  });

  it('gives up soon where writers are blocked meanwhile', async () => {
    const [one, feed] = [await journal(undefined, { lockWaitSeconds: 1 }), await session()];
    await fencedTransaction(feed, operationId, attemptToken, async () => {
      const began = performance.now();
      await expect(one.commitSwitched(attemptToken)).rejects.toMatchObject({ errno: 1205 });
      expect(performance.now() - began).toBeLessThan(4_500);
    });
    expect(await one.read()).toEqual({ outcome: 'nothing' });
    expect((await one.commitSwitched(attemptToken)).outcome).toBe('switched');
  });

  it('of another attempt or direction has nothing to do with this one', async () => {
    const one = await journal();
    await one.commitSwitched(attemptToken);
    for (const change of [{ attempt: 4 }, { direction: 'reverse' }] as const) {
      key = { operationId, direction: 'forward', attempt: 3, ...change };
      expect(await (await journal()).read()).toEqual({ outcome: 'nothing' });
    }
  });

  it('needs an operation', async () => {
    key = { ...key, operationId: 'ffffffffff' };
    expect(await codeOf((await journal()).commitSwitched(attemptToken))).toBe('UNKNOWN_OPERATION');
  });
});

/** Until the promise's transaction waits for the row of the epoch. @throws where it is over instead. */
async function waitsForTheEpoch(deciding: Promise<unknown>): Promise<void> {
  let over = false;
  void deciding.then(
    () => (over = true),
    () => (over = true),
  );
  await eventually('the journal to wait for the epoch', async () => {
    if (over) throw new Error('it did not wait');
    const rows = await root.rows('SELECT 1 FROM performance_schema.data_lock_waits');
    return rows.length > 0 ? true : undefined;
  });
}

describe('whoever comes second', () => {
  it('is told of the switch, and may not undo it', async () => {
    const [one, two] = [await journal(), await journal()];
    const entry = await one.commitSwitched(attemptToken);
    expect(await two.commitAborted(resolveToken)).toEqual(entry);
    expect(await epoch()).toBe(resolveToken);
    expect(await one.commitSwitched(attemptToken)).toEqual(entry);
    expect(await two.commitAborted(attemptToken)).toEqual(entry);
    expect(await two.read()).toEqual(entry);
  });

  it('is told that it was aborted, and may not switch', async () => {
    const [one, two] = [await journal(), await journal()];
    const entry = await two.commitAborted(resolveToken);
    expect(entry.outcome).toBe('aborted');
    expect(await epoch()).toBe(resolveToken);
    expect(await one.commitSwitched(attemptToken)).toEqual(entry);
    expect(await two.commitAborted(resolveToken)).toEqual(entry);
    expect(await one.read()).toEqual(entry);
  });

  it('is told so in the attempt itself, which undoes with the same token', async () => {
    const [one, two] = [await journal(), await journal()];
    const entry = await one.commitAborted(attemptToken);
    expect(entry.outcome).toBe('aborted');
    expect(await two.commitSwitched(attemptToken)).toEqual(entry);
  });

  it('undoes only as the newest run', async () => {
    const one = await journal();
    const entry = await one.commitAborted(resolveToken);
    expect(await one.commitAborted(fencingToken(8, 2))).toEqual(entry);
    expect(await epoch()).toBe(fencingToken(8, 2));
    expect(await codeOf(one.commitAborted(resolveToken))).toBe('FENCED');
  });

  it('gets the same word as the first, in any order of things', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      await newAttempt();
      const [one, two] = [await journal(), await journal()];
      const head = (round % 3) - 1;
      const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
      const [switching, aborting, reading] = await Promise.all([
        pause(head * 2).then(() => one.commitSwitched(attemptToken)),
        pause(-head * 2).then(() => two.commitAborted(resolveToken)),
        journal().then((three) => three.read()),
      ]);
      expect(aborting).toEqual(switching);
      if (reading.outcome !== 'nothing') expect(reading).toEqual(switching);
      expect(await epoch()).toBe(resolveToken);
      seen.add(switching.outcome);
    }
    expect(seen).toEqual(new Set(['switched', 'aborted']));
  });
});

/** Statements of `commitSwitched`, in their order. */
const steps = [
  /^START TRANSACTION/,
  /FROM _switchyard\.operations .* FOR UPDATE/,
  /FROM _switchyard\.switch_journal/,
  /^INSERT INTO _switchyard\.switch_journal/,
  /^UPDATE _switchyard\.operations/,
  /^COMMIT/,
] as const;

describe('a frozen first run', () => {
  it.each(steps)('before %s can not switch any more once it was aborted', async (statement) => {
    const gate = new Gate();
    const hold = gate.hold('before', statement);
    const one = await journal(gate);
    const frozen = one.commitSwitched(attemptToken).catch((error: unknown) => error);
    await hold.reached;
    const two = await journal();
    // Where it stands in the way, the server ends its session for its silence; else this would end with error 1205.
    const entry = await two.commitAborted(resolveToken);
    expect(entry.outcome).toBe('aborted');
    gate.open();
    const word = await frozen;
    if (word instanceof Error) expect(codeOfError(word)).not.toBe('FENCED');
    else expect(word).toEqual(entry);
    expect(await two.read()).toEqual(entry);
    expect(await epoch()).toBe(resolveToken);
  });
});

function codeOfError(error: Error): unknown {
  return (error as { readonly code?: unknown }).code;
}

describe('a connection that is cut', () => {
  it.each(steps)('before %s leaves nothing, and the attempt can still be aborted', async (statement) => {
    const gate = new Gate();
    const hold = gate.hold('before', statement);
    const one = await journal(gate);
    const outcome = one.commitSwitched(attemptToken).catch((error: unknown) => error);
    await hold.reached;
    await killJournal();
    gate.open();
    expect(await outcome).toBeInstanceOf(Error);
    const two = await journal();
    expect(await two.read()).toEqual({ outcome: 'nothing' });
    expect(await epoch()).toBe(attemptToken);
    expect((await two.commitAborted(resolveToken)).outcome).toBe('aborted');
  });

  it('while COMMIT runs leaves nothing where the server ends it', async () => {
    const { outcome } = await standingCommit();
    await killJournal();
    await root.run('UNLOCK TABLES');
    expect(await outcome).toBeInstanceOf(Error);
    expect(await (await journal()).read()).toEqual({ outcome: 'nothing' });
  });

  it('while COMMIT runs has switched where the server goes on, and whoever reads waits for it', async () => {
    const { outcome, line } = await standingCommit();
    line.cut();
    expect(await outcome).toBeInstanceOf(Error);
    const reading = (await journal()).read();
    await waitsForTheEpoch(reading);
    await root.run('UNLOCK TABLES');
    const entry = await reading;
    expect(entry.outcome).toBe('switched');
    expect(await (await journal()).commitAborted(resolveToken)).toEqual(entry);
  });

  it('is not the end of an abort: it is repeated', async () => {
    for (const statement of steps) {
      await newAttempt();
      const gate = new Gate();
      const hold = gate.hold('before', statement);
      const outcome = (await journal(gate)).commitAborted(resolveToken).catch((error: unknown) => error);
      await hold.reached;
      await killJournal();
      gate.open();
      expect(await outcome).toBeInstanceOf(Error);
      expect((await (await journal()).commitAborted(fencingToken(8, 2))).outcome).toBe('aborted');
    }
  });
});

describe('the sidecar', () => {
  it('gets the table where an older version made it, from several workers at once', async () => {
    await root.run('DROP TABLE _switchyard.switch_journal');
    await root.run('UPDATE _switchyard.schema_version SET version = 2, newest = NULL');
    await Promise.all([1, 2, 3].map(async () => ensureSidecar(await session())));
    expect(await (await journal()).read()).toEqual({ outcome: 'nothing' });
    const { version } = await root.row<{ version: number }>('SELECT version FROM _switchyard.schema_version');
    expect(version).toBeGreaterThanOrEqual(4);
  });

  it('of a newer version is written to, unless that version says that it has to be known', async () => {
    const versions = () => root.row<object>('SELECT * FROM _switchyard.schema_version');
    const before = await versions();
    try {
      // A release to come has added a column that may be empty: the release of today goes on beside it.
      await root.run('ALTER TABLE _switchyard.audit_log ADD COLUMN of_the_future INT NULL');
      await root.run('UPDATE _switchyard.schema_version SET newest = 1000');
      await ensureSidecar(root);
      expect(await versions()).toEqual({ ...before, newest: 1_000 });
      const rules = { operationId, move: 'orders', version: 1, rules: [] };
      const router = createTableRouter(own.cluster.switchyard);
      expect(await router.apply(rules)).toBe('applied');

      await root.run('UPDATE _switchyard.schema_version SET version = 1000');
      expect(await codeOf(ensureSidecar(root))).toBe('SIDECAR_TOO_NEW');
      // By its name, and as what passes: another worker may know it.
      await expect(router.apply({ ...rules, version: 2 })).rejects.toMatchObject({
        code: 'SIDECAR_TOO_NEW',
        kind: 'retryable',
      });
    } finally {
      await root.run('ALTER TABLE _switchyard.audit_log DROP COLUMN of_the_future');
      const { version, newest } = before as { version: number; newest: number };
      await root.run('UPDATE _switchyard.schema_version SET version = ?, newest = ?', [version, newest]);
    }
  });
});

/** Ends every session of ours on the server; the test's own is another account's. */
async function killJournal(): Promise<void> {
  const sessions = await root.rows<{ id: string }>(
    "SELECT id FROM performance_schema.processlist WHERE user = 'switchyard'",
  );
  for (const { id } of sessions) await killConnection(root, Number(id));
  await eventually('its sessions to end', async () => {
    const left = await root.rows("SELECT 1 FROM performance_schema.processlist WHERE user = 'switchyard'");
    return left.length === 0 ? true : undefined;
  });
}

/** A switch whose COMMIT runs on the server and does not end before UNLOCK TABLES, over a line that can be cut. */
async function standingCommit(): Promise<{ readonly outcome: Promise<unknown>; readonly line: Line }> {
  const gate = new Gate();
  const hold = gate.hold('before', /^COMMIT/);
  const line = await Line.open(own.cluster.switchyard);
  opened.push(line);
  const one = await Journal.open({ ...own.cluster.switchyard, port: line.port, observer: gate }, key);
  opened.push(one);
  const outcome = one.commitSwitched(attemptToken).catch((error: unknown) => error);
  await hold.reached;
  await root.run('FLUSH TABLES WITH READ LOCK');
  gate.open();
  await eventually(
    'the COMMIT to stand',
    async () =>
      (await root.rows("SELECT 1 FROM performance_schema.processlist WHERE state = 'Waiting for commit lock'"))[0],
  );
  return { outcome, line };
}
