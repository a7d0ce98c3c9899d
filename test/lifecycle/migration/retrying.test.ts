import { describe, expect, it } from 'vitest';
import { nextStep, reasonOf } from '../../../src/lifecycle/migration/next-step.js';
import { reactToCleanupCommand } from '../../../src/lifecycle/retained-table.js';
import { Driver, failed, serverError } from './driver.js';

const away = failed('SERVER_UNAVAILABLE', 'retryable');
const lacking = failed('UNKNOWN_CLUSTER', 'terminal');
const unclear = failed('OUTCOME_UNCLEAR', 'needsOperator');
const refused = (errno: number) => ({ kind: 'activityFailed', failure: serverError(errno) }) as const;
const lost = { kind: 'activityLost', cancelled: false, problem: 'it timed out (HEARTBEAT)' } as const;
const copying = { kind: 'synchronise', goal: 'copied', throttleRevision: 0 };

function at(...where: Parameters<Driver['runUntil']>): Driver {
  const driver = new Driver();
  driver.runUntil(...where);
  return driver;
}

/** Work that has to be done, whatever it takes. */
const unresolved = (): Driver => {
  const driver = at('attemptCutOver');
  driver.happen(lost);
  return driver;
};
const cleaning = (): Driver => {
  const driver = at('synchronise', 'copied');
  driver.send('cancel');
  driver.endWell();
  return driver;
};
const works: Readonly<Record<string, () => Driver>> = {
  prepare: () => new Driver(),
  copied: () => at('synchronise', 'copied'),
  indexed: () => at('synchronise', 'indexed'),
  verified: () => at('synchronise', 'verified'),
  follow: () => {
    const driver = new Driver();
    driver.send('postpone');
    driver.runUntil('synchronise', 'follow');
    return driver;
  },
  watchPaused: () => {
    const driver = at('synchronise', 'copied');
    driver.send('pause');
    driver.endWell();
    return driver;
  },
  resolveCutOver: unresolved,
  finish: () => at('finish'),
  cleanUp: cleaning,
};

describe('what fails with an error that passes', () => {
  it.each(Object.keys(works))('is seen, waits and is tried again: %s', (name) => {
    const driver = works[name]?.() ?? new Driver();
    const { running, phase } = driver;
    const from = driver.nowMs;
    driver.happen(away);
    const since = new Date(from).toISOString();
    expect(driver.state.retrying).toMatchObject({ since, failures: 1, last: { code: 'SERVER_UNAVAILABLE' } });
    expect(driver.running).toBeNull();
    expect(driver.phase).toBe(phase);
    expect(reasonOf(driver.state)).toContain(`Since ${since} it has failed once, and it is tried again at`);
    expect(reasonOf(driver.state)).toContain('Something retryable.');
    expect(nextStep(driver.state).sentence).not.toContain('Nothing');
    driver.wait(1_999);
    expect(driver.running).toBeNull();
    driver.wait(1);
    expect(driver.running).toEqual(running);
    driver.happen(lost);
    expect(driver.state.retrying).toMatchObject({ since, failures: 2, last: { code: 'WORK_LOST' } });
    driver.wait(4_999);
    expect(driver.running).toBeNull();
    driver.wait(1);
    driver.endWell();
    if (name !== 'follow' && name !== 'watchPaused') expect(driver.state.retrying).toBeNull();
  });

  it('is tried again without end, at most 5 minutes apart', () => {
    const driver = at('synchronise', 'copied');
    for (let failures = 1; failures <= 50; failures += 1) {
      driver.happen(away);
      expect(driver.running).toBeNull();
      driver.wait(300_000);
      expect(driver.running).toEqual(copying);
    }
    expect(driver.state.retrying).toMatchObject({ failures: 50 });
  });

  it('is over when it has run for long, and not when it has run for a moment', () => {
    const driver = at('synchronise', 'copied');
    driver.happen(away);
    driver.wait(2_000);
    expect(driver.wanted).toMatchObject({ main: copying, untilMs: driver.nowMs + 60_000 });
    expect(reasonOf(driver.state)).toContain('it is being tried again');
    driver.wait(59_999);
    expect(driver.state.retrying).not.toBeNull();
    driver.wait(1);
    expect([driver.state.retrying, driver.running, reasonOf(driver.state)]).toEqual([null, copying, null]);
    driver.happen(away);
    expect(driver.state.retrying).toMatchObject({ failures: 1 });
  });

  it('that builds indexes or compares is over only when it is done', () => {
    const driver = at('synchronise', 'indexed');
    driver.happen(refused(3752));
    driver.wait(1e7);
    driver.wait(1e7);
    driver.happen(refused(3752));
    expect(driver.state.retrying).toMatchObject({ failures: 2, alike: 2 });
  });

  it('can be told to be tried now, which is refused where nothing has failed', () => {
    const driver = at('synchronise', 'copied');
    expect(driver.send('retry')).toMatchObject({ outcome: 'refused' });
    driver.happen(away);
    expect(driver.send('retry')).toMatchObject({ outcome: 'accepted' });
    expect(driver.running).toEqual(copying);
    expect(driver.send('retry')).toMatchObject({ outcome: 'accepted' });
  });

  it('does not keep commands waiting', () => {
    const paused = at('synchronise', 'copied');
    paused.happen(away);
    expect(paused.send('pause')).toMatchObject({ outcome: 'done' });
    expect(paused.running).toEqual({ kind: 'watchPaused' });
    const cancelled = at('synchronise', 'copied');
    cancelled.happen(away);
    expect(cancelled.send('cancel')).toMatchObject({ outcome: 'accepted' });
    expect(cancelled.running).toEqual({ kind: 'cleanUp' });
    const finding = unresolved();
    finding.happen(away);
    expect(finding.send('postpone')).toMatchObject({ outcome: 'accepted', code: 'SERVER_UNAVAILABLE' });
    expect(finding.send('pause')).toMatchObject({ outcome: 'accepted', code: 'SERVER_UNAVAILABLE' });
  });
});

describe('an error of the server that nobody knows', () => {
  it.each(Object.keys(works).filter((name) => name !== 'prepare'))(
    'waits for a person after three times in a row: %s',
    (name) => {
      const driver = works[name]?.() ?? new Driver();
      driver.happen(refused(3752));
      driver.wait(300_000);
      driver.happen(refused(3616));
      driver.wait(300_000);
      driver.happen(refused(3752));
      driver.wait(300_000);
      driver.happen(refused(3752));
      driver.wait(300_000);
      expect(driver.state.trouble).toBeNull();
      driver.happen(refused(3752));
      expect(driver.phase).toBe('needsOperator');
      expect(driver.state).toMatchObject({ retrying: null, trouble: { code: 'SERVER_ERROR', facts: { errno: 3752 } } });
      expect(reasonOf(driver.state)).toContain('MySQL error 3752');
      expect(nextStep(driver.state).sentence).not.toMatch(/tried again by itself[.;]/);
      driver.wait(1e9);
      expect(driver.running).toBeNull();
      driver.send('retry');
      expect(driver.running).not.toBeNull();
      expect(driver.state.stop?.kind ?? 'none').not.toBe('failed');
    },
  );

  it('ends a preparation, for whose answer somebody waits', () => {
    const driver = new Driver();
    for (let times = 1; times <= 3; times += 1) {
      expect(driver.phase).not.toBe('failed');
      driver.happen(refused(1291));
      driver.wait(5_000);
    }
    expect([driver.phase, driver.running?.kind]).toEqual(['failed', 'cleanUp']);
  });

  it('what nobody expected is told apart by its text', () => {
    const driver = at('synchronise', 'copied');
    const unexpected = (message: string) =>
      ({ kind: 'activityFailed', failure: { ...serverError(0), code: 'UNEXPECTED', message } }) as const;
    for (const message of ['a', 'b', 'a', 'a']) {
      driver.happen(unexpected(message));
      driver.wait(300_000);
      expect(driver.running).toEqual(copying);
    }
    driver.happen(unexpected('a'));
    expect(driver.phase).toBe('needsOperator');
  });
});

describe('a fact of a worker', () => {
  it.each(Object.keys(works).filter((name) => name !== 'prepare'))('never ends what is prepared: %s', (name) => {
    const driver = works[name]?.() ?? new Driver();
    const { stop } = driver.state;
    const { running } = driver;
    for (let times = 1; times <= 5; times += 1) {
      driver.happen(lacking);
      expect(driver.state).toMatchObject({ stop, trouble: null, retrying: { failures: times } });
      expect(nextStep(driver.state).sentence).toContain('lacks the cluster');
      expect(nextStep(driver.state).sentence).toContain('What is prepared is left alone; another worker may go on.');
      driver.wait(300_000);
      expect(driver.running).toEqual(running);
    }
  });

  it('ends what is not prepared at once, as a typo', () => {
    const driver = new Driver();
    driver.happen(lacking);
    expect([driver.phase, driver.wanted.main]).toEqual(['failed', { kind: 'end' }]);
  });

  it('ends what another worker may have begun with a clean-up', () => {
    const driver = new Driver();
    driver.happen(away);
    driver.wait(2_000);
    driver.happen(lacking);
    expect([driver.phase, driver.running]).toEqual(['failed', { kind: 'cleanUp' }]);
  });

  it('does not end what was checked and waits for launch, either', () => {
    const driver = new Driver();
    const cutOver = { lockTimeoutMs: 1, maxAttempts: 1, backoffMs: [0] };
    const terms = { postponeLaunch: true, postponeCompletion: false, verify: true, cutOver, throttle: {} };
    driver.happen({ kind: 'prepared', terms });
    driver.send('launch');
    for (let times = 1; times <= 9; times += 1) {
      driver.happen(lacking);
      expect(driver.state.retrying).toMatchObject({ failures: times });
      driver.wait(300_000);
      expect(driver.running).toEqual({ kind: 'prepare' });
    }
  });

  it('is an attempt that came to nothing', () => {
    const driver = at('attemptCutOver');
    driver.happen(lacking);
    driver.endWell();
    expect(driver.state).toMatchObject({ stop: null, trouble: null, lastAttempt: { reason: 'lost' } });
  });
});

describe('a retained table that cannot be dropped', () => {
  it('can be kept after all, and is never dropped then', () => {
    const atMs = Date.parse('2026-11-21T00:00:00.000Z');
    const table = '_sw_0123456789_old';
    const since = '2026-11-20T00:00:00.000Z';
    const dropping = { phase: 'dropping', since, left: [table], kept: [] } as const;
    const reactWhile = (busy: readonly string[], name: 'keepRetained' | 'dropRetained') =>
      reactToCleanupCommand(dropping, { name, dryRun: false }, atMs, busy);
    expect(reactWhile([table], 'keepRetained').answer.outcome).toBe('tooLate');
    expect(reactWhile([], 'dropRetained').answer.outcome).toBe('accepted');
    const kept = reactWhile([], 'keepRetained');
    expect([kept.state.phase, kept.answer.outcome]).toEqual(['kept', 'done']);
    const late = reactToCleanupCommand(kept.state, { name: 'dropRetained', dryRun: false }, atMs);
    expect([late.state, late.answer.outcome]).toEqual([kept.state, 'tooLate']);
  });
});

describe('an operation that another run has taken over', () => {
  it('is not removed unasked; retry takes it over from that one', () => {
    for (const driver of [at('synchronise', 'copied'), unresolved(), at('finish')]) {
      driver.happen(failed('FENCED', 'terminal'));
      expect([driver.phase, driver.running]).toEqual(['needsOperator', null]);
      expect(nextStep(driver.state).sentence).toContain('take over');
      const { grant } = driver.state;
      driver.send('retry');
      expect(driver.state.grant).toBeGreaterThan(grant + 1_000);
      expect(driver.running).not.toBeNull();
    }
  });
});

describe('cancel', () => {
  it('ends what is unclear, once it was looked at again; nothing is guessed', () => {
    const driver = unresolved();
    driver.happen(unclear);
    expect(nextStep(driver.state).sentence).toContain(
      'cancel ends the migration and drops nothing that may not be its own',
    );
    expect(driver.send('cancel')).toBeUndefined();
    expect(driver.running).toEqual({ kind: 'resolveCutOver' });
    driver.happen(unclear);
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'accepted', code: 'OUTCOME_UNCLEAR' });
    expect([driver.phase, driver.running]).toEqual(['cancelled', { kind: 'cleanUp' }]);
    driver.happen({ kind: 'cleanedUp', leftBehind: ['Table shop.a is left.'] });
    expect(driver.wanted.main).toEqual({ kind: 'end' });
    expect(driver.state.leftBehind).toEqual(['Table shop.a is left.']);
  });

  it.each([
    ['a clean-up', cleaning, 'cancelled'],
    ['the closing of the records', () => at('finish'), 'completed'],
  ] as const)('ends without %s that fails, and says what is left', (_title, start, phase) => {
    for (const failing of [away, failed('SOME_terminal', 'terminal')]) {
      const driver = start();
      driver.happen(failing);
      expect(nextStep(driver.state).sentence).toMatch(/cancel ends/);
      expect(driver.send('cancel')).toMatchObject({ outcome: 'accepted' });
      expect([driver.phase, driver.wanted.main]).toEqual([phase, { kind: 'end' }]);
      expect(driver.state.leftBehind.join()).toContain('the next operation on the table sees to that, or reconcile');
    }
  });

  it('ends without the word on an attempt where the server is gone, when it is given again', () => {
    const driver = unresolved();
    driver.happen(away);
    expect(driver.send('cancel')).toBeUndefined();
    driver.happen(away);
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'accepted', code: 'SERVER_UNAVAILABLE' });
    expect(driver.wanted.main.kind).not.toBe('end');
    expect(driver.send('cancel')).toMatchObject({ outcome: 'accepted' });
    expect([driver.phase, driver.wanted.main]).toEqual(['cancelled', { kind: 'end' }]);
  });

  it('given up is void where what runs finds the swap', () => {
    const driver = unresolved();
    driver.happen(away);
    driver.send('cancel');
    driver.happen(away);
    driver.wait(2_000);
    driver.send('cancel');
    expect(nextStep(driver.state).sentence).toContain('it ends as soon as what runs has ended');
    driver.happen({
      kind: 'resolved',
      result: { outcome: 'swapped', completedAt: '2026-11-21T01:00:00.000Z', blockedMs: 1 },
    });
    expect([driver.phase, driver.running]).toEqual(['completed', { kind: 'finish' }]);
    expect(driver.state.leftBehind).toEqual([]);
  });
});
