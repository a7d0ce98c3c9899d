import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sameRequestMs } from '../../src/dev/stop-signals.js';
import { fixture, runScript, type RunningScript } from './fixtures/run-fixture.js';

interface Running extends RunningScript {
  /** What it has said on standard output when it has ended. */
  said(): Promise<{ readonly code: number | null; readonly said: string }>;
}

/** A process that needs `takesMs` to stop. */
async function start(takesMs: number): Promise<Running> {
  const run = runScript(fixture('stop-on-signals.ts'), [String(takesMs)]);
  let said = '';
  run.process.stdout?.on('data', (data: Buffer) => (said += data.toString()));
  await run.firstLine;
  return { ...run, said: async () => ({ code: await run.exited, said }) };
}

async function signalTwice(run: Running, signal: NodeJS.Signals, apartMs: number): Promise<void> {
  run.process.kill(signal);
  await delay(apartMs);
  run.process.kill(signal);
}

describe('a process that stops on signals', () => {
  // Ctrl-C below npm: the terminal signals the whole process group, and npm hands its own signal on.
  it.each([1, 20, 300])('takes two within %d ms as one, and stops in order', async (apartMs) => {
    const run = await start(1_500);
    await signalTwice(run, 'SIGINT', apartMs);
    expect(await run.said()).toEqual({ code: 130, said: 'ready\nstopped\n' });
  });

  it('ends at once at a later one', async () => {
    const run = await start(60_000);
    await signalTwice(run, 'SIGTERM', sameRequestMs + 100);
    expect(await run.said()).toEqual({ code: 143, said: 'ready\nended at once\n' });
  });

  it('stops in order when nobody reads what it says, however often it says something', async () => {
    const run = await start(1_500);
    run.process.stderr?.destroy();
    expect(await run.said()).toEqual({ code: 141, said: 'ready\nstopped\n' });
  });
});
