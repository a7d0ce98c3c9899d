/** What of the news those are told of who do not look: what needs them, and what has come of what was asked for. */
import type { NoticeEvent } from '../../domain/notice.js';
import { notifiedAfterMs } from '../../limits/lifecycle.js';
import type { News } from './news.js';

/** One notice, in words for people. */
export interface Notifiable {
  readonly event: NoticeEvent;
  readonly sentence: string;
  /** Of `retrying`: the series that it is about, which is told once. */
  readonly series?: string;
}

/** What of the news to tell. @param toldSeries the series of failures that was told already; null for none. */
export function notifiable(news: readonly News[], atMs: number, toldSeries: string | null): readonly Notifiable[] {
  return news
    .flatMap((one) => noticeOf(one, atMs) ?? [])
    .filter(({ series }) => series === undefined || series !== toldSeries);
}

function noticeOf(news: News, atMs: number): Notifiable | null {
  switch (news.kind) {
    case 'needsOperator':
      return { event: news.kind, sentence: news.message };
    case 'postponedBySystem':
      return { event: 'postponed', sentence: `Nothing is tried any more: ${news.reason}` };
    case 'retrying': {
      const { since, failures, message } = news;
      const sentence = `Since ${since} it has failed ${failures} times, and is tried again by itself: ${message}`;
      return atMs - Date.parse(since) < notifiedAfterMs ? null : { event: news.kind, sentence, series: since };
    }
    case 'switched':
      return { event: news.kind, sentence: `Switched at ${news.at}; writes waited ${news.blockedMs} ms.` };
    case 'reversed':
      return { event: news.kind, sentence: `Switched back at ${news.at}; writes waited ${news.blockedMs} ms.` };
    case 'completed':
      return { event: news.kind, sentence: `Completed.${left(news.residuals)}` };
    case 'cancelled':
      return { event: news.kind, sentence: news.reason === null ? 'Cancelled.' : `Cancelled: ${news.reason}` };
    case 'failed': {
      const { code, message, remedy } = news.failure;
      return { event: news.kind, sentence: [`${code}: ${message}`, remedy].filter((text) => text !== '').join(' ') };
    }
    default:
      return null;
  }
}

function left(residuals: readonly string[]): string {
  const [first] = residuals;
  if (first === undefined) return '';
  return ` Stays behind: ${first}${residuals.length === 1 ? '' : `, and ${residuals.length - 1} more`}`;
}
