/** What people see: of every kind and phase, within the places of their terminal, and never obeyed as control characters. */
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { listLines, listRemarks, type ListedOperation } from '../../src/cli/show/list.js';
import { durationWords } from '../../src/cli/show/numbers.js';
import { operationLines, type AnyStatus, type ShownOperation } from '../../src/cli/show/operation.js';
import { bar, plot } from '../../src/cli/show/plot.js';
import { cut, plain, widthOf, wrapped } from '../../src/cli/show/text.js';
import { logLine, Seen, watchLines } from '../../src/cli/show/watch.js';
import { initialState } from '../../src/lifecycle/migration/state.js';
import { initialState as initialMove } from '../../src/lifecycle/move/state.js';
import { statusOf } from '../../src/workflows/migration/status.js';
import { moveStatusOf } from '../../src/workflows/move/status.js';

const nowMs = Date.parse('2026-11-30T07:00:00Z');
const startedAt = '2026-11-30T06:50:00.000Z';
const drawn = { columns: 100, colours: pc.createColors(false), nowMs };
const statement = 'ALTER TABLE orders ADD COLUMN note varchar(200)';

const migration: AnyStatus = {
  ...statusOf({ cluster: 'commerce', database: 'shop', statement }, null, initialState),
  ...{ phase: 'postponed', table: 'orders', attempts: 2, nextStep: 'Send resume to let it complete.' },
  nextCommand: { name: 'resume', input: { ignoreWindow: true } },
  postponed: { by: 'operator', reason: 'sale', since: startedAt },
  blockers: [
    { id: 7, user: 'app', host: '10.0.0.1', ageSeconds: 90, statement: 'SELECT', holds: 'SHARED_READ on shop.orders' },
  ],
};
const place = { cluster: 'commerce', database: 'shop' };
const move: AnyStatus = moveStatusOf(
  { name: 'orders', source: place, target: { cluster: 'customer', database: 'crm' } },
  null,
  initialMove,
);
const progress = {
  stage: 'copying',
  percent: 62,
  rows: 1_240_000,
  rowsEstimated: 2_000_000,
  rowsPerSecond: 45_000,
} as const;
const shown: ShownOperation = {
  workflowId: 'online-ddl/commerce/shop/orders',
  ...{ startedAt, status: migration, progress: { ...progress, etaSeconds: 17, lagMs: 12, writeMs: 3.4 } },
};

describe('one operation', () => {
  it('is shown with why, the next command as it is typed, how far it is, and who is in the way', () => {
    const text = operationLines(shown, drawn).join('\n');
    expect(text).toContain('shop.orders on commerce  postponed\nonline-ddl/commerce/shop/orders, begun 10 min ago');
    expect(text).toContain(
      'Next: Send resume to let it complete.\n      switchyard resume online-ddl/commerce/shop/orders --ignore-window',
    );
    expect(text).toMatch(/62\.0 %, 1,240,000 of 2,000,000 rows, 45,000 rows\/s, 17 s left, lag 12 ms/);
    expect(text).toContain(`Statement      ${statement}`);
    expect(text).toContain('Held back      by the operator since');
    expect(text).toMatch(
      /CONNECTION +USER +HOST +AGE +HOLDS +STATEMENT\n7 +app +10\.0\.0\.1 +1 min 30 s +SHARED_READ on/,
    );
  });

  it('is shown of a move, too', () => {
    const text = operationLines({ ...shown, status: move, progress: null }, drawn).join('\n');
    expect(text).toContain('orders: shop on commerce → crm on customer  queued');
  });

  it('says nothing to the terminal: names and statements are other the work of others', () => {
    const bad = '\u001b[2J\u202eorders\u0007';
    const status: AnyStatus = {
      ...migration,
      table: bad,
      reason: bad,
      statement: bad,
      blockers: [{ ...migration.blockers[0]!, user: bad, statement: bad }],
    };
    const of = { ...shown, workflowId: bad, status, progress: { ...progress, detail: bad } };
    const texts = [
      ...operationLines(of, drawn),
      ...watchLines(of, new Seen(), { ...drawn, rows: 40, leave: null }),
      logLine(of, nowMs),
    ];
    // eslint-disable-next-line no-control-regex
    for (const line of texts) expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

describe('the picture', () => {
  it.each([40, 80, 200])('fits into %i columns and into few rows', (columns) => {
    const seen = new Seen();
    for (let second = 0; second < 90; second += 1)
      seen.add({ ...progress, rowsPerSecond: second, lagMs: second, writeMs: 1 });
    const long: AnyStatus = { ...migration, reason: '名前 '.repeat(60), nextStep: 'x'.repeat(300) };
    for (const rows of [12, 40]) {
      const lines = watchLines({ ...shown, status: long }, seen, {
        ...drawn,
        columns,
        rows,
        leave: 'Ctrl-C ends the picture.',
      });
      expect(lines.length).toBeLessThan(rows);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('has bar, rate, lag and write probe with a plot of each', () => {
    const seen = new Seen();
    for (const value of [0, 50, 100]) seen.add({ ...progress, rowsPerSecond: value, lagMs: 100 - value, writeMs: 2 });
    const lines = watchLines(shown, seen, { ...drawn, rows: 40, leave: 'Ctrl-C ends the picture.' });
    expect(lines).toContainEqual(expect.stringMatching(/^copying {5}█+.*░+ {2}62\.0 %, 17 s left$/));
    expect(lines).toContainEqual(expect.stringMatching(/^Rate {8}▁▅█ .*45,000 rows\/s$/));
    expect(lines).toContainEqual(expect.stringMatching(/^Lag {9}█▅▁ .*12 ms$/));
    expect(lines).toContainEqual(expect.stringMatching(/^Write probe {1}███ .*3 ms$/));
    expect(lines.at(-1)).toBe('Ctrl-C ends the picture.');
  });

  it('is one line in a log', () => {
    expect(logLine(shown, nowMs)).toBe(
      '2026-11-30T07:00:00Z shop.orders on commerce: postponed, 62.0 %, 1,240,000 of 2,000,000 rows, 45,000 rows/s, 17 s left, lag 12 ms',
    );
  });
});

describe('the list', () => {
  const listed: ListedOperation = {
    ...{ workflowId: 'move-tables/orders', kind: 'moveTables', open: true, execution: 'RUNNING', startedAt },
    ...{ phase: 'switched', clusters: ['commerce', 'customer'], needsOperator: true },
    tables: ['shop.orders', 'shop.items', 'crm.orders', 'crm.items'],
  };

  it('has phase, what, where, since when and the id', () => {
    const lines = listLines([listed, { ...listed, phase: null, tables: [], clusters: [], needsOperator: null }], drawn);
    expect(lines[0]).toMatch(/^PHASE +WHAT +WHERE +BEGUN +ID$/);
    expect(lines[1]).toMatch(/^switched +! +shop\.orders \+1 +commerce → customer +10 min +move-tables\/orders$/);
    expect(lines[2]).toMatch(/^running +moveTables +- +10 min +move-tables\/orders$/);
  });

  it('says of what was ended by Temporal that it was, and counts who waits for a person', () => {
    expect(listLines([{ ...listed, open: false, execution: 'TERMINATED' }], drawn)[1]).toMatch(/^terminated {2,}shop/);
    expect(listRemarks([listed])).toEqual([expect.stringContaining('1 waits for a person')]);
    expect(listRemarks([{ ...listed, phase: null, needsOperator: null }])).toEqual([
      expect.stringContaining('--register-search-attributes'),
    ]);
  });
});

describe('text and numbers', () => {
  it.each([
    [340, '340 ms'],
    [4_230, '4.2 s'],
    [190_000, '3 min 10 s'],
    [7_500_000, '2 h 5 min'],
    [86_400_000 * 3, '3 d'],
  ])('%i ms is %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });

  it('is cut and broken by its width', () => {
    expect(cut('名前名前', 5)).toBe('名前…');
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(plain('a\n  b\u0007')).toBe('a b\\u0007');
    expect(bar(0.5, 10)).toBe('█████░░░░░');
    expect(plot([null, 0, 4, 8], 3)).toBe('▁▅█');
  });
});
