/** Work on a server that freezes ends in time; work on one that only needs long does not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pulseIntervalMs, silentPulsesMax } from '../../../../src/limits/mysql-server.js';
import { probeServers } from '../../../../src/mysql/move/probe-servers.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { onWatchedServer, WatchedServer } from '../../../../src/mysql/server/session/watched-server.js';
import { eventually } from '../../../support/eventually.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';

let own: OwnMysql;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterAll(() => own.stop());

const silenceMs = silentPulsesMax * pulseIntervalMs;
const slackMs = 4_000;

describe('a watched server', () => {
  it('that answers may take longer for a statement than one that freezes gets', async () => {
    const slept = await onWatchedServer(own.cluster.switchyard, async (settings) => {
      const session = await Session.open(settings, controlVariables);
      const row = await session.row<{ slept: string }>(`SELECT SLEEP(${silenceMs / 1_000 + 3}) AS slept`);
      await session.close();
      return row;
    });
    expect(slept).toEqual({ slept: '0' });
  });

  it('tells what a statement waits for, and who holds it up', async () => {
    const { switchyard, root } = own.cluster;
    const server = new WatchedServer(switchyard);
    const holder = await Session.open(root, controlVariables);
    const session = await Session.open(server.settings, controlVariables);
    try {
      await holder.run('CREATE DATABASE IF NOT EXISTS _switchyard');
      await holder.run('CREATE TABLE _switchyard.held (id INT PRIMARY KEY)');
      const working = session.rows('SELECT SLEEP(4)');
      await holder.run('START TRANSACTION');
      await holder.rows('SELECT * FROM _switchyard.held');
      await working;
      // That it takes long alone is no waiting.
      expect(server.waits).toEqual([]);
      const since = Date.now();
      const dropping = session.run('DROP TABLE _switchyard.held');
      await eventually('the wait to be told', () => Promise.resolve(server.waits.length > 0 || undefined));
      const why = `${switchyard.name}: Waiting for table metadata lock on _switchyard.held; held by ${holder.id} root@`;
      expect(server.waits).toMatchObject([{ for: 'lock', why: expect.stringContaining(why) as string }]);
      expect(Date.parse(server.waits[0]?.since ?? '') - since).toBeLessThan(pulseIntervalMs);
      await holder.run('COMMIT');
      await dropping;
      await eventually('its end to be told', () => Promise.resolve(server.waits.length === 0 || undefined));
    } finally {
      server.stop();
      await session.close();
      await holder.close();
    }
  });

  it('is asked on one connection, however much work there is on it, and on none without any', async () => {
    const { switchyard, root } = own.cluster;
    const looking = await Session.open(root, controlVariables);
    const connections = async (): Promise<number> =>
      (await looking.rows(`SELECT id FROM performance_schema.processlist WHERE user = '${switchyard.user}'`)).length;
    const servers = Array.from({ length: 5 }, () => new WatchedServer(switchyard));
    try {
      await eventually('a connection', async () => ((await connections()) > 0 ? true : undefined));
      await sleep(pulseIntervalMs + 500);
      expect(await connections()).toBe(1);
      for (const server of servers) server.stop();
      await eventually('its end', async () => ((await connections()) === 0 ? true : undefined), 5_000);
    } finally {
      for (const server of servers) server.stop();
      await looking.close();
    }
  });

  it('that freezes ends what runs on it, what connects to it, and what comes after', async () => {
    const server = new WatchedServer(own.cluster.switchyard);
    try {
      const session = await Session.open(server.settings, controlVariables);
      await own.server.kill('SIGSTOP');
      const frozenAt = Date.now();
      const unavailable = { code: 'SERVER_UNAVAILABLE' };
      await Promise.all([
        expect(session.run('DO 1')).rejects.toMatchObject(unavailable),
        expect(session.raw('DO 1')).rejects.toMatchObject(unavailable),
        expect(Session.open(server.settings, controlVariables)).rejects.toMatchObject(unavailable),
      ]);
      expect(Date.now() - frozenAt).toBeLessThan(silenceMs + pulseIntervalMs + slackMs);
      expect(Date.parse(server.silence?.since ?? '') - frozenAt).toBeLessThan(pulseIntervalMs + slackMs);
      await expect(session.run('DO 1')).rejects.toMatchObject(unavailable);
      await expect(Session.open(server.settings, controlVariables)).rejects.toMatchObject(unavailable);
      await session.close();
    } finally {
      server.stop();
      await own.server.kill('SIGCONT');
    }
  });

  it('that freezes is seen by a probe in time, which leaves nothing behind', async () => {
    const { switchyard, root } = own.cluster;
    await own.server.kill('SIGSTOP');
    const seen = await probeServers({ source: switchyard, target: switchyard, sides: ['source'], thorough: false });
    await own.server.kill('SIGCONT');
    expect(seen).toMatchObject({ source: { problem: expect.stringContaining('no answer') as string }, target: null });
    const session = await Session.open(root, controlVariables);
    await sleep(1_000);
    expect(
      await session.rows(`SELECT id FROM performance_schema.processlist WHERE user = '${switchyard.user}'`),
    ).toEqual([]);
    await session.close();
  });
});
