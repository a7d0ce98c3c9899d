import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

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

  it('reads TLS files beside it', () => {
    writeFileSync(join(folder, 'ca.pem'), 'CERTIFICATE');
    const { clusters } = load('clusters: { a: { host: h, user: u, tls: { ca: ca.pem } } }');
    expect(clusters.get('a')?.tls).toEqual({ ca: 'CERTIFICATE', verifyIdentity: true });
  });

  it.each([
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

  it('names a file that is not there', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow('none.yaml');
  });
});
