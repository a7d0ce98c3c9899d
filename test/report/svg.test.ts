import { describe, expect, it } from 'vitest';
import { ratesOf } from '../../src/report/page/cost.js';
import { countText, durationText, latencyText, shortCount, spaced, timeText } from '../../src/report/markup/words.js';
import { lineChart, type LinePoint } from '../../src/report/svg/line-chart.js';
import { timeTicks, valueTicks } from '../../src/report/svg/ticks.js';
import { timeline } from '../../src/report/svg/timeline.js';
import { at, completed } from './report-data.js';

function chartOf(points: readonly LinePoint[]): string {
  const panel = { title: 'Rows', text: shortCount, lines: [{ name: 'rows', points }], reference: null };
  return String(lineChart({ title: 'A copy', description: 'Rows.', panels: [panel] }) ?? 'none');
}

const linesIn = (chart: string): number => chart.split('class="line line0"').length - 1;

describe('ticks', () => {
  it.each([
    [0, [0, 0.5, 1]],
    [3, [0, 1, 2, 3]],
    [12.3, [0, 5, 10, 15]],
    [48_000, [0, 20_000, 40_000, 60_000]],
    [NaN, [0, 0.5, 1]],
  ])('of values up to %s are round, and reach over it', (max, ticks) => {
    expect(valueTicks(max)).toEqual(ticks);
  });

  it.each([
    [50, ['06:00:10', '06:00:20', '06:00:30', '06:00:40', '06:00:50']],
    [1_500, ['06:05', '06:10', '06:15', '06:20', '06:25']],
    [2 * 86_400, ['11-30 12:00', '12-01 00:00', '12-01 12:00', '12-02 00:00']],
    [700 * 86_400, ['2027-04-22', '2027-10-21', '2028-04-20', '2028-10-19']],
  ])('of times over %s seconds are round', (seconds, texts) => {
    const found = timeTicks(Date.parse(at(1)), Date.parse(at(seconds)));
    expect(found.map(({ text }) => text).slice(0, texts.length)).toEqual(texts);
    expect(found.length).toBeLessThanOrEqual(7);
  });

  it('are none where there is no time', () => {
    expect(timeTicks(5, 5)).toEqual([]);
  });
});

describe('a line', () => {
  it('is interrupted where nothing is known, and a point alone is a dot', () => {
    const value = (atMs: number, one: number | null): LinePoint => ({ atMs, value: one });
    const chart = chartOf([value(0, 1), value(1_000, 2), value(2_000, null), value(3_000, 4), value(4_000, null)]);
    expect(linesIn(chart)).toBe(1);
    expect(chart.match(/<circle/g)).toHaveLength(1);
    expect(chart).not.toContain('NaN');
  });

  it('is not drawn where there is no point', () => {
    expect(chartOf([])).toBe('none');
  });
});

describe('a rate', () => {
  const sample = (seconds: number, rows: number | null) => {
    return { atMs: seconds * 1_000, rows, lagMs: null, slowestWriteMs: [] };
  };

  it('is what was done between two samples', () => {
    const samples = [sample(0, 0), sample(2, 500), sample(3, 500)];
    expect(ratesOf({ samples, spacingMs: 1_000 }).map(({ value }) => value)).toEqual([250, 0]);
  });

  it('is not known after a pause, where the count begins anew, and where nothing is counted', () => {
    const samples = [sample(0, 100), sample(100, 200), sample(101, 50), sample(102, null), sample(103, 60)];
    expect(ratesOf({ samples, spacingMs: 1_000 }).map(({ value }) => value)).toEqual([null, null, 5]);
  });

  it('is not that of two reports in a row, of a chunk that had waited', () => {
    const samples = [sample(0, 0), sample(2, 100), sample(2.01, 20_100), sample(4, 20_200)];
    expect(ratesOf({ samples, spacingMs: 1_000 }).map(({ value }) => value)).toEqual([50, 10_050]);
  });
});

describe('a timeline', () => {
  it('has a lane for each phase, and numbers the commands that have room', () => {
    const { intervals } = completed;
    const command = (seconds: number) => ({ at: at(seconds), command: 'pause', via: 'update' });
    const [fromMs, toMs] = [Date.parse(at(0)), Date.parse(at(100))];
    const drawn = String(timeline({ intervals, commands: [command(10), command(10), command(80)], fromMs, toMs }));
    expect(drawn.match(/class="lane"/g)).toHaveLength(3);
    expect(drawn.match(/class="mark"/g)).toHaveLength(3);
    expect([...drawn.matchAll(/text-anchor="middle">(\d)</g)].map(([, number]) => number)).toEqual(['1', '3']);
    expect(drawn).toContain('bar work troubled');
  });

  it('draws what lies outside at its edge, and what is too short to be seen', () => {
    const [interval] = completed.intervals;
    if (interval === undefined) throw new Error('there is one');
    const intervals = [{ ...interval, from: at(-50), to: at(-49) }];
    const drawn = String(timeline({ intervals, commands: [], fromMs: Date.parse(at(0)), toMs: Date.parse(at(1e6)) }));
    expect(drawn).toContain('x="132" y="13" width="2"');
  });
});

describe('words', () => {
  it.each([
    [412, '412 ms'],
    [3_240, '3.2 s'],
    [42_000, '42 s'],
    [252_000, '4 min 12 s'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [1_051_200_000, '12 d 4 h'],
    [-5, '–'],
    [NaN, '–'],
  ])('say %s ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('say numbers and times', () => {
    expect([shortCount(0), shortCount(950), shortCount(1_500), shortCount(2e7)]).toEqual(['0', '950', '1.5 k', '20 M']);
    expect([latencyText(4.256), latencyText(1_500), countText(1_234_567)]).toEqual(['4.26 ms', '1.5 s', '1,234,567']);
    expect([timeText(at(0)), timeText('some day')]).toEqual(['2026-11-30 06:00:00 UTC', 'some day']);
    expect([spaced('cuttingOver'), spaced('needsOperator'), spaced('done')]).toEqual([
      'cutting over',
      'needs operator',
      'done',
    ]);
  });
});
