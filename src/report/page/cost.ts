/** What it did over time, and what it cost the application: lines, and the summary of the write probe. */
import type { Sample } from '../../domain/samples.js';
import type { LatencySummary, WriteLatency } from '../../domain/write-latency.js';
import type { KeptSeries, ReportData } from '../data.js';
import { lineChart, type Line, type LinePoint, type Panel } from '../svg/line-chart.js';
import { html, type Html } from '../markup/html.js';
import { folded, table, type Column } from './table.js';
import { countText, durationText, latencyText, shortCount, timeOf } from '../markup/words.js';

const stageWords = {
  copying: 'While it copied',
  indexing: 'While it built indexes',
  verifying: 'While it compared',
  following: 'While it followed',
} as const;

export function overTime({ series, writeLatency }: ReportData): Html {
  const figures = series.map((one) => figureOf(one, writeLatency)).filter((one) => one !== null);
  return html`<section aria-labelledby="time">
    <h2 id="time">Rate, lag and write latency over time</h2>
    ${
      figures.length === 0
        ? html`<p>No samples were kept of it, or nobody has looked for them (see the end of the page).</p> `
        : figures
    }
  </section> `;
}

function figureOf(series: KeptSeries, latency: readonly WriteLatency[]): Html | null {
  const panels = panelsOf(series, latency);
  const sentence = sentenceOf(series);
  const title = `${stageWords[series.stage]} (kept on ${series.keptOn})`;
  const chart = lineChart({ title, description: sentence, panels });
  if (chart === null) return null;
  return html`<h3>${title}</h3>
    <figure>
      <figcaption>${sentence} A sample is of ${durationText(series.spacingMs)} or more; times are UTC.</figcaption>
      ${chart} ${folded('The same as a table', samplesTable(series))}
    </figure> `;
}

interface Rate extends LinePoint {
  /** The time that it is of. */
  readonly ms: number;
}

/**
 * Rows per second from sample to sample. Those that are closer to each other than the spacing are taken together: work goes
 * in chunks, and what two reports in a row have done says nothing. Null where the count begins anew, or nothing was reported.
 */
export function ratesOf({ samples, spacingMs }: Pick<KeptSeries, 'samples' | 'spacingMs'>): readonly Rate[] {
  const rates: Rate[] = [];
  let from: { readonly atMs: number; readonly rows: number } | undefined;
  for (const { atMs, rows } of samples) {
    if (rows === null) continue;
    const ms = from === undefined ? 0 : atMs - from.atMs;
    const done = rows - (from?.rows ?? rows);
    if (done < 0 || isGap(ms, spacingMs)) rates.push({ atMs, ms: 0, value: null });
    else if (from !== undefined && ms < spacingMs) continue;
    else if (ms > 0) rates.push({ atMs, ms, value: done / (ms / 1_000) });
    from = { atMs, rows };
  }
  return rates;
}

/** A line over time in which nothing was reported would say that nothing happened. */
function isGap(ms: number, spacingMs: number): boolean {
  return ms > Math.max(gapMs, 4 * spacingMs);
}

const gapMs = 30_000;

/** What samples have, as far as they have it, with a break where there was a gap. */
function pointsOf(
  { samples, spacingMs }: KeptSeries,
  valueOf: (sample: Sample) => number | null,
): readonly LinePoint[] {
  const points: LinePoint[] = [];
  for (const sample of samples) {
    const [atMs, value, last] = [sample.atMs, valueOf(sample), points.at(-1)];
    if (value === null) continue;
    if (last !== undefined && isGap(atMs - last.atMs, spacingMs)) points.push({ atMs, value: null });
    points.push({ atMs, value });
  }
  return points;
}

function panelsOf(series: KeptSeries, latency: readonly WriteLatency[]): readonly Panel[] {
  const { stage, clusters } = series;
  const rates = ratesOf(series);
  const lags = pointsOf(series, ({ lagMs }) => lagMs);
  const writes = clusters
    .map((name, index): Line => ({
      name,
      points: pointsOf(series, ({ slowestWriteMs }) => slowestWriteMs[index] ?? null),
    }))
    .filter(isKnown);
  const panels: Panel[] = [];
  if (stage !== 'following' && isKnown({ points: rates })) {
    panels.push({
      title: 'Rows per second',
      text: shortCount,
      lines: [{ name: 'rows', points: rates }],
      reference: null,
    });
  }
  if (isKnown({ points: lags })) {
    panels.push({ title: 'Lag of the feed', text: axisTime, lines: [{ name: 'lag', points: lags }], reference: null });
  }
  if (writes.length > 0) {
    const title = 'Slowest small write of ours';
    panels.push({ title, text: axisTime, lines: writes, reference: beforeOf(writes, latency) });
  }
  return panels;
}

/** What a write took before, where one line can be held against it. */
function beforeOf([line, ...others]: readonly Line[], latency: readonly WriteLatency[]): Panel['reference'] {
  const before = latency.find(({ cluster }) => cluster === line?.name)?.before ?? null;
  if (before === null || others.length > 0) return null;
  return { value: before.p99Ms, text: `p99 before: ${latencyText(before.p99Ms)}` };
}

function axisTime(ms: number): string {
  return ms === 0 ? '0' : ms < 1_000 ? latencyText(ms) : durationText(ms);
}

function isKnown({ points }: Pick<Line, 'points'>): boolean {
  return points.some(({ value }) => value !== null);
}

/** The figures in words, for those who do not see the lines. */
function sentenceOf(series: KeptSeries): string {
  const { samples, clusters } = series;
  const rates = ratesOf(series);
  const lags = knownOf(samples.map(({ lagMs }) => lagMs));
  const sentences: string[] = [];
  const workedMs = rates.reduce((sum, { ms }) => sum + ms, 0);
  if (workedMs > 0) {
    const done = rates.reduce((sum, { ms, value }) => sum + ms * (value ?? 0), 0);
    const most = Math.max(...knownOf(rates.map(({ value }) => value)));
    sentences.push(
      `${countText(Math.round(done / workedMs))} rows/s on average, ${countText(Math.round(most))} at most.`,
    );
  }
  if (lags.length > 0) sentences.push(`The feed was at most ${durationText(Math.max(...lags))} behind.`);
  for (const [index, cluster] of clusters.entries()) {
    const slowest = knownOf(samples.map(({ slowestWriteMs }) => slowestWriteMs[index] ?? null));
    if (slowest.length > 0) {
      sentences.push(`The slowest small write on ${cluster} took ${latencyText(Math.max(...slowest))}.`);
    }
  }
  return sentences.join(' ');
}

function knownOf(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null);
}

function samplesTable({ samples, clusters }: KeptSeries): Html {
  const columns: readonly Column<Sample>[] = [
    { title: 'Time', class: 'time', cell: ({ atMs }) => timeOf(new Date(atMs).toISOString()) },
    { title: 'Rows so far', class: 'number', cell: ({ rows }) => (rows === null ? null : countText(rows)) },
    { title: 'Lag', class: 'number', cell: ({ lagMs }) => (lagMs === null ? null : durationText(lagMs)) },
    ...clusters.map((cluster, index): Column<Sample> => ({
      title: `Slowest write, ${cluster}`,
      class: 'number',
      cell: ({ slowestWriteMs }) => {
        const ms = slowestWriteMs[index] ?? null;
        return ms === null ? null : latencyText(ms);
      },
    })),
  ];
  return table('The samples.', columns, samples);
}

/** What writes of the application took before and meanwhile, by small writes of our own, and how long they were held up. */
export function cost({ writeLatency, attempts }: ReportData): Html {
  const rows = writeLatency.flatMap(({ cluster, before, during }) => [
    { cluster, when: 'before', summary: before },
    { cluster, when: 'while it worked', summary: during },
  ]);
  const blocked = attempts.map(({ blockedMs }) => blockedMs ?? 0).reduce((sum, ms) => sum + ms, 0);
  const longest = Math.max(0, ...attempts.map(({ blockedMs }) => blockedMs ?? 0));
  return html`<section aria-labelledby="cost">
    <h2 id="cost">What it cost the application</h2>
    <p>
      ${
        attempts.length === 0
          ? 'No attempt has held up writes.'
          : `Writes were held up for ${durationText(blocked)} in all, by ${attempts.length === 1 ? 'one attempt' : `${attempts.length} attempts`}; the longest took ${durationText(longest)}.`
      }
    </p>
    ${
      rows.length === 0
        ? html`<p>What a small write took was not measured.</p> `
        : table(
            'How long a small write of our own took. Of a hundred, so many took no longer: p50, p99.',
            latencyColumns,
            rows,
          )
    }
  </section> `;
}

interface LatencyRow {
  readonly cluster: WriteLatency['cluster'];
  readonly when: string;
  readonly summary: LatencySummary | null;
}

const latencyColumns: readonly Column<LatencyRow>[] = [
  { title: 'Cluster', cell: ({ cluster }) => cluster },
  { title: 'When', cell: ({ when }) => when },
  { title: 'p50', class: 'number', cell: ({ summary }) => (summary === null ? null : latencyText(summary.p50Ms)) },
  { title: 'p99', class: 'number', cell: ({ summary }) => (summary === null ? null : latencyText(summary.p99Ms)) },
  {
    title: 'Writes measured',
    class: 'number',
    cell: ({ summary }) => (summary === null ? null : countText(summary.writes)),
  },
];
