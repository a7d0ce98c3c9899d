import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScript } from './fixtures/run-fixture.js';

const main = resolve(import.meta.dirname, '../../src/dev/main.ts');
let empty: string;
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), 'switchyard-main-test-'));
});
afterAll(() => rmSync(empty, { recursive: true, force: true }));

describe('npm run dev', () => {
  it('ends with 1, one sentence and a remedy, and no stack trace, where a tool is missing', async () => {
    const env = { PATH: empty, TMPDIR: empty, HOME: empty, SWITCHYARD_MYSQLD: join(empty, 'mysqld') };
    const run = runScript(main, ['--json', '--folder', join(empty, 'data')], env);
    expect(await run.exited).toBe(1);
    expect(run.stderr()).toMatch(/^\S+ cannot be had: .+\.\n.+SWITCHYARD_.+\n$/);
    await expect(run.firstLine).rejects.toThrow('ended without a line');
  });

  it('ends with 2 where an option is unknown', async () => {
    const run = runScript(main, ['--jsn']);
    expect(await run.exited).toBe(2);
    expect(run.stderr()).toContain("unknown option '--jsn'");
  });
});
