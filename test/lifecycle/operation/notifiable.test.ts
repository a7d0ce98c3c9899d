import { expect, it } from 'vitest';
import type { News } from '../../../src/lifecycle/operation/news.js';
import { notifiable } from '../../../src/lifecycle/operation/notifiable.js';

const since = '2026-11-21T05:00:00.000Z';
const begunMs = Date.parse(since);
const failing: News = { kind: 'retrying', since, failures: 4, code: 'X', message: 'It is down.', nextAt: since };

it('tells what fails once it has failed for 30 s, and each series of failures once', () => {
  expect(notifiable([failing], begunMs + 29_999, null)).toEqual([]);
  const told = notifiable([failing], begunMs + 30_000, null);
  const sentence = `Since ${since} it has failed 4 times, and is tried again by itself: It is down.`;
  expect(told).toEqual([{ event: 'retrying', sentence, series: since }]);
  expect(notifiable([failing], begunMs + 60_000, since)).toEqual([]);
  expect(notifiable([failing], begunMs + 60_000, '2026-11-20T00:00:00.000Z')).toHaveLength(1);
});

it('tells of an end what stays behind, and why it has failed or was cancelled', () => {
  const failure = { code: 'X', kind: 'terminal', message: 'No.', remedy: 'Do it.', facts: {} } as const;
  const ends: readonly News[] = [
    { kind: 'completed', residuals: [] },
    { kind: 'completed', residuals: ['one', 'two', 'three'] },
    { kind: 'failed', failure },
    { kind: 'failed', failure: { ...failure, remedy: '' } },
    { kind: 'cancelled', reason: null },
    { kind: 'cancelled', reason: 'not today' },
  ];
  expect(notifiable(ends, 0, null).map(({ event, sentence }) => `${event}: ${sentence}`)).toEqual([
    'completed: Completed.',
    'completed: Completed. Stays behind: one, and 2 more',
    'failed: X: No. Do it.',
    'failed: X: No.',
    'cancelled: Cancelled.',
    'cancelled: Cancelled: not today',
  ]);
});

it('tells nothing of what goes on as it should', () => {
  const news: readonly News[] = [
    { kind: 'phaseChanged', from: 'copying', to: 'verifying' },
    { kind: 'worksAgain', since, failures: 3 },
    { kind: 'waits', waits: [] },
  ];
  expect(notifiable(news, begunMs + 60_000, null)).toEqual([]);
});
