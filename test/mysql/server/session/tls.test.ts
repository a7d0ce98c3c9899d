/** TLS to a real server: certificates that fit and that do not, each failure by its name (src/mysql/server/session/tls.ts). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFailure } from '../../../../src/activities/operation/failure.js';
import { pulseIntervalMs, silentPulsesMax } from '../../../../src/limits/mysql-server.js';
import type { ClusterSettings, TlsSettings } from '../../../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { onWatchedServer } from '../../../../src/mysql/server/session/watched-server.js';
import { Authority, type KeyPair } from '../../../support/certificates.js';
import { asDocumented, makeDocumented } from '../../../support/documented-account.js';
import { eventually } from '../../../support/eventually.js';
import { MigrationTest } from '../../../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';

type Mode = TlsSettings['mode'];

const here = { hosts: ['localhost', '127.0.0.1'] };
let folder: string;
let own: OwnMysql;
let root: Session;
let authority: Authority;
let other: Authority;
let fitting: KeyPair;
let ours: KeyPair;
/** Work on a server whose certificate is never accepted; longer than a silent server would be put up with. */
let watched: Promise<unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-tls-'));
  [authority, other] = [new Authority('ours'), new Authority('theirs')];
  [fitting, ours] = [authority.issue(here), authority.issue({ name: 'worker' })];
  own = await startOwnMysql();
  root = await Session.open(own.cluster.root, controlVariables);
  await root.run('SET GLOBAL ssl_ca = ?', [join(folder, 'ca.pem')]);
  await root.run('SET GLOBAL ssl_cert = ?', [join(folder, 'cert.pem')]);
  await root.run('SET GLOBAL ssl_key = ?', [join(folder, 'key.pem')]);
  await root.run(`CREATE USER certified IDENTIFIED BY 'certified' REQUIRE X509`);
  await serve(fitting);
  const refused = cluster('VERIFY_CA', { tls: { mode: 'VERIFY_CA', ca: other.ca } });
  const patienceMs = (silentPulsesMax + 2) * pulseIntervalMs;
  watched = onWatchedServer(refused, ({ lifeline }) =>
    sleep(patienceMs, 'done', lifeline && { signal: lifeline }),
  ).catch((error: unknown) => error);
});

afterAll(async () => {
  await root?.close();
  await own?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** From here on connections are answered with this certificate. A server takes only one of an authority that it knows. */
async function serve({ cert, key }: KeyPair, known = authority): Promise<void> {
  await writeFile(join(folder, 'ca.pem'), known.ca);
  await writeFile(join(folder, 'cert.pem'), cert);
  await writeFile(join(folder, 'key.pem'), key);
  await root.run('ALTER INSTANCE RELOAD TLS');
}

function cluster(mode: Mode, change: Partial<ClusterSettings> = {}, files: Partial<KeyPair> = {}): ClusterSettings {
  const ca = mode === 'REQUIRED' ? {} : { ca: authority.ca };
  return { ...own.cluster.switchyard, tls: { mode, ...ca, ...files }, ...change };
}

/** The cipher of a session; or the failure as a workflow gets it. */
async function cipherOf(settings: ClusterSettings): Promise<string> {
  const session = await Session.open(settings, controlVariables);
  try {
    const { Value } = await session.row<{ Value: string }>(`SHOW STATUS LIKE 'Ssl_cipher'`);
    return Value;
  } finally {
    await session.close();
  }
}

/** `connected`, or the code of what it fails with. */
async function outcomeOf(settings: ClusterSettings): Promise<string> {
  const failure = await failureOf(settings);
  return failure === undefined ? 'connected' : failure.type;
}

interface Told {
  readonly type: string;
  readonly message: string;
  readonly details: readonly { readonly kind: string; readonly remedy: string }[];
}

async function failureOf(settings: ClusterSettings): Promise<Told | undefined> {
  return cipherOf(settings).then(
    (cipher) => {
      expect(cipher).not.toBe('');
      return undefined;
    },
    (error: unknown) => toFailure(error, 'commerce') as unknown as Told,
  );
}

const modes: readonly Mode[] = ['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'];

/** What becomes of each mode, in their order. */
async function outcomes(change: Partial<ClusterSettings> = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mode of modes) found.push(await outcomeOf(cluster(mode, change)));
  return found;
}

describe('the certificate of a server', () => {
  it('is accepted by its name and by its address where it fits', async () => {
    await serve(fitting);
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await outcomes({ host })).toEqual(['connected', 'connected', 'connected']);
    }
  });

  it('is one for the host of the configuration: another one is named with those that it is for', async () => {
    await serve(authority.issue({ hosts: ['db.example.com'] }));
    expect(await outcomes({ host: 'localhost' })).toEqual(['connected', 'connected', 'TLS_OTHER_HOST']);
    const { message, details } = (await failureOf(cluster('VERIFY_IDENTITY'))) ?? {};
    expect(message).toMatch(/cluster commerce \(127\.0\.0\.1:\d+\).*db\.example\.com/);
    expect(details?.[0]).toMatchObject({ kind: 'retryable', remedy: expect.stringContaining('VERIFY_CA') as string });
  });

  it('that is one for localhost is not accepted from an address', async () => {
    await serve(authority.issue({ name: 'localhost', hosts: ['localhost'] }));
    expect(await outcomes({ host: 'localhost' })).toEqual(['connected', 'connected', 'connected']);
    expect(await outcomes({ host: '127.0.0.1' })).toEqual(['connected', 'connected', 'TLS_OTHER_HOST']);
  });

  it('that is one for an address is not accepted from localhost', async () => {
    await serve(authority.issue({ name: 'server', hosts: ['127.0.0.1'] }));
    expect(await outcomes({ host: '127.0.0.1' })).toEqual(['connected', 'connected', 'connected']);
    expect(await outcomes({ host: 'localhost' })).toEqual(['connected', 'connected', 'TLS_OTHER_HOST']);
  });

  it('is signed by an authority of the configuration, also where that names none', async () => {
    await serve(other.issue(here), other);
    expect(await outcomes()).toEqual(['connected', 'TLS_NOT_TRUSTED', 'TLS_NOT_TRUSTED']);
    await serve(fitting);
    expect(await outcomeOf(cluster('VERIFY_CA', { tls: { mode: 'VERIFY_CA' } }))).toBe('TLS_NOT_TRUSTED');
  });

  it('has not expired', async () => {
    // A server that reads one that has would not take it.
    const second = 1 / 86_400;
    await serve(authority.issue({ ...here, validToDays: 2 * second }));
    await sleep(2_100);
    expect(await outcomes()).toEqual(['connected', 'TLS_CERTIFICATE_EXPIRED', 'TLS_CERTIFICATE_EXPIRED']);
    expect((await failureOf(cluster('VERIFY_CA')))?.message).toContain('has expired');
  });

  it('is looked at by each connection: one that was accepted before helps nobody', async () => {
    await serve(fitting);
    const settings = cluster('VERIFY_IDENTITY');
    expect(await outcomeOf(settings)).toBe('connected');
    expect(await outcomeOf(settings)).toBe('connected');
    await serve(other.issue(here), other);
    expect(await outcomeOf(settings)).toBe('TLS_NOT_TRUSTED');
  });
});

describe('a server without TLS', () => {
  it('is refused before a password is sent, in every mode', async () => {
    await writeFile(join(folder, 'cert.pem'), 'nothing');
    await root.run('ALTER INSTANCE RELOAD TLS NO ROLLBACK ON ERROR');
    expect(await outcomes()).toEqual(['TLS_NOT_OFFERED', 'TLS_NOT_OFFERED', 'TLS_NOT_OFFERED']);
    expect((await failureOf(cluster('VERIFY_CA')))?.message).toContain('mode VERIFY_CA');
  });
});

describe('a client certificate', () => {
  const certified = { user: 'certified', password: 'certified' };

  beforeAll(() => serve(fitting));

  it('lets an account in that demands one', async () => {
    for (const mode of modes) expect(await outcomeOf(cluster(mode, certified, ours))).toBe('connected');
  });

  it('that is missing is thought of where the server only says that access is denied', async () => {
    const failures = [
      await failureOf(cluster('VERIFY_CA', certified)),
      await failureOf({ ...own.cluster.app, ...certified }),
    ];
    for (const failure of failures) {
      expect(failure?.type).toBe('SERVER_NEEDS_ATTENTION');
      expect(failure?.message).toContain('MySQL error 1045');
      expect(failure?.details[0]?.remedy).toMatch(/password.*REQUIRE X509.*`cert` and `key`/);
    }
  });

  it.each([
    ['of an authority that the server does not know', () => other.issue({ name: 'worker' })],
    ['that has expired', () => authority.issue({ validFromDays: -2, validToDays: -1 })],
  ])('%s is refused by name', async (_what, issue) => {
    const failure = await failureOf(cluster('VERIFY_CA', certified, issue()));
    expect(failure?.type).toBe('TLS_CLIENT_CERTIFICATE_REFUSED');
    expect(failure?.details[0]?.remedy).toContain('`tls.cert`');
  });
});

describe('a session of TLS', () => {
  beforeAll(() => serve(fitting));

  it('is asked for by name where the server takes no other', async () => {
    await root.run('SET GLOBAL require_secure_transport = ON');
    try {
      const failure = await failureOf(own.cluster.switchyard);
      expect(failure?.message).toContain('MySQL error 3159');
      expect(failure?.details[0]?.remedy).toContain('give the cluster `tls`');
    } finally {
      await root.run('SET GLOBAL require_secure_transport = OFF');
    }
  });

  it('ends with its lifeline, with the reason, and on the server, too', async () => {
    const lifeline = new AbortController();
    const session = await Session.open(cluster('VERIFY_IDENTITY', { lifeline: lifeline.signal }), controlVariables);
    const sleeping = session.rows('SELECT SLEEP(60)').catch((error: unknown) => error);
    const { id } = session;
    lifeline.abort(new Error('the reason'));
    expect(await sleeping).toMatchObject({ message: 'the reason' });
    await root.run('KILL QUERY ?', [id]).catch(() => undefined);
    await eventually('the session to be gone', async () => {
      const rows = await root.rows('SELECT 1 FROM performance_schema.processlist WHERE id = ?', [id]);
      return rows.length === 0 ? true : undefined;
    });
  });

  it('that is lost in the handshake is a server that does not answer', async () => {
    const proxy = createServer((client) => {
      const upstream = connect(own.server.port, '127.0.0.1');
      upstream.on('error', () => undefined).pipe(client.on('error', () => undefined));
      client.once('data', () => [client, upstream].forEach((socket) => socket.destroy()));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    expect(await outcomeOf(cluster('VERIFY_IDENTITY', { port }))).toBe('SERVER_UNAVAILABLE');
    proxy.close();
  });

  it('that cannot be opened is no silence of the server', async () => {
    expect(await watched).toBe('done');
  });
});

describe('a migration over TLS, with the documented grants and a client certificate', () => {
  it('says what does not fit while it runs, and goes on once it does', async () => {
    await serve(fitting);
    const settings = { ...own.cluster, switchyard: cluster('VERIFY_IDENTITY', {}, ours) };
    const documented = asDocumented(settings);
    const test = new MigrationTest({ rows: 500, clients: 1, cluster: documented });
    const { user, password } = documented.switchyard;
    try {
      await test.open();
      await makeDocumented(documented, test.database, 'REQUIRE X509');
      await test.startWorker();
      test.shop.startClients();
      await test.start({ postponeCompletion: true });
      await test.untilPhase('postponed');
      // All of them, that of the binlog too; the account would not be let in otherwise.
      const types = await eventually('the feed', async () => {
        const rows = await root.rows<{ command: string; type: string }>(
          `SELECT processlist_command AS command, connection_type AS type FROM performance_schema.threads
            WHERE processlist_user = ?`,
          [user],
        );
        return rows.some(({ command }) => command.startsWith('Binlog Dump')) ? rows.map(({ type }) => type) : undefined;
      });
      expect(new Set(types)).toEqual(new Set(['SSL/TLS']));

      const retrying = async (code: string, reason: RegExp, nextStep: RegExp): Promise<void> => {
        await endSessions(user);
        const status = await test.until(`${code} to be seen`, (seen) => seen.retrying?.code === code);
        expect(status).toMatchObject({ phase: 'postponed', error: null });
        expect(status.reason).toMatch(reason);
        expect(status.nextStep).toMatch(nextStep);
      };
      await root.run(`ALTER USER ${user} IDENTIFIED BY 'rotated'`);
      await retrying('SERVER_NEEDS_ATTENTION', /MySQL error 1045/, /Put the password right/);
      await root.run(`ALTER USER ${user} IDENTIFIED BY '${password}'`);
      await serve(authority.issue({ hosts: ['db.example.com'] }));
      await test.command('retry');
      await retrying('TLS_OTHER_HOST', /db\.example\.com/, /VERIFY_CA/);
      await serve(fitting);
      await test.command('resume');
      await test.command('retry').catch(() => undefined);
      expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true });
      await test.expectNothingLost();
    } finally {
      await test.close();
    }
  });
});

async function endSessions(user: string): Promise<void> {
  const sessions = await root.rows<{ id: number }>('SELECT id FROM performance_schema.processlist WHERE user = ?', [
    user,
  ]);
  for (const { id } of sessions) await root.run(`KILL ${id}`).catch(() => undefined);
}
