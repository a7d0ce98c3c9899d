import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sameRequestMs } from '../../src/dev/stop-signals.js';
import { fixture, runScript, waitUntilGone, type RunningScript } from './fixtures/run-fixture.js';

/** The temporary folder of the process under test, so that all it leaves shows here. */
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'switchyard-stop-test-'));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, TMPDIR: temporary });

function startStack(mode: 'stops' | 'hangs'): RunningScript {
  return runScript(fixture('start-stack.ts'), [mode], environment());
}

/** Processes that name the temporary folder on their command line: all servers do. */
function servers(): number[] {
  const lines = spawnSync('ps', ['-e', '-o', 'pid=,args='], { encoding: 'utf8' }).stdout.split('\n');
  return lines.filter((line) => line.includes(temporary)).map((line) => Number.parseInt(line, 10));
}

/** As Ctrl-C below npm does, where at least two signals come within milliseconds. */
async function interruptOften(run: RunningScript): Promise<void> {
  const until = performance.now() + sameRequestMs / 2;
  while (performance.now() < until && run.process.kill('SIGINT')) await delay(5);
}

/** The exit code; none where one of the many signals comes when node itself is on its way out. */
const ends = [130, null];

async function expectNothingLeft(pids: readonly number[]): Promise<void> {
  expect(await waitUntilGone(pids, 5_000)).toEqual([]);
  expect(readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
}

describe('a local stack that Ctrl-C stops', () => {
  it('leaves no process and no file when it runs', async () => {
    const run = startStack('stops');
    await run.firstLine;
    const pids = servers();
    expect(pids).toHaveLength(3);
    await interruptOften(run);
    expect(ends).toContain(await run.exited);
    await expectNothingLeft(pids);
  });

  it('leaves no process and no file when it is starting', async () => {
    const run = runScript(join(import.meta.dirname, '../../src/dev/main.ts'), [], environment());
    while (servers().length === 0) await delay(10);
    const pids = servers();
    await interruptOften(run);
    expect(ends).toContain(await run.exited);
    expect(run.stderr()).toBe('');
    await expectNothingLeft(pids);
  });

  it('leaves no process and no file when nobody wants to wait for it', async () => {
    const run = startStack('hangs');
    await run.firstLine;
    const pids = servers();
    run.process.kill('SIGINT');
    await delay(sameRequestMs + 100);
    run.process.kill('SIGINT');
    expect(await run.exited).toBe(130);
    await expectNothingLeft(pids);
  });
});
