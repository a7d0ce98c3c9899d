/** The image, the composition and the manifests fit the worker: its configuration, its port, its grace, its command. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig, type Config } from '../../src/config/config.js';
import {
  searchAttributeCliTypes,
  searchAttributeNames,
  searchAttributeTypes,
} from '../../src/contract/operation/search-attributes.js';
import { shutdownGraceMsDefault } from '../../src/limits/config.js';
import { workerEndAfterGraceMs } from '../../src/limits/worker.js';
import { ownDatabasePrivileges, requiredPrivileges } from '../../src/mysql/preflight/required-privileges.js';
import { blocks, read, root } from '../docs/pages.js';

/** From the signal to the end of the process, whatever runs. */
const workerEndMsMax = shutdownGraceMsDefault + workerEndAfterGraceMs;

type Tree = { readonly [name: string]: Tree };

const passwords = { COMMERCE_PASSWORD: 'one', CUSTOMER_PASSWORD: 'two' };
const port = 9464;

function configOf(yaml: string): Config {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-deployment-'));
  try {
    const file = join(folder, 'switchyard.yaml');
    writeFileSync(file, yaml);
    return loadConfig(file, passwords);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function manifest(kind: string): Tree {
  const all = parseAllDocuments(read('ops/kubernetes/worker.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Tree;
  });
  const found = all.find((one) => String(one['kind']) === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

it('Both configurations are ones that a worker takes, with metrics where the probes look', () => {
  const compose = configOf(read('ops/compose/switchyard.yaml'));
  const kubernetes = configOf(String(manifest('ConfigMap')['data']?.['switchyard.yaml']));
  for (const { metrics, clusters } of [compose, kubernetes]) {
    expect(metrics).toEqual({ exporter: 'prometheus', address: `0.0.0.0:${port}` });
    expect([...clusters.keys()]).toEqual(['commerce', 'customer']);
  }
});

it('The image runs the worker as somebody who is not root, and asks it where its metrics are', () => {
  const lines = read('Dockerfile').replace(/\\\n/g, '').split('\n');
  expect(lines.filter((line) => line.startsWith('FROM ')).every((line) => line.includes('node:24-bookworm-slim'))).toBe(
    true,
  );
  expect(lines).toContain('USER node');
  expect(lines).toContain(`EXPOSE ${port}`);
  expect(lines.join(' ')).toContain(`http://127.0.0.1:${port}/metrics`);
  const [, program = ''] = /ENTRYPOINT \["node", "([^"]+)"\]/.exec(lines.join('\n')) ?? [];
  expect(existsSync(join(root, program))).toBe(true);
  // Everything that it copies is let through.
  const passed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  for (const name of [
    'src',
    'scripts',
    'package.json',
    'package-lock.json',
    '.npmrc',
    'tsconfig.build.json',
    'LICENSE',
  ]) {
    expect(passed).toContain(`!${name}`);
  }
});

it('The composition gives the worker what its configuration names, and time to end', () => {
  const { services = {} } = parse(read('compose.yaml'), { merge: true }) as Tree;
  const { worker, commerce, customer, temporal } = services;
  for (const name of Object.keys(passwords)) expect(worker?.['environment']).toHaveProperty(name);
  expect(worker?.['environment']).toHaveProperty('TEMPORAL_ADDRESS', 'temporal:7233');
  expect(parseInt(String(worker?.['stop_grace_period']), 10) * 1_000).toBeGreaterThan(workerEndMsMax);
  for (const server of [commerce, customer]) expect(server?.['command']).toContain('--gtid-mode=ON');
  expect(commerce?.['command']).not.toEqual(customer?.['command']);
  for (const name of searchAttributeNames) {
    const type = searchAttributeCliTypes[searchAttributeTypes[name]];
    expect(temporal?.['command']).toContain(`--search-attribute=${name}=${type}`);
  }
  const mounted = read('compose.yaml').matchAll(/- (\.\/[^:]+):/g);
  for (const [, file = ''] of mounted) expect(existsSync(join(root, file)), file).toBe(true);
});

it('The account has the grants of the documents, which are those that preflight asks for', () => {
  const grants = read('ops/compose/account.sql')
    .split('\n')
    .filter((line) => line.startsWith('GRANT '));
  const documented = blocks('docs/servers.md', 'sql').join('\n').split('\n');
  expect(grants.filter((line) => !documented.includes(line))).toEqual([]);
  for (const { privilege } of [...requiredPrivileges, ...ownDatabasePrivileges]) {
    expect(
      grants.some((line) => line.includes(privilege)),
      privilege,
    ).toBe(true);
  }
});

it('The manifests fit the worker: passwords, port, probes, grace, nobody who is root', () => {
  const { spec } = manifest('Deployment');
  const pod = spec?.['template']?.['spec'];
  const [container] = pod?.['containers'] as unknown as Tree[];
  expect(Object.keys(manifest('Secret')['stringData'] ?? {})).toEqual(Object.keys(passwords));
  expect(Number(pod?.['terminationGracePeriodSeconds']) * 1_000).toBeGreaterThan(workerEndMsMax);
  expect(pod?.['securityContext']).toMatchObject({ runAsNonRoot: true });
  expect(container?.['ports']).toEqual([{ name: 'metrics', containerPort: port }]);
  for (const probe of ['startupProbe', 'readinessProbe']) {
    expect(container?.[probe]).toMatchObject({ httpGet: { path: '/metrics', port: 'metrics' } });
  }
  expect(container).not.toHaveProperty('livenessProbe');
  expect(spec?.['strategy']?.['rollingUpdate']).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  const labels = { 'app.kubernetes.io/name': 'switchyard' };
  expect(spec?.['selector']?.['matchLabels']).toEqual(labels);
  expect(manifest('PodDisruptionBudget')['spec']?.['selector']?.['matchLabels']).toEqual(labels);
});
