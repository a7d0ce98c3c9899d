/** Waiting for what others bring about, without looking again and again. */
import { expect, it } from 'vitest';
import { Bell } from '../../../../src/mysql/table/follow/bell.js';

it('wakes whoever waits once it is so, and asks nobody else', async () => {
  const bell = new Bell();
  let count = 0;
  let asked = 0;
  const waiting = bell.until(() => {
    asked += 1;
    return count === 2;
  });
  for (const now of [1, 2]) {
    count = now;
    bell.ring();
    await Promise.resolve();
  }
  await waiting;
  expect(asked).toBe(3);
  bell.ring();
  expect(asked).toBe(3);
});

it('ends at the signal, before and while it waits', async () => {
  const bell = new Bell();
  const ended = new AbortController();
  const waiting = bell.until(() => false, ended.signal);
  ended.abort();
  await waiting;
  await bell.until(() => false, ended.signal);
});

it('fails with what the question throws, at whichever ring', async () => {
  const bell = new Bell();
  let hasEnded = false;
  const waiting = bell.until(() => {
    if (hasEnded) throw new Error('the feed has ended');
    return false;
  });
  hasEnded = true;
  bell.ring();
  await expect(waiting).rejects.toThrow('the feed has ended');
});
