/** What is told of an operation, in its order; that it is the truth is held in every test that drives one (heard.ts). */
import { describe, expect, it } from 'vitest';
import type { News } from '../../../src/lifecycle/operation/news.js';
import { Driver as MigrationDriver, blocked, failed } from '../migration/driver.js';
import type { Driver as MoveDriver } from '../move/driver.js';
import * as outcomes from '../move/outcomes.js';
import { switching } from '../move/histories.js';

const kindsOf = (news: readonly News[]): readonly string[] =>
  news.map((one) => (one.kind === 'phaseChanged' ? `→ ${one.to}` : one.kind));

/** What is told while something is done. */
function toldBy(driver: { readonly news: readonly News[] }, act: () => void): readonly News[] {
  const before = driver.news.length;
  act();
  return driver.news.slice(before);
}

describe('the news of a migration', () => {
  it('are its phases, its attempt, its swap and its end where all is well', () => {
    const driver = new MigrationDriver();
    driver.runUntil('finish');
    driver.endWell();
    const phases = ['preparing', 'copying', 'indexing', 'verifying', 'ready', 'cuttingOver'].map((to) => `→ ${to}`);
    expect(kindsOf(driver.news).filter((one) => one !== '→ ready')).toEqual([
      ...phases.filter((one) => one !== '→ ready'),
      ...['attemptEnded', 'switched', '→ completed', 'completed'],
    ]);
    expect(driver.news.find(({ kind }) => kind === 'attemptEnded')).toMatchObject({ outcome: 'done', blockedMs: 5 });
    expect(driver.news.at(-1)).toEqual({ kind: 'completed', residuals: [] });
  });

  it('tell each attempt that came to nothing, and that the system holds it back then', () => {
    const driver = new MigrationDriver();
    driver.runUntil('attemptCutOver');
    const news = toldBy(driver, () => {
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        driver.happen({ kind: 'attempted', result: { ...blocked, blockedMs: 20 } });
        driver.wait(60_000);
        if (attempt < 3) driver.endWell();
      }
    });
    const ends = news.filter(({ kind }) => kind === 'attemptEnded');
    expect(ends).toHaveLength(3);
    expect(ends[0]).toEqual({ kind: 'attemptEnded', outcome: 'blocked', detail: blocked.detail, blockedMs: 20 });
    const held = news.find(({ kind }) => kind === 'postponedBySystem');
    expect(held).toMatchObject({ reason: expect.stringContaining('3 attempts are used up') as string });
    expect(news.filter((one) => one.kind === 'answered').map(({ entry }) => [entry.command, entry.via])).toEqual([
      ['postpone', 'system'],
    ]);
  });

  it('tell every failure of a series, and its end; what waits for a person only once', () => {
    const driver = new MigrationDriver();
    driver.runUntil('synchronise', 'copied');
    const away = failed('SERVER_UNAVAILABLE', 'retryable');
    const news = toldBy(driver, () => {
      driver.happen(away);
      driver.wait(300_000);
      driver.happen(away);
      driver.wait(300_000);
      driver.wait(60_000);
    });
    expect(kindsOf(news)).toEqual(['retrying', 'retrying', 'worksAgain']);
    expect(news.map((one) => 'failures' in one && one.failures)).toEqual([1, 2, 2]);
    const trouble = toldBy(driver, () => {
      driver.happen(failed('DISK_FULL', 'needsOperator'));
      driver.send('pause');
    });
    expect(kindsOf(trouble)).toEqual(['needsOperator', '→ needsOperator', 'answered']);
  });

  it('tell what it waits for while the work with that grant runs', () => {
    const driver = new MigrationDriver();
    driver.runUntil('synchronise', 'copied');
    const waits = [{ for: 'lock', since: '2026-11-21T00:00:00.000Z', why: 'held by 12' }];
    const { grant } = driver.state;
    const told = (by: number) => toldBy(driver, () => driver.happen({ kind: 'waitsTold', grant: by, waits }));
    expect(told(grant - 1)).toEqual([]);
    expect(told(grant)).toEqual([{ kind: 'waits', waits }]);
    expect(toldBy(driver, () => driver.happen({ kind: 'waitsTold', grant, waits: [] }))).toEqual([]);
  });

  it('tell a cancellation with its reason, and a failure with its error, once the clean-up is done', () => {
    const cancelled = new MigrationDriver();
    cancelled.runUntil('synchronise', 'copied');
    cancelled.send('cancel', { reason: 'not today' });
    cancelled.endWell();
    expect(cancelled.news.at(-1)).toMatchObject({ kind: 'phaseChanged', to: 'cancelled' });
    cancelled.endWell();
    expect(cancelled.news.at(-1)).toEqual({ kind: 'cancelled', reason: 'not today' });
    const broken = new MigrationDriver();
    broken.runUntil('synchronise', 'copied');
    broken.happen(failed('TABLE_CHANGED', 'terminal'));
    broken.endWell();
    expect(broken.news.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'TABLE_CHANGED' } });
  });
});

describe('the news of a move', () => {
  it('tell the switch with how long writers have waited, and the way back', () => {
    const driver = switching();
    driver.happen({ kind: 'attempted', result: outcomes.switched });
    expect(driver.news.filter(({ kind }) => kind === 'attemptEnded' || kind === 'switched')).toEqual([
      { kind: 'attemptEnded', outcome: 'done', detail: null, blockedMs: outcomes.switched.blockedMs },
      { kind: 'switched', at: outcomes.switched.switchedAt, blockedMs: outcomes.switched.blockedMs },
    ]);
    driver.runUntil('followReverse');
    driver.send('reverseTraffic');
    driver.runUntil('attemptReverse');
    driver.endWell();
    expect(driver.news.filter(({ kind }) => kind === 'reversed')).toHaveLength(1);
  });

  it('tell that writes are refused while nobody knows whether an attempt has switched, and that they are not any more', () => {
    const driver: MoveDriver = switching();
    const news = toldBy(driver, () => {
      driver.happen({ kind: 'activityLost', lane: 'main', cancelled: false, problem: 'it timed out (HEARTBEAT)' });
      driver.endWell();
    });
    const kinds = kindsOf(news);
    expect(kinds.indexOf('writesRefused')).toBeGreaterThanOrEqual(0);
    expect(kinds.indexOf('writesTaken')).toBeGreaterThan(kinds.indexOf('writesRefused'));
    expect(kinds.filter((one) => one === 'attemptEnded')).toHaveLength(1);
  });
});
