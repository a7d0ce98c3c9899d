import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { JointSignal, TimeUp, withJointSignal, WorkIsOver } from '../../../../src/mysql/server/session/joint-signal.js';

describe('a joint signal', () => {
  it('comes in time however often garbage is collected, and leaves no loop behind', async () => {
    const script = fileURLToPath(new URL('../../../support/collected.ts', import.meta.url));
    const run = promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', script]);
    expect(JSON.parse((await run).stdout)).toEqual({
      ...{ polled: 'TimeUp', listened: 'TimeUp', slept: 'AbortError', work: 'TimeUp' },
      ...{ source: 'TypeError', nested: 'TypeError', leakedLoops: 0 },
    });
  });

  it('has the reason of the first that came', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const joint = new JointSignal([first.signal, undefined, second.signal]);
    second.abort('second');
    first.abort('first');
    expect(joint.signal.reason).toBe('second');
    expect(new JointSignal([new AbortController().signal, first.signal]).signal.reason).toBe('first');
    const late = withJointSignal([], { withinMs: 1, message: 'late' }, async (signal) => {
      while (!signal.aborted) await new Promise(setImmediate);
      throw signal.reason;
    });
    await expect(late).rejects.toThrow(new TimeUp(1, 'late'));
  });

  it.each([
    ['when it comes', ({ source }: Parts) => source.abort()],
    ['when the work is over', ({ joint }: Parts) => joint.end()],
    ['when a source had come before', () => undefined],
  ])('lets go of its sources and its timer %s', (name, happen) => {
    const timers = countTimers();
    const [source, other] = [new AbortController(), new AbortController()];
    if (name.includes('before')) source.abort();
    const joint = new JointSignal([source.signal, other.signal], { withinMs: 60_000 });
    happen({ source, joint });
    expect(joint.signal.aborted).toBe(true);
    expect([source, other].map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual([0, 0]);
    expect(countTimers()).toBe(timers);
  });

  it('ends what still waits by it when the work is over', async () => {
    const kept: AbortSignal[] = [];
    await withJointSignal([], undefined, async (signal) => void kept.push(signal));
    expect(kept[0]?.reason).toBeInstanceOf(WorkIsOver);
  });
});

interface Parts {
  readonly source: AbortController;
  readonly joint: JointSignal;
}

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}
