import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOnFreePort, waitUntilReady } from '../../src/dev/ready.js';
import { supervise, type Guard, type SupervisedChild } from '../../src/dev/supervise.js';
import { fixture, isRunning, runScript, waitUntilGone } from './fixtures/run-fixture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-supervise-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const guards: readonly Guard[] = process.platform === 'linux' ? ['pdeathsig', 'pipe'] : ['pipe'];

function start(guard: Guard, name: string, command: string, ...args: string[]): Promise<SupervisedChild> {
  const logFile = join(folder, `${name}-${guard}.log`);
  return supervise({ title: name, program: { command, args: [] }, args, logFile, guard });
}

describe.each(guards)('a child under the guard %s', (guard) => {
  it('is gone when its parent was killed with SIGKILL', async () => {
    const parent = runScript(fixture('supervise-sleep.ts'), [guard, folder]);
    const pid = Number(await parent.firstLine);
    expect(isRunning(pid)).toBe(true);
    parent.process.kill('SIGKILL');
    expect(await waitUntilGone([pid], 5_000)).toEqual([]);
  });

  it('has the pid of the program itself, not of what guards it', async () => {
    const child = await start(guard, 'own-pid', 'sh', '-c', 'echo $$; sleep 300');
    await waitUntilReady(child, async () => (await child.readLog()) === `${child.pid}\n`);
    await child.stop();
  });

  it('can be stopped although it is frozen', async () => {
    const child = await start(guard, 'frozen', 'sleep', '300');
    child.kill('SIGSTOP');
    await child.stop();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(isRunning(child.pid)).toBe(false);
  });

  it('ends with its own exit code, and then signals go nowhere', async () => {
    const child = await start(guard, 'exits', 'sh', '-c', 'exit 3');
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(child.isRunning()).toBe(false);
    child.kill('SIGKILL');
    await child.stop();
  });

  it('that ends while it starts is an error with its last words', async () => {
    const child = await start(guard, 'dies', 'sh', '-c', 'echo first; echo no room left >&2; exit 3');
    await expect(waitUntilReady(child, async () => false)).rejects.toMatchObject({
      code: 'DEV_START_FAILED',
      message: 'dies did not start: it ended with exit code 3. Its log ends with:\n  first\n  no room left',
      remedy: expect.stringContaining(child.logFile),
    });
  });

  it('that cannot be run at all is an error with the reason', async () => {
    const child = await start(guard, 'nowhere', '/nowhere/at-all');
    await expect(waitUntilReady(child, async () => false)).rejects.toThrow(/exit code 127.*\n.*not found/);
  });

  it('adds to its log, and reads back only what belongs to this start', async () => {
    await (
      await start(guard, 'log', 'echo', 'first')
    ).exited;
    const second = await start(guard, 'log', 'echo', 'second');
    await second.exited;
    expect(await second.readLog()).toBe('second\n');
    expect(readFileSync(second.logFile, 'utf8')).toBe('first\nsecond\n');
  });
});

describe('a server that loses the race for its port', () => {
  it('is started again on another one', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    const taken = await new Promise<number>((resolve) => {
      holder.once('listening', () => resolve((holder.address() as { port: number }).port));
    });
    const ports = [taken, 0];
    const serve = 'require("net").createServer().listen(+process.argv[1], "127.0.0.1", () => console.log("up"))';
    const child = await startOnFreePort(async () => {
      const started = await start('pipe', 'port', process.execPath, '-e', serve, String(ports.shift()));
      await waitUntilReady(started, async () => (await started.readLog()).includes('up\n'));
      return started;
    });
    expect(ports).toEqual([]);
    await child.stop();
    holder.close();
  });

  it('fails with any other error at once', async () => {
    let starts = 0;
    const starting = startOnFreePort(() => {
      starts += 1;
      return Promise.reject(new Error('disk full'));
    });
    await expect(starting).rejects.toThrow('disk full');
    expect(starts).toBe(1);
  });
});
