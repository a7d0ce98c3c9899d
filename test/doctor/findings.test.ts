/** What answers mean: of those that no server of a test gives in time. */
import { describe, expect, it } from 'vitest';
import { positionAge } from '../../src/doctor/checks/binlog.js';
import { clockFinding } from '../../src/doctor/checks/clock.js';
import { namespaceFinding } from '../../src/doctor/checks/namespace.js';
import { operationsFindings } from '../../src/doctor/checks/operations.js';
import { versionsFinding } from '../../src/doctor/checks/versions.js';
import { workersFinding } from '../../src/doctor/checks/workers.js';
import type { Build, Poller } from '../../src/doctor/pollers.js';
import { durationWords, sizeWords } from '../../src/doctor/words.js';

const build = (buildId: string): Build => ({ deploymentName: 'switchyard', buildId });
const poller = (identity: string, buildId?: string): Poller => ({
  identity,
  seenAgoMs: 3_000,
  ...(buildId === undefined ? {} : { build: build(buildId) }),
});

describe('The clock', () => {
  it.each([
    [0, 'ok', ''],
    [-900, 'ok', ''],
    [1_500, 'warning', '1500 ms ahead of'],
    [-45_000, 'warning', '45 s behind'],
    [7_200_000, 'problem', '2 h ahead of'],
  ] as const)('is off by %i ms: %s', (aheadMs, level, words) => {
    const finding = clockFinding(aheadMs);
    expect(finding).toMatchObject({ level });
    expect(finding.message).toContain(words);
  });
});

describe('Workers', () => {
  it('are named with when they were seen, the latest first', () => {
    const pollers = [{ ...poller('old'), seenAgoMs: 60_000 }, poller('new', '1.1')];
    const { level, message } = workersFinding('work', 'switchyard-work', pollers);
    expect(level).toBe('ok');
    expect(message).toBe('work: new (3 s ago, build 1.1 of switchyard), old (60 s ago) on task queue switchyard-work.');
  });

  it('are missed by the kind of work that nobody takes', () => {
    const finding = workersFinding('follow', 'switchyard-follow', []);
    expect(finding).toMatchObject({ level: 'problem' });
    expect(finding.remedy).toContain('worker.serves');
  });
});

describe('Versions of workers', () => {
  it.each([
    ['nobody has one', [poller('a')], undefined, 'ok', 'No worker takes part'],
    ['there is no worker at all', [], undefined, 'ok', 'No worker takes part'],
    ['all are of the current one', [poller('a', '1')], build('1'), 'ok', 'all workers are of it'],
    ['none is current', [poller('a', '1')], undefined, 'problem', 'get no task: a'],
    ['nobody has the current one', [poller('a', '2')], build('1'), 'problem', 'no worker of it polls'],
    ['some have another one', [poller('a', '1'), poller('b', '2')], build('1'), 'warning', 'get no task: b'],
    ['some have none', [poller('a', '1'), poller('c')], build('1'), 'warning', 'get no task: c'],
  ] as const)('%s', (_title, pollers, current, level, words) => {
    const finding = versionsFinding(pollers, current);
    expect(finding).toMatchObject({ level });
    expect(finding.message).toContain(words);
  });

  it('name the command that makes one current', () => {
    expect(versionsFinding([poller('a', '2')], build('1')).remedy).toContain(
      'set-current-version --deployment-name switchyard --build-id 2',
    );
  });
});

describe('The namespace', () => {
  it.each([
    [null, 'ok'],
    [86_400_000, 'ok'],
    [3_600_000, 'warning'],
  ] as const)('keeps what has ended for %s ms: %s', (retentionMs, level) => {
    expect(namespaceFinding('default', retentionMs)).toMatchObject({ level });
  });
});

describe('The position of an open operation', () => {
  it.each([
    [1_000, 86_400, false],
    [50_000, 86_400, true],
    [50_000, null, false],
    [null, 86_400, false],
  ] as const)('%s s behind, binlogs kept for %s s: warned of is %s', (positionAgeSeconds, retention, isWarned) => {
    const findings = positionAge({ workflowId: 'move-tables/orders', positionAgeSeconds }, retention, 'commerce');
    expect(findings).toHaveLength(isWarned ? 1 : 0);
  });
});

describe('Open operations', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  const going = { phase: 'copying', retrying: null, nextStep: 'Wait.', error: null };
  const retrying = {
    since: '2026-11-30T11:50:00Z',
    ...{ attempts: 4, code: 'SERVER_UNAVAILABLE', message: 'it is gone.', nextAt: null },
  };

  it('are all well', () => {
    expect(operationsFindings(0, [], now)).toMatchObject([{ level: 'ok', message: 'None is open.' }]);
    const answers = [{ workflowId: 'a', status: going }];
    expect(operationsFindings(1, answers, now)).toMatchObject([{ level: 'ok' }]);
  });

  it('are named where one is tried again, or waits for a person', () => {
    const findings = operationsFindings(
      3,
      [
        { workflowId: 'a', status: going },
        { workflowId: 'b', status: { ...going, retrying } },
        {
          workflowId: 'c',
          status: {
            ...going,
            phase: 'needsOperator',
            error: { code: 'POSITION_PURGED', message: 'gone.', remedy: '' },
          },
        },
      ],
      now,
    );
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'warning', 'warning']);
    expect(findings[1]?.message).toBe('c waits for a person: POSITION_PURGED gone.');
    expect(findings[2]?.message).toBe('b fails and is tried again, 4 times in 10 min: SERVER_UNAVAILABLE it is gone.');
  });

  it('that do not answer are counted', () => {
    const findings = operationsFindings(250, [{ workflowId: 'a', status: undefined }], now);
    expect(findings.at(-1)).toMatchObject({ level: 'notAsked' });
    expect(findings.at(-1)?.message).toContain('250 of 250');
  });
});

describe('Words', () => {
  it('are times and sizes in a unit of which there are some', () => {
    expect([900, 90_000, 5_400_000, 100_000_000, 864_000_000].map(durationWords)).toEqual([
      '900 ms',
      '90 s',
      '90 min',
      '28 h',
      '10 d',
    ]);
    expect([0, 900, 1_536, 20_971_520].map(sizeWords)).toEqual(['0 B', '900 B', '1.5 KiB', '20 MiB']);
  });
});
