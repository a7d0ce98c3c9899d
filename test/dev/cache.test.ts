import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, ensureEntry } from '../../src/dev/cache.js';
import { silentProgress, type Progress } from '../../src/dev/progress.js';
import { fixture, runScript } from './fixtures/run-fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-cache-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ensure(make: (temporary: string) => void | Promise<void>, progress: Progress = silentProgress) {
  return ensureEntry({ folder, name: 'thing', progress, make: async (temporary) => make(temporary) });
}
const makeContent = (temporary: string): void => writeFileSync(join(temporary, 'content'), 'whole');
const content = (): string => readFileSync(join(folder, 'thing', 'content'), 'utf8');
const leftovers = (): string[] => readdirSync(folder).filter((name) => /^\.making|\.lock/.test(name));
const deadPid = (): number => spawnSync('true').pid;

describe('a cache entry', () => {
  it('is made once when two processes ask for it at the same time, and both get it', async () => {
    const scripts = [1, 2].map(() => runScript(fixture('make-entry.ts'), [folder]));
    const paths = await Promise.all(scripts.map(({ firstLine }) => firstLine));
    expect(paths).toEqual([join(folder, 'thing'), join(folder, 'thing')]);
    const makers = readFileSync(join(folder, 'makers'), 'utf8').trim().split('\n');
    expect(makers).toHaveLength(1);
    expect(await Promise.all(scripts.map(({ exited }) => exited))).toEqual([0, 0]);
    expect(scripts.map((script) => script.stderr()).join('')).toBe(
      `waiting for process ${makers[0]}, which is making thing …\n`,
    );
    expect(content()).toBe('whole');
    expect(leftovers()).toEqual([]);
  });

  it('is absent, with nothing left beside it, when making it failed', async () => {
    const failing = ensure((temporary) => {
      makeContent(temporary);
      throw new Error('half made');
    });
    await expect(failing).rejects.toThrow('half made');
    expect(readdirSync(folder)).toEqual(['logs']);
    await ensure(makeContent);
    expect(content()).toBe('whole');
  });

  it('of somebody who was faster is as good as the own one', async () => {
    const entry = await ensure(() => {
      mkdirSync(join(folder, 'thing'));
      writeFileSync(join(folder, 'thing', 'content'), 'theirs');
    });
    expect(entry).toBe(join(folder, 'thing'));
    expect(content()).toBe('theirs');
    expect(leftovers()).toEqual([]);
  });

  it('is made in spite of a lock and a temporary folder of a process that died', async () => {
    const pid = deadPid();
    writeFileSync(join(folder, 'thing.lock'), JSON.stringify({ pid, host: hostname() }));
    mkdirSync(join(folder, `.making-${pid}-abc`));
    await ensure(makeContent);
    expect(content()).toBe('whole');
    expect(leftovers()).toEqual([]);
  });

  it('is made in spite of a lock that nobody has touched for long, whoever has its pid now', async () => {
    const file = join(folder, 'thing.lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }));
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    await ensure(makeContent);
    expect(content()).toBe('whole');
  });

  it('is waited for while a living process holds the lock', async () => {
    const file = join(folder, 'thing.lock');
    writeFileSync(file, JSON.stringify({ pid: process.ppid, host: hostname() }));
    const said: string[] = [];
    let made = false;
    const waiting = ensure(
      () => {
        made = true;
      },
      { ...silentProgress, say: (line) => void said.push(line) },
    );
    await delay(300);
    expect(made).toBe(false);
    expect(said).toEqual([`waiting for process ${process.ppid}, which is making thing …`]);
    rmSync(file);
    await waiting;
    expect(made).toBe(true);
  });

  it('cannot be made where the folder cannot be: the error names the way out', async () => {
    writeFileSync(join(folder, 'file'), '');
    const asked = ensureEntry({
      folder: join(folder, 'file'),
      name: 'x',
      progress: silentProgress,
      make: async () => {},
    });
    await expect(asked).rejects.toMatchObject({ code: 'DEV_CACHE_UNUSABLE', remedy: /SWITCHYARD_CACHE/ });
  });
});

describe('the cache folder', () => {
  it.each([
    [{ SWITCHYARD_CACHE: '/own', XDG_CACHE_HOME: '/xdg', HOME: '/home/a' }, 'linux', '/own'],
    [{ XDG_CACHE_HOME: '/xdg', HOME: '/home/a' }, 'linux', '/xdg/switchyard'],
    [{ HOME: '/home/a' }, 'linux', '/home/a/.cache/switchyard'],
    [{ XDG_CACHE_HOME: '/xdg', HOME: '/Users/a' }, 'darwin', '/Users/a/Library/Caches/switchyard'],
  ] as const)('of %j on %s is %s', (env, platform, expected) => {
    expect(cacheFolder(env, platform)).toBe(expected);
  });
});
