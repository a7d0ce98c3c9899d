import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLines } from '../../src/dev/progress.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('progress without a terminal', () => {
  it('is a line at the start, one every five seconds and one at the end', () => {
    const lines: string[] = [];
    const task = createLines((line) => lines.push(line)).begin('fetching', 40, 'packages');
    for (let done = 1; done <= 12; done += 1) {
      vi.advanceTimersByTime(1_000);
      task.update(done, 'unpacking');
    }
    task.end('done');
    expect(lines).toEqual([
      'fetching …',
      'fetching: 5 of 40 packages, 5 s, unpacking',
      'fetching: 10 of 40 packages, 10 s, unpacking',
      'fetching: 12 of 40 packages, 12 s, done',
    ]);
  });
});
