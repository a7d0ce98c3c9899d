import { describe, expect, it } from 'vitest';
import { linesShownMax } from '../../src/limits/report.js';
import type { ReportData } from '../../src/report/data.js';
import { fileNameOf } from '../../src/report/make-report.js';
import { reportPage } from '../../src/report/page/page.js';
import { at, barelyBegun, completed } from './report-data.js';

/** What a page may have: nothing that runs, and nothing that is fetched. */
const tagsAllowed = [
  ...['html', 'head', 'meta', 'title', 'style', 'body', 'main', 'header', 'section', 'footer', 'h1', 'h2', 'h3', 'p'],
  ...['pre', 'code', 'span', 'strong', 'time', 'div', 'dl', 'dt', 'dd', 'ul', 'ol', 'li', 'details', 'summary'],
  ...['figure', 'figcaption', 'table', 'caption', 'thead', 'tbody', 'tr', 'th', 'td'],
  ...['svg', 'g', 'path', 'rect', 'circle', 'text'],
];
const alone = ['meta', 'path', 'rect', 'circle'];

/** The opening and closing tags, in their order; attributes are between double quotes, or it is none. */
function tagsOf(page: string): readonly (readonly [closing: boolean, name: string, attributes: string])[] {
  const body = page.replace('<!doctype html>', '').replace(/<style>[\s\S]*?<\/style>/, '<style></style>');
  const pieces = body.match(/<[^>]*>?/g) ?? [];
  return pieces.map((piece) => {
    const found = /^<(\/?)(\w+)((?:\s+[\w-]+="[^"<]*")*)\s*\/?>$/.exec(piece);
    if (found === null) throw new Error(`this is no tag of ours: ${piece}`);
    return [found[1] === '/', found[2] ?? '', found[3] ?? ''] as const;
  });
}

function expectWellFormed(page: string): void {
  const open: string[] = [];
  for (const [closing, name, attributes] of tagsOf(page)) {
    expect(tagsAllowed).toContain(name);
    expect(attributes).not.toMatch(/ (?:on\w+|src|href|style)=/);
    if (closing) expect(open.pop()).toBe(name);
    else if (!alone.includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
}

/** What is inside of each element of this name. */
function insides(page: string, name: string): readonly string[] {
  return [...page.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, text]) => text ?? '',
  );
}

const hostile = `"><script>alert(1)</script>'&amp;\u0000\u202e{{x}}<!--`;
/** Words of ours, which choose colours and sentences. */
const ours = ['kind', 'class', 'record', 'stage'];

/** The same with something hostile in the place of every text that comes from elsewhere. */
function spoiled(value: unknown, name = '', depth = 0): unknown {
  if (typeof value === 'string') return ours.includes(name) || (name === 'outcome' && depth === 1) ? value : hostile;
  if (Array.isArray(value)) return value.map((one) => spoiled(one, name, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoiled(one, key, depth + 1)]));
}

describe('the page of an operation', () => {
  it('has a heading for each part, each part named by it, and ids that are there once', () => {
    const page = reportPage(completed);
    expectWellFormed(page);
    expect(insides(page, 'h1')).toEqual(['shop.orders']);
    expect(insides(page, 'h2')).toEqual([
      'At this moment',
      'How it went',
      'Attempts to cut over',
      'Who held it up',
      'What it cost the application',
      'Rate, lag and write latency over time',
      'Verification',
      'Commands and audit trail',
      'Settings and plan',
      'What is left',
      'What this page does not show',
    ]);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...page.matchAll(/<section aria-labelledby="([^"]+)"/g)].map(([, id]) => id)).toEqual(ids);
  });

  it('can be read without seeing it: tables have captions and heads, figures have words', () => {
    const page = reportPage(completed);
    const tables = insides(page, 'table');
    expect(tables.length).toBeGreaterThan(6);
    for (const table of tables) {
      expect(table).toMatch(/<caption>[\s\S]+<\/caption>/);
      expect(table).toMatch(/<th scope="col"/);
    }
    const figures = insides(page, 'figure');
    expect(figures).toHaveLength(2);
    for (const figure of figures) {
      expect(figure).toMatch(/<figcaption>[\s\S]+<\/figcaption>/);
      expect(figure).toMatch(/<svg [^>]*role="img" aria-label="[^"]+"/);
    }
    expect(figures[1]).toContain('21,231 rows/s on average, 30,000 at most.');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<title>shop.orders (completed) – Switchyard</title>');
  });

  it('needs nothing from elsewhere and runs nothing', () => {
    const page = reportPage(completed);
    expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
    expect(page).not.toMatch(/url\(|@import|https?:\/\//);
  });

  it('tells what there is', () => {
    const page = reportPage(completed);
    for (const text of [
      ...['ALTER TABLE orders ADD COLUMN note TEXT', 'SOME_ERROR', 'Mend it.', 'SERVER_GONE', 'no lock within 1000 ms'],
      ...['41 report@10.0.0.7', 'and 1 more', 'SHARED_READ on shop.orders', 'sale', 'Held back.', 'audit log'],
      ...['840,000', '4.25 ms', '30 ms', 'column a', 'cutOver.maxAttempts', 'a trigger', 'The old table is kept.'],
      ...['2026-11-30 06:00:00 UTC', '2 min', 'Writes were held up for 1.0 s in all, by one attempt'],
    ]) {
      expect(page).toContain(text);
    }
  });

  it('shows what others have said as text, whatever it is', () => {
    const page = reportPage(spoiled(completed) as ReportData);
    expectWellFormed(page);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<!--');
    for (const unshown of ['\u0000', '\u202e']) expect(page).not.toContain(unshown);
    const shown = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;amp;\ufffd\ufffd{{x}}&lt;!--';
    expect(page.split(shown).length).toBeGreaterThan(60);
  });

  it('holds where hardly anything is known', () => {
    const page = reportPage(barelyBegun);
    expectWellFormed(page);
    expect(insides(page, 'svg')).toEqual([]);
    expect(page).toContain('Nothing has run yet.');
    expect(page).toContain('Nobody has commanded anything');
    expect(page).toContain('Running for');
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  it('holds with odd times, a sample alone, and what goes on', () => {
    const [series] = completed.series;
    const [interval] = completed.intervals;
    if (series === undefined || interval === undefined) throw new Error('there is one');
    const odd: ReportData = {
      ...{ ...completed, startedAt: 'some day', endedAt: null, outcome: 'running' },
      series: [
        { ...series, samples: series.samples.slice(0, 1) },
        { ...series, stage: 'indexing', samples: [] },
      ],
      intervals: [{ ...interval, to: null }],
      attempts: completed.attempts.map((attempt) => ({ ...attempt, endedAt: null, blockedMs: null })),
    };
    const page = reportPage(odd);
    expectWellFormed(page);
    expect(page).toContain('still going on');
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  it('stays short where thousands of commands were given, and says so', () => {
    const [entry] = completed.audit;
    if (entry === undefined) throw new Error('there is one');
    const many = Array.from({ length: 3_000 }, (_, index) => ({ ...entry, at: at(index), message: `answer ${index}` }));
    const page = reportPage({ ...completed, audit: many });
    expect(page).toContain(`The first ${linesShownMax} of 3,000.`);
    expect(page).toContain('answer 499');
    expect(page).not.toContain('answer 500');
  });

  it('is the same text for the same data', () => {
    expect(reportPage(completed)).toBe(reportPage(structuredClone(completed)));
  });
});

describe('the name of the file', () => {
  it.each([
    ['online-ddl/commerce/shop/orders', 'online-ddl-commerce-shop-orders.html'],
    ['../../etc/passwd', 'etc-passwd.html'],
    ['...', 'operation.html'],
    ['x'.repeat(1_000), `${'x'.repeat(150)}.html`],
  ])('is made of the id %s, and stays in its folder', (workflowId, name) => {
    expect(fileNameOf(workflowId)).toBe(name);
  });
});
