/**
 * The write probe on a server of its own with a real replica: what it tells of both, a copy that waits for either and
 * goes on, and what is left in the result.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeProbeIntervalMs } from '../../src/limits/mysql-server.js';
import { synchronise } from '../../src/mysql/migration/synchronise-migration.js';
import { holdProbe } from '../../src/mysql/server/probe/held-probe.js';
import { WriteProbe } from '../../src/mysql/server/probe/write-probe.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { ensureSidecar } from '../../src/mysql/server/sidecar/schema.js';
import { loadLatencies } from '../../src/mysql/server/sidecar/write-latencies.js';
import { eventually } from '../support/eventually.js';
import { startOwnMysql, startOwnReplica, type OwnMysql } from '../support/own-mysql.js';
import { Shown } from './rules/shown.js';
import { Stage } from './rules/stage.js';

let own: OwnMysql;
let replica: OwnMysql;
/** With its replica, as the configuration of a worker would name it. */
let cluster: ClusterSettings;
let root: Session;
let onReplica: Session;
let stage: Stage | undefined;

beforeAll(async () => {
  own = await startOwnMysql();
  replica = await startOwnReplica(own, 'reader');
  cluster = { ...own.cluster.switchyard, replicas: [replica.cluster.switchyard] };
  root = await Session.open(own.cluster.root, { autocommit: 1 });
  onReplica = await Session.open(replica.cluster.root, { autocommit: 1 });
  await ensureSidecar(root);
});

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

afterAll(async () => {
  await root?.close();
  await onReplica?.close();
  await replica?.stop();
  await own?.stop();
});

async function probing(): Promise<WriteProbe> {
  const probe = new WriteProbe(cluster);
  await probe.begun(10_000);
  return probe;
}

/** As what comes with another operation upgrades a sidecar that is older than the probe. */
async function makeTables(): Promise<void> {
  await root.run('UPDATE _switchyard.schema_version SET version = 8, newest = NULL');
  await ensureSidecar(root);
}

/** Locks the row of a probe until it is let go. */
async function lockRow(where: string): Promise<() => Promise<void>> {
  const locker = await Session.open(own.cluster.root, { autocommit: 1 });
  await locker.run('START TRANSACTION');
  await locker.rows(`SELECT 1 FROM _switchyard.write_probes WHERE ${where} FOR UPDATE`);
  return () => locker.close();
}

describe('the sidecar', () => {
  it('gets the tables of the probe where an older version made it', async () => {
    await root.run('DROP TABLE _switchyard.write_probes, _switchyard.write_latencies');
    await makeTables();
    expect(await root.rows('SELECT 1 FROM _switchyard.write_probes')).toEqual([]);
    expect(await loadLatencies(root, '0123456789')).toEqual([]);
  });
});

describe('a write probe', () => {
  it('tells what a write takes; one that waits for a lock in vain has taken as long as that', async () => {
    const probe = await probing();
    const took: number[] = [];
    probe.onWrite((ms) => took.push(ms));
    expect(probe.latencyMs).toBeGreaterThan(0);
    expect(probe.latencyMs).toBeLessThan(1_000);
    const letGo = await lockRow(`probe_id = '${probe.id}'`);
    try {
      await eventually('a write that waits', () => Promise.resolve(probe.latencyMs > 2_500 ? true : undefined));
      // What would arrive on a replica is not written meanwhile.
      expect(() => probe.lagMs(1)).toThrow(/a write of it has been waiting for \d+ ms/);
      await eventually('a wait that is over', () => Promise.resolve(took.some((ms) => ms > 4_500) ? true : undefined));
      await letGo();
      await eventually('writes that do not', () => {
        const [last = Infinity] = took.slice(-1);
        return Promise.resolve(last < 1_000 && probe.latencyMs < 1_000 ? true : undefined);
      });
      // Where nothing has arrived of what this probe wrote: neither a row nor another one than that of an earlier one.
      for (const seen of [undefined, 1]) {
        expect(probe.lagMs(seen)).toBeGreaterThan(2_500);
        expect(probe.lagMs(seen)).toBeLessThan(300_000);
      }
    } finally {
      probe.stop();
      await letGo();
    }
  });

  it('is one for all that work on a server, and ends with the last', async () => {
    const [one, other] = [holdProbe(cluster), holdProbe({ ...cluster })];
    expect(one.writes).toBe(other.writes);
    await one.writes.begun(10_000);
    one.release();
    one.release();
    const before = await root.rows('SELECT sent_ms FROM _switchyard.write_probes');
    await eventually('another write', async () => {
      const now = await root.rows('SELECT sent_ms FROM _switchyard.write_probes');
      return JSON.stringify(now) === JSON.stringify(before) ? undefined : true;
    });
    other.release();
    await eventually('the end of its session', async () => {
      const user = own.cluster.switchyard.user;
      const sessions = await root.rows('SELECT 1 FROM performance_schema.processlist WHERE user = ?', [user]);
      return sessions.length === 1 ? true : undefined;
    });
    const again = holdProbe(cluster);
    expect(again.writes).not.toBe(one.writes);
    again.release();
  });

  it('fails where it cannot write, says why, and writes again once it can', async () => {
    const probe = await probing();
    try {
      await root.run('SET GLOBAL super_read_only = ON');
      const says = (what: RegExp) =>
        eventually(String(what), () => {
          try {
            return Promise.resolve(what.test(`it takes ${probe.latencyMs}`) ? true : undefined);
          } catch (error) {
            return Promise.resolve(what.test(String(error)) ? true : undefined);
          }
        });
      await says(/the write probe of commerce: .*read-only/);
      await root.run('SET GLOBAL read_only = OFF');
      await says(/it takes/);
    } finally {
      await root.run('SET GLOBAL read_only = OFF');
      probe.stop();
    }
  });
});

/** A table on the server with the replica, and its migration; copying has not begun. */
async function prepared(): Promise<Stage> {
  stage = await Stage.open({ server: { switchyard: cluster, root: own.cluster.root } });
  await stage.prepare();
  return stage;
}

/** Nothing is copied yet. */
async function expectEmpty({ app, shadow }: Stage): Promise<void> {
  expect(await app.rows(`SELECT 1 FROM ${shadow}`)).toEqual([]);
}

describe('an operation', () => {
  it('writes while it works, and not while it is only followed', async () => {
    const here = await prepared();
    const probes = () => root.rows('SELECT probe_id, sent_ms FROM _switchyard.write_probes ORDER BY probe_id');
    const before = await probes();
    await here.reach('copied');
    const afterTheCopy = await probes();
    expect(afterTheCopy).not.toEqual(before);
    const stop = new AbortController();
    const shown = new Shown();
    const following = synchronise({
      ...{ cluster, operationId: here.operationId, token: here.nextToken(), goal: 'follow', throttle: {} },
      ...{ signal: stop.signal, ...shown },
    });
    await eventually('a report', () => Promise.resolve(shown.stage));
    await sleep(3 * writeProbeIntervalMs);
    stop.abort();
    expect(await following).toMatchObject({ outcome: 'stopped', writeLatency: [{ cluster: 'commerce' }] });
    expect(await probes()).toEqual(afterTheCopy);
  });
});

describe('a probe that cannot write', () => {
  it('ends nothing, and holds only what is limited by it', async () => {
    const here = await prepared();
    await root.run('DROP TABLE _switchyard.write_probes, _switchyard.write_latencies');
    try {
      expect(await here.reach('copied')).toBe('reached');
      await here.reach('indexed');
      const shown = new Shown();
      const throttle = { writeLatencyMsMax: 'auto' } as const;
      const comparing = here.reach('verified', { throttle, ...shown });
      await shown.until('writeLatencyMsMax', 'held');
      expect(shown.why('writeLatencyMsMax')).toMatch(/the write probe of commerce: .*write_probes.*exist/);
      await makeTables();
      expect(await comparing).toBe('reached');
    } finally {
      await makeTables();
    }
  });
});

describe('replicaLagMsMax', () => {
  it('holds a copy back while a replica is behind, names it, and goes on when it has caught up', async () => {
    const probe = holdProbe(cluster);
    try {
      await probe.writes.begun(10_000);
      const lagOf = async () => (await probe.replicas?.look())?.find(({ replica: name }) => name === 'reader')?.lagMs;
      await eventually('a replica that is not behind', async () => ((await lagOf()) === 0 ? true : undefined));
      await onReplica.run('STOP REPLICA SQL_THREAD');
      await eventually('a replica that is', async () => ((await lagOf()) ?? 0) > 1_500 || undefined);
      const here = await prepared();
      const shown = new Shown();
      const copying = here.reach('copied', { throttle: { replicaLagMsMax: 1_000 }, ...shown });
      await shown.until('replicaLagMsMax', 'held');
      expect(shown.why('replicaLagMsMax')).toMatch(/^replica reader of commerce is [\d,]+ ms behind, at most 1,000$/);
      await expectEmpty(here);
      await onReplica.run('START REPLICA SQL_THREAD');
      expect(await copying).toBe('reached');
      expect(shown.waits.all).toEqual([]);
    } finally {
      await onReplica.run('START REPLICA SQL_THREAD');
      probe.release();
    }
  });

  it('holds back while a replica does not answer, and names it', async () => {
    const here = await prepared();
    const shown = new Shown();
    const run = { throttle: { replicaLagMsMax: 60_000 }, ...shown };
    await replica.server.kill('SIGSTOP');
    const copying = here.reach('copied', run);
    await shown.until('replicaLagMsMax', 'held');
    expect(shown.why('replicaLagMsMax')).toMatch(
      /nothing is known of it since .* \(.*replica reader.*: .*no answer within/,
    );
    await expectEmpty(here);
    await replica.server.kill('SIGCONT');
    expect(await copying).toBe('reached');
    await here.reach('indexed');
    await replica.server.kill('SIGKILL');
    const comparing = here.reach('verified', run);
    await shown.until('replicaLagMsMax', 'held');
    expect(shown.why('replicaLagMsMax')).toMatch(
      /nothing is known of it since .* \(.*replica reader.*: .*ECONNREFUSED/,
    );
    await replica.server.start();
    expect(await comparing).toBe('reached');
    onReplica = await Session.open(replica.cluster.root, { autocommit: 1 });
  });

  it('holds back where there is no replica to ask', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.prepare();
    const shown = new Shown();
    const stop = new AbortController();
    const run = { throttle: { replicaLagMsMax: 60_000 }, ...shown, signal: stop.signal };
    const copying = stage.reach('copied', run);
    await shown.until('replicaLagMsMax', 'held');
    expect(shown.why('replicaLagMsMax')).toContain('the configuration of the worker names no replicas of commerce');
    stop.abort();
    expect(await copying).toBe('stopped');
  });
});

describe('writeLatencyMsMax', () => {
  it.each([['copied', 200] as const, ['verified', 'auto'] as const])(
    'holds back what is to be %s while a write waits, and goes on; what writes took is kept',
    async (goal, writeLatencyMsMax) => {
      const probe = holdProbe(cluster);
      try {
        await probe.writes.begun(10_000);
        const here = await prepared();
        if (goal === 'verified') {
          await here.reach('copied');
          await here.reach('indexed');
        }
        const letGo = await lockRow(`probe_id = '${probe.writes.id}'`);
        await eventually('a write that waits', () => Promise.resolve(probe.writes.latencyMs > 500 ? true : undefined));
        const shown = new Shown();
        const working = here.reach(goal, { throttle: { writeLatencyMsMax }, ...shown });
        await shown.until('writeLatencyMsMax', 'held');
        expect(shown.why('writeLatencyMsMax')).toMatch(/^a write on commerce takes [\d,.]+ ms, at most \d/);
        if (goal === 'copied') await expectEmpty(here);
        await letGo();
        expect(await working).toBe('reached');
        const stored = await loadLatencies(root, here.operationId);
        const [before, during] = (['before', 'during'] as const).map((span) =>
          stored.find((one) => one.cluster === 'commerce' && one.span === span)?.latencies.summary(),
        );
        expect(before?.writes).toBe(20);
        expect(during?.p99Ms).toBeGreaterThan(500);
      } finally {
        probe.release();
      }
    },
  );
});
