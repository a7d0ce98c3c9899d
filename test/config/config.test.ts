import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { Authority, type KeyPair } from '../support/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let ca: string;
let other: string;
let own: KeyPair;
beforeAll(() => {
  const authority = new Authority('ours');
  own = authority.issue({});
  [ca, other] = [authority.ca, new Authority('theirs').ca];
  const files = { ca, other, cert: own.cert, key: own.key, bundle: `# ours\n${ca}\n${other}` };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.pem`), text);
  writeFileSync(join(folder, 'damaged.pem'), ca.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'));
});

function load(text: string, environment: Record<string, string> = {}) {
  const file = join(folder, 'switchyard.yaml');
  writeFileSync(file, text);
  return loadConfig(file, environment);
}

describe('the configuration', () => {
  it('is normalised, with secrets from the environment', () => {
    const text = 'clusters:\n  commerce: { host: db1, user: sw, password: "${SECRET}" }\n';
    const { clusters, taskQueue } = load(text, { SECRET: 'a"b\\c' });
    expect(taskQueue).toBe('switchyard');
    expect(clusters.get('commerce')).toEqual({
      name: 'commerce',
      host: 'db1',
      port: 3306,
      user: 'sw',
      password: 'a"b\\c',
    });
  });

  describe('of TLS', () => {
    const withTls = (tls: string): string => `clusters: { a: { host: h, user: u, tls: ${tls} } }`;

    it('reads the files beside it; the identity is verified unless another mode is named', () => {
      const { clusters } = load(withTls('{ ca: ca.pem, cert: cert.pem, key: key.pem }'));
      expect(clusters.get('a')?.tls).toEqual({ mode: 'VERIFY_IDENTITY', ca, ...own });
      expect(load(withTls('{ mode: VERIFY_CA, ca: bundle.pem }')).clusters.get('a')?.tls).toEqual({
        mode: 'VERIFY_CA',
        ca: `# ours\n${ca}\n${other}`,
      });
      expect(load(withTls('{}')).clusters.get('a')?.tls).toEqual({ mode: 'VERIFY_IDENTITY' });
      expect(load(withTls('{ mode: REQUIRED }')).clusters.get('a')?.tls).toEqual({ mode: 'REQUIRED' });
      expect(load(withTls('{ mode: DISABLED }')).clusters.get('a')).not.toHaveProperty('tls');
    });

    it.each([
      ['{ mode: PREFERRED }', 'clusters.a.tls.mode has to be one of DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY'],
      ['{ verifyIdentity: true }', 'clusters.a.tls has no field "verifyIdentity"; there are: mode, ca, cert, key'],
      ['{ mode: REQUIRED, ca: ca.pem }', 'clusters.a.tls: mode REQUIRED looks at no certificate'],
      ['{ mode: DISABLED, ca: ca.pem }', 'clusters.a.tls: mode DISABLED uses no files'],
      ['{ cert: cert.pem }', 'clusters.a.tls: cert and key go together'],
      ['{ ca: nowhere.pem }', 'nowhere.pem'],
      ['{ ca: key.pem }', 'clusters.a.tls: ca: key.pem has no certificate (PEM)'],
      ['{ ca: damaged.pem }', 'clusters.a.tls: ca: damaged.pem has a certificate that cannot be read'],
      [
        '{ cert: cert.pem, key: cert.pem }',
        'clusters.a.tls: key: cert.pem has no private key (PEM, without a passphrase)',
      ],
      ['{ cert: ca.pem, key: key.pem }', 'clusters.a.tls: key: key.pem does not belong to ca.pem'],
    ])('says what is wrong in %s, and nothing of what is in a file', (tls, problem) => {
      const wrong = (): unknown => load(withTls(tls));
      expect(wrong).toThrow(problem);
      expect(wrong).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION' }) as Error);
      expect(wrong).not.toThrow(/BEGIN|MI[A-Za-z0-9+/]{10}/);
    });
  });

  it('names the replicas of a cluster; what they do not say of a login is that of the cluster', () => {
    const { clusters } = load(
      `clusters:
  a:
    { host: h, user: u, password: p, tls: { ca: ca.pem },
      replicas:
        { near: { host: n, port: 3307 }, far: { host: f, user: w, password: "\${P}", tls: { ca: other.pem } },
          open: { host: o, tls: { mode: DISABLED } } } }
  b: { host: i, user: v }
`,
      { P: 'secret' },
    );
    const { replicas } = clusters.get('a') ?? {};
    expect(replicas).toEqual([
      {
        name: 'near',
        host: 'n',
        port: 3307,
        user: 'u',
        password: 'p',
        tls: { mode: 'VERIFY_IDENTITY', ca },
      },
      {
        ...{ name: 'far', host: 'f', port: 3306, user: 'w' },
        password: 'secret',
        tls: { mode: 'VERIFY_IDENTITY', ca: other },
      },
      { name: 'open', host: 'o', port: 3306, user: 'u', password: 'p' },
    ]);
    expect(clusters.get('b')).not.toHaveProperty('replicas');
  });

  it.each([
    ['clusters: { a: { host: h, user: u, replicas: { r: { user: u } } } }', 'clusters.a.replicas.r.host'],
    ['clusters: { a: { host: h, user: u, replicas: [h] } }', 'clusters.a.replicas'],
    [
      'clusters: { a: { host: h, user: u, replicas: { r: { host: h, tls: { ca: no } } } } }',
      'clusters.a.replicas.r.tls',
    ],
    ['clusters: { a: { host: h, user: u, pasword: x } }', 'pasword'],
    ['clusters: { a: { host: h } }', 'clusters.a.user'],
    ['clusters: { a: { host: h, user: u, port: 70000 } }', 'clusters.a.port'],
    ['clusters: { a: { host: h, user: u, password: "${MISSING}" } }', 'MISSING is not set'],
    ['clusters: { a: { host: h, user: u, tls: { ca: nowhere.pem } } }', 'clusters.a.tls'],
    ['clusters: [', 'switchyard.yaml'],
    ['', 'switchyard.yaml'],
  ])('names what is wrong in %s', (text, words) => {
    expect(() => load(text)).toThrow(words);
    expect(() => load(text)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION' }) as Error);
  });

  it.each([
    ['{ driver: mail }', 'notify.driver has to be "webhook" or "activity"'],
    [
      '{ driver: activity, taskQueue: switchyard }',
      'notify.taskQueue has to be another one than switchyard, switchyard-follow, switchyard-work',
    ],
    [
      '{ driver: webhook, url: "ftp://h" }',
      'notify.url has to be an address such as https://ops.example.com/switchyard',
    ],
    ['{ driver: webhook, url: "http://h", secret: short }', 'notify.secret has to have at least 16 characters'],
    ['{ driver: webhook, url: "http://h", events: [] }', 'notify.events is an empty list'],
    [
      '{ driver: webhook, url: "http://h", events: [swapped] }',
      'notify.events[0] has to be "needsOperator", "postponed"',
    ],
    // A client that refuses a header says it, with its value.
    [
      '{ driver: webhook, url: "http://h", headers: { a: "secret\\nb: c" } }',
      'notify.headers.a has to be a text of visible',
    ],
    ['{ driver: webhook, url: "http://h", headers: { "a b": c } }', 'notify.headers'],
  ])('says in one sentence what is wrong with who is notified: %s', (notify, problem) => {
    const error = thrownBy(() => load(`clusters: { a: { host: h, user: u } }\nnotify: ${notify}\n`));
    expect(error).toContain(problem);
    expect(error).not.toMatch(/b: c|short/);
  });

  describe('of the router', () => {
    const clusters = 'clusters: { a: { host: h, user: u }, b: { host: i, user: v } }\n';
    const secret = 'correct horse battery staple';

    it('may be left out', () => {
      expect(load(clusters)).not.toHaveProperty('router');
    });

    it('names the cluster of the table', () => {
      const { clusters: all, router } = load(`${clusters}router: { driver: table, cluster: b }`);
      expect(router).toEqual({ driver: 'table', cluster: all.get('b') });
    });

    it('has address, secret and time-out of the webhook', () => {
      const url = 'http://127.0.0.1:8080/rules?a=b';
      const webhook = `driver: webhook, url: "${url}", secret: "\${SECRET}"`;
      expect(load(`${clusters}router: { ${webhook} }`, { SECRET: secret }).router).toEqual({
        driver: 'webhook',
        url,
        secret,
        timeoutMs: 10_000,
      });
      expect(load(`${clusters}router: { ${webhook}, timeoutMs: 200 }`, { SECRET: secret }).router).toMatchObject({
        timeoutMs: 200,
      });
    });

    it('has task queue, type and time-out of the activity', () => {
      expect(load(`${clusters}router: { driver: activity, taskQueue: shop }`).router).toEqual({
        ...{ driver: 'activity', taskQueue: 'shop', activityType: 'applyRules', timeoutMs: 10_000 },
      });
      const given = { driver: 'activity', taskQueue: 'shop', activityType: 'route', timeoutMs: 500 };
      expect(load(`${clusters}router: ${JSON.stringify(given)}`).router).toEqual(given);
    });

    const another = 'router.taskQueue has to be another one than switchyard, switchyard-follow, switchyard-work';
    const webhook = `driver: webhook, secret: ${secret}`;
    const address =
      'router.url has to be an address such as https://router.example.com/rules, without a user name in it';
    it.each([
      ['{ driver: tabel, cluster: a }', 'router.driver has to be "table", "webhook" or "activity"'],
      ['{ cluster: a }', 'router.driver has to be "table", "webhook" or "activity"'],
      ['table', 'router has to be an object with fields, not a text'],
      ['{ driver: table }', 'router.cluster is missing; it has to be a text'],
      ['{ driver: table, cluster: c }', 'router.cluster is none of the clusters; there are: a, b'],
      ['{ driver: table, cluster: a, url: x }', 'router has no field "url"; there are: driver, cluster'],
      [`{ ${webhook} }`, 'router.url is missing; it has to be a text'],
      [`{ ${webhook}, url: nowhere }`, address],
      [`{ ${webhook}, url: "ftp://h/rules" }`, address],
      [`{ ${webhook}, url: "https://u:hidden@h/rules" }`, address],
      ['{ driver: activity }', 'router.taskQueue is missing; it has to be a text'],
      ['{ driver: activity, taskQueue: switchyard }', `${another}`],
      ['{ driver: activity, taskQueue: switchyard-follow }', `${another}`],
      ['{ driver: webhook, url: "http://h", secret: short }', 'router.secret has to have at least 16 characters'],
      [`{ ${webhook}, url: "http://h", timeoutMs: 50 }`, 'router.timeoutMs has to be at least 100 milliseconds'],
    ])('says in one sentence what is wrong in %s', (router, problem) => {
      const wrong = (): unknown => load(`${clusters}router: ${router}`);
      expect(wrong).toThrow(`is not valid: ${problem}.`);
      expect(wrong).not.toThrow(/hidden|short|correct horse/);
    });
  });

  describe('of what a worker takes upon itself', () => {
    const clusters = 'clusters: { a: { host: h, user: u }, b: { host: i, user: v } }\n';

    it('is every kind of work on every cluster, unless it says otherwise', () => {
      const all = load(clusters);
      expect(all.worker).toEqual({
        serves: ['control', 'follow', 'work'],
        slots: { control: 50, follow: 200, work: 5 },
        shutdownGraceMs: 2_000,
      });
      expect([...all.clusters.keys()]).toEqual(['a', 'b']);
      const some = load(
        `${clusters}worker: { serves: [work], slots: { work: 2, workPerCluster: 1 }, clusters: [b], shutdownGraceMs: 30000 }`,
      );
      expect(some.worker).toEqual({
        serves: ['work'],
        slots: { control: 50, follow: 200, work: 2, workPerCluster: 1 },
        shutdownGraceMs: 30_000,
      });
      expect([...some.clusters.keys()]).toEqual(['b']);
    });

    it('may leave the cluster of the router to the router', () => {
      const { clusters: own, router } = load(
        `${clusters}router: { driver: table, cluster: a }\nworker: { clusters: [b] }`,
      );
      expect([...own.keys()]).toEqual(['b']);
      expect(router).toMatchObject({ cluster: { name: 'a' } });
    });

    it.each([
      ['{ serves: [data] }', 'worker.serves[0] has to be "control", "follow" or "work"'],
      ['{ shutdownGraceMs: -1 }', 'worker.shutdownGraceMs has to be at least 0'],
      ['{ slots: { work: 0 } }', 'worker.slots.work has to be at least 1'],
      ['{ clusters: [c] }', 'worker.clusters: c is none of the clusters; there are: a, b'],
    ])('says in one sentence what is wrong in %s', (worker, problem) => {
      expect(() => load(`${clusters}worker: ${worker}`)).toThrow(`is not valid: ${problem}`);
    });
  });

  it('names a file that is not there', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow('none.yaml');
  });

  it('shows metrics nowhere by default, else to this machine, and logs what happens', () => {
    const { metrics, logs } = load('clusters: {}');
    expect(metrics).toBeUndefined();
    expect(logs).toEqual({ level: 'info', format: 'text' });
    expect(load('clusters: {}\nmetrics: { exporter: prometheus }').metrics).toEqual({
      ...{ exporter: 'prometheus', address: '127.0.0.1:9464' },
    });
    expect(load('clusters: {}\nlogs: { format: json }').logs).toEqual({ level: 'info', format: 'json' });
    const otlp = 'clusters: {}\nmetrics: { exporter: otlp, url: "http://c:4317", headers: { key: "${KEY}" } }';
    expect(load(otlp, { KEY: 'secret' }).metrics).toEqual({
      ...{ exporter: 'otlp', url: 'http://c:4317', protocol: 'grpc', headers: { key: 'secret' }, intervalMs: 15_000 },
    });
  });

  it.each([
    ['metrics: { exporter: prometheus, address: localhost:9464 }', 'metrics.address'],
    ['metrics: { exporter: prometheus, address: "127.0.0.1:99999" }', 'metrics.address'],
    ['metrics: { exporter: prometheus, address: 127.0.0.1 }', 'metrics.address'],
    ['metrics: { exporter: statsd }', '"prometheus" or "otlp"'],
    ['metrics: { exporter: otlp, url: "http://me:word@c:4317" }', 'metrics.url'],
    ['metrics: { exporter: otlp, url: "http://c:4317", intervalMs: 1 }', 'metrics.intervalMs'],
    ['logs: { level: loud }', 'logs.level'],
  ])('says what is wrong with metrics and logs: %s', (section, named) => {
    expect(() => load(`clusters: {}\n${section}`)).toThrow(named);
  });
});

function thrownBy(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  return expect.unreachable('it did not fail');
}
