/** docs/routing.md is true: its examples run as they stand there, on real servers. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { controlVariables } from '../../src/mysql/server/session/variables.js';
import { watchRoutes } from '../../src/router/watch-routes.js';
import { createTableRouter } from '../../src/router/table-driver.js';
import { createWebhookRouter } from '../../src/router/webhook-driver.js';
import { ruleSetOf } from '../../src/router/rule-set.js';
import type { RuleSet } from '../../src/domain/routing.js';
import { eventually } from '../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/routing.md'), 'utf8');

/** The code block of this language that has these words in it. */
function block(language: string, words: string): string {
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text,
  );
  const found = blocks.filter((text) => text?.includes(words));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

/** A folder inside the package, as far as Node is concerned: `switchyard/routes` is what package.json says. */
const folder = mkdtempSync(join(root, 'dist/example-'));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleFrom(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

const orders = {
  operationId: '8b6389c5e7',
  move: 'orders',
  source: { cluster: 'commerce', database: 'shop' },
  target: { cluster: 'customer', database: 'crm' },
  tables: ['orders'],
};
const documented: RuleSet = ruleSetOf(orders, { version: 2, reads: 'target', writes: 'source' });

describe('the configurations', () => {
  const secrets = { COMMERCE_PASSWORD: 'one', CUSTOMER_PASSWORD: 'two', ROUTER_SECRET: 'correct horse battery staple' };
  const configured = (yaml: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'switchyard-routing-')), 'switchyard.yaml');
    writeFileSync(file, yaml);
    try {
      return loadConfig(file, secrets).router;
    } finally {
      rmSync(resolve(file, '..'), { recursive: true });
    }
  };

  it('are valid', () => {
    expect(configured(block('yaml', 'driver: table'))).toMatchObject({
      driver: 'table',
      cluster: { name: 'customer' },
    });
    expect(configured(block('yaml', 'driver: webhook'))).toEqual({
      driver: 'webhook',
      url: 'https://router.example.com/rules?shop=1',
      secret: secrets.ROUTER_SECRET,
      timeoutMs: 5_000,
    });
    expect(configured(block('yaml', 'driver: activity'))).toEqual({
      driver: 'activity',
      taskQueue: 'shop-router',
      activityType: 'applyRules',
      timeoutMs: 5_000,
    });
  });
});

describe('the webhook', () => {
  const secret = /signed with the secret `(.*?)`/.exec(page)?.[1] ?? '';
  const [head = '', body = ''] = block('http', 'POST').trimEnd().split('\n\n');
  const headers = Object.fromEntries(
    head
      .split('\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );

  async function check(): Promise<(headers: object, body: string, secret: string, nowSeconds?: number) => boolean> {
    const file = moduleFrom('check.mjs', block('js', 'isFromSwitchyard'));
    const module = (await import(file)) as { isFromSwitchyard: Awaited<ReturnType<typeof check>> };
    return module.isFromSwitchyard;
  }

  it('is checked as the example does it: nothing else passes', async () => {
    const isFromSwitchyard = await check();
    const now = Number(headers['switchyard-timestamp']);
    expect(isFromSwitchyard(headers, body, secret, now + 299)).toBe(true);
    expect(isFromSwitchyard(headers, body, secret)).toBe(false);
    expect(isFromSwitchyard(headers, body, secret, now + 301)).toBe(false);
    expect(isFromSwitchyard(headers, body, `${secret}!`, now)).toBe(false);
    expect(isFromSwitchyard(headers, body.replace('"version":2', '"version":3'), secret, now)).toBe(false);
    const later = { ...headers, 'switchyard-timestamp': String(now + 1) };
    expect(isFromSwitchyard(later, body, secret, now)).toBe(false);
    expect(isFromSwitchyard({}, body, secret, now)).toBe(false);
    expect(isFromSwitchyard({ ...headers, 'switchyard-timestamp': 'now' }, body, secret, now)).toBe(false);
  });

  it('is sent as the example shows it', async () => {
    const isFromSwitchyard = await check();
    let seen: { headers: IncomingHttpHeaders; line: string; body: string } | undefined;
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
        seen = { headers: request.headers, line, body: Buffer.concat(parts).toString('utf8') };
        response.end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rules?shop=1`;
      await createWebhookRouter({ url, secret, timeoutMs: 5_000 }).apply(documented);
      expect(seen?.line).toBe(head.split('\n')[0]);
      expect(seen?.body).toBe(body);
      expect(Object.keys(seen?.headers ?? {})).toEqual(expect.arrayContaining(Object.keys(headers)));
      expect(seen?.headers['content-type']).toBe(headers['content-type']);
      expect(isFromSwitchyard(seen?.headers ?? {}, seen?.body ?? '', secret)).toBe(true);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });
});

describe('the table', () => {
  let own: OwnMysql;
  let session: Session;

  beforeAll(async () => {
    own = await startOwnMysql();
    session = await Session.open(own.cluster.root, controlVariables);
    await createTableRouter(own.cluster.switchyard).apply(documented);
    await session.run("CREATE USER shop_app@'%' IDENTIFIED BY 'shop'");
  });
  afterAll(async () => {
    await session?.close();
    await own?.stop();
  });

  const selectOf = (traffic: 'reads' | 'writes'): string =>
    block('sql', 'WITH RECURSIVE').replace(/;\s*$/, '').replaceAll('writes_', `${traffic}_`);

  it('is read by the SELECT, with the grants, and shows the rows', async () => {
    const [precise = '', wide = ''] = block('sql', 'GRANT').split('-- or\n');
    // Only its reads were moved.
    const select = selectOf('reads');
    const app = { ...own.cluster.app, user: 'shop_app', password: 'shop' };
    const readAsApp = async (): Promise<string> => {
      const reader = await Session.open(app, controlVariables);
      const rows = await reader.rows<Record<string, unknown>>(select).finally(() => reader.close());
      return rows.map((row) => Object.values(row).join(' ')).join('\n');
    };
    const lines = block('text', 'cluster_name')
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const cells = (line = ''): readonly string[] =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .filter(Boolean);
    expect(cells(lines[0])).toEqual(Object.keys(await session.row<object>(select)));
    const shown = cells(lines[1]).join(' ');

    await expect(readAsApp()).rejects.toThrow(/denied/);
    for (const grant of precise.trim().split('\n')) await session.run(grant);
    expect(await readAsApp()).toBe(shown);
    await session.run("REVOKE ALL PRIVILEGES, GRANT OPTION FROM shop_app@'%'");
    await session.run(wide.trim());
    expect(await readAsApp()).toBe(shown);
  });

  it('is followed by the example application', async () => {
    for (const database of ['shop', 'crm']) {
      await session.run(`CREATE DATABASE ${database}`);
      await session.run(`CREATE TABLE ${database}.orders (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(100))`);
    }
    const emails = async (database: string): Promise<readonly string[]> => {
      const rows = await session.rows<{ email: string }>(`SELECT email FROM ${database}.orders ORDER BY id`);
      return rows.map(({ email }) => email);
    };
    moduleFrom('shop.mjs', block('js', 'watchRoutes'));
    const main = moduleFrom(
      'main.mjs',
      `import { createInterface } from 'node:readline';
       import { addOrder, stop } from './shop.mjs';
       for await (const email of createInterface({ input: process.stdin })) {
         await addOrder(email);
         console.log('added');
       }
       await stop();`,
    );
    const { host, port } = own.server;
    const { user, password } = own.cluster.root;
    const url = `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}`;
    const application = spawn(process.execPath, [main], {
      env: { ...process.env, COMMERCE_URL: url, CUSTOMER_URL: url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = new Promise((ended) => application.on('exit', ended));
    const said: string[] = [];
    createInterface({ input: application.stdout }).on('line', (line) => said.push(line));
    const hear = (line: string): Promise<unknown> =>
      eventually(
        `the application to say "${line}"`,
        async () => (said.includes(line) ? said.splice(0) : undefined),
        20_000,
      );
    try {
      application.stdin.write('ada@example.com\n');
      await hear('added');
      expect(await emails('shop')).toEqual(['ada@example.com']);
      const router = createTableRouter(own.cluster.switchyard);
      await router.apply(ruleSetOf(orders, { version: 3, reads: 'target', writes: 'target' }));
      await hear('There are new rules.');
      application.stdin.write('bob@example.com\n');
      await hear('added');
      expect([await emails('shop'), await emails('crm')]).toEqual([['ada@example.com'], ['bob@example.com']]);
      application.stdin.end();
      expect(await exited).toBe(0);
    } finally {
      application.kill('SIGKILL');
    }
  });

  it('is followed from move to move by the SELECT, as by watchRoutes', async () => {
    const router = createTableRouter(own.cluster.switchyard);
    const back = { ...orders, operationId: '0b6389c5e7', source: orders.target, target: orders.source };
    const on = { ...orders, operationId: '1b6389c5e7', target: { cluster: 'third', database: 'crm' } };
    const { host, port, user, password } = own.cluster.root;
    const login = { host, port, user, password: password ?? '' };
    const connection = await createConnection({ ...login });
    const bothSay = async (): Promise<readonly object[]> => {
      const routes = await watchRoutes(connection);
      const { reads, writes } = routes.find({ ...orders.source, table: 'orders' });
      routes.close();
      const asked: object[] = [];
      for (const traffic of ['reads', 'writes'] as const) {
        const found = await session.row<{ cluster_name: string; database_name: string }>(selectOf(traffic));
        asked.push({ cluster: found.cluster_name, database: found.database_name });
      }
      expect(asked).toEqual([reads, writes]);
      return asked;
    };
    try {
      await router.apply(ruleSetOf(orders, { version: 9, reads: 'target', writes: 'target' }));
      expect(await bothSay()).toEqual([orders.target, orders.target]);
      await router.apply(ruleSetOf(back, { version: 1, reads: 'target', writes: 'source' }));
      expect(await bothSay()).toEqual([orders.source, orders.target]);
      await router.apply(ruleSetOf(back, { version: 2, reads: 'target', writes: 'target' }));
      expect(await bothSay()).toEqual([orders.source, orders.source]);
      await router.apply(ruleSetOf(on, { version: 1, reads: 'target', writes: 'target' }));
      expect(await bothSay()).toEqual([on.target, on.target]);
    } finally {
      await connection.end();
    }
  });
});
