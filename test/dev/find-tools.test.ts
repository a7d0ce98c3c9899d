import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DevContext } from '../../src/dev/context.js';
import { findMysql } from '../../src/dev/find-mysqld.js';
import { findTemporal } from '../../src/dev/find-temporal.js';
import { silentProgress } from '../../src/dev/progress.js';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-tools-test-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A machine whose PATH has only these programs, each printing one line; nothing in its cache. */
function machine(programs: Record<string, string>, env: Record<string, string> = {}): DevContext {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, output] of Object.entries(programs)) script(join(bin, name), output);
  return {
    env: { PATH: bin, TMPDIR: join(folder, 'tmp'), HOME: folder, ...env },
    cache: join(folder, 'cache'),
    progress: { ...silentProgress, say: (line) => void said.push(line) },
  };
}

function script(path: string, output: string): string {
  writeFileSync(path, `#!/bin/sh\necho '${output}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const mariadb = 'mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)';
const mysql8 = 'mysqld  Ver 8.0.44 for Linux on x86_64 (MySQL Community Server - GPL)';
const temporalNow = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)';
const temporalOld = 'temporal version 0.13.2 (Server 1.24.2, UI 2.30.3)';

describe('findMysql', () => {
  it('takes a MySQL from the PATH, with the client programs beside it', async () => {
    const found = await findMysql(machine({ mysqld: mysql8, mysql: 'client' }));
    expect(found.version).toBe('8.0.44');
    expect(found.mysqld).toEqual({ command: join(folder, 'bin', 'mysqld'), args: [] });
    expect(found.mysql).toEqual({ command: join(folder, 'bin', 'mysql'), args: [] });
    expect(found.mysqldump).toBeUndefined();
  });

  it.each([
    ['MariaDB', mariadb, /is MariaDB/],
    ['an old MySQL', 'mysqld  Ver 8.0.27 for Linux', /8\.0\.27, older than 8\.0\.28/],
    ['something else', 'hello', /does not tell its version/],
  ])('passes over %s on the PATH, saying so, and without apt names what is missing', async (_what, output, problem) => {
    const looking = findMysql(machine({ mysqld: output }));
    await expect(looking).rejects.toMatchObject({
      code: 'DEV_TOOL_MISSING',
      message: /apt-get/,
      remedy: /SWITCHYARD_MYSQLD/,
    });
    expect(said).toEqual([expect.stringMatching(problem)]);
  });

  it('takes what SWITCHYARD_MYSQLD names before the PATH, and fails where that cannot be used', async () => {
    const own = script(join(folder, 'my-mysqld'), 'mysqld  Ver 9.7.4 for Linux');
    const context = machine({ mysqld: mysql8 }, { SWITCHYARD_MYSQLD: own });
    expect((await findMysql(context)).version).toBe('9.7.4');
    script(own, mariadb);
    await expect(findMysql(context)).rejects.toMatchObject({ code: 'DEV_TOOL_MISSING', message: /is MariaDB/ });
    rmSync(own);
    await expect(findMysql(context)).rejects.toMatchObject({ code: 'DEV_TOOL_MISSING', message: /does not run/ });
  });
});

describe('findTemporal', () => {
  it('takes SWITCHYARD_TEMPORAL, then the PATH, then what the SDK downloaded', async () => {
    const own = script(join(folder, 'my-temporal'), temporalNow);
    const context = machine({ temporal: temporalNow }, { SWITCHYARD_TEMPORAL: own });
    mkdirSync(join(folder, 'tmp'));
    const downloaded = script(join(folder, 'tmp', 'temporal-sdk-typescript-1.24.0'), temporalNow);
    expect(await findTemporal(context)).toBe(own);
    const { SWITCHYARD_TEMPORAL: _own, ...env } = context.env;
    expect(await findTemporal({ ...context, env })).toBe(join(folder, 'bin', 'temporal'));
    script(join(folder, 'bin', 'temporal'), temporalOld);
    expect(await findTemporal({ ...context, env })).toBe(downloaded);
    expect(said).toEqual([expect.stringMatching(/server 1\.24\.2, older than/)]);
  });

  it('fails where SWITCHYARD_TEMPORAL cannot be used', async () => {
    const context = machine({}, { SWITCHYARD_TEMPORAL: join(folder, 'nowhere') });
    await expect(findTemporal(context)).rejects.toMatchObject({ code: 'DEV_TOOL_MISSING', message: /nowhere/ });
  });

  it.each([
    ['no Go', {}, /needs Go, which does not run/],
    ['an old Go', { go: 'go version go1.22.1 linux/amd64' }, /needs Go 1\.25 or newer; this machine has 1\.22\.1/],
  ])('names what is missing with %s', async (_what, programs, message) => {
    const looking = findTemporal(machine(programs));
    await expect(looking).rejects.toMatchObject({ code: 'DEV_TOOL_MISSING', message, remedy: /SWITCHYARD_TEMPORAL/ });
  });
});
