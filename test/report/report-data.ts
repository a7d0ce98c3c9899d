/** Data of reports that never were. */
import type { ReportData } from '../../src/report/data.js';
import type { Sample } from '../../src/domain/samples.js';

const beganMs = Date.parse('2026-11-30T06:00:00.000Z');

export function at(seconds: number): string {
  return new Date(beganMs + seconds * 1_000).toISOString();
}

/** A copy that goes on at a steady rate, and slows down once. */
function copied(index: number): Sample {
  const rows = index < 20 ? index * 30_000 : 600_000 + (index - 20) * 12_000;
  return { atMs: beganMs + (10 + index) * 1_000, rows, lagMs: index * 7, slowestWriteMs: [3 + (index % 5)] };
}

const blocker = {
  ...{ id: 41, user: 'report', host: '10.0.0.7', ageSeconds: 310 },
  ...{ statement: 'SELECT * FROM `orders`', holds: 'SHARED_READ on shop.orders' },
};

/** A migration that is over, with everything that a page can show. */
export const completed: ReportData = {
  madeAt: at(4_000),
  kind: 'onlineDdl',
  name: 'shop.orders',
  workflowId: 'online-ddl/commerce/shop/orders',
  operationId: '0123456789',
  outcome: 'completed',
  phase: 'completed',
  reason: 'Its window is over.',
  nextStep: 'Nothing.',
  startedAt: at(0),
  endedAt: at(120),
  statement: 'ALTER TABLE orders ADD COLUMN note TEXT',
  tables: ['orders'],
  header: [{ name: 'Cluster', value: 'commerce' }],
  error: { code: 'SOME_ERROR', message: 'It went wrong.', remedy: 'Mend it.' },
  warnings: ['It is old.'],
  now: [{ name: 'Progress', value: 'copying, 12 %' }],
  intervals: [
    {
      ...{ phase: 'copying', class: 'work', summary: 'copy shop.orders', from: at(10), to: at(50), outcome: 'reached' },
      ...{ tries: 2, problem: 'SERVER_GONE: it is gone' },
    },
    {
      ...{ phase: 'cuttingOver', class: 'attempt', summary: 'attempt 1', from: at(60), to: at(61), outcome: 'swapped' },
      ...{ tries: 1, problem: null },
    },
  ],
  attempts: [
    {
      ...{ what: 'cut-over', number: 1, startedAt: at(60), endedAt: at(61), outcome: 'blocked', succeeded: false },
      ...{ detail: 'no lock within 1000 ms', blockedMs: 1_000, blockers: [blocker, blocker, blocker, blocker] },
    },
  ],
  blockers: [blocker],
  audit: [
    {
      ...{ at: at(55), command: 'postpone', via: 'update', by: 'ada', reason: 'sale', outcome: 'done' },
      ...{ message: 'Held back.', record: 'log' },
    },
  ],
  series: [
    {
      ...{ stage: 'copying', keptOn: 'commerce', clusters: ['commerce'], spacingMs: 1_000 },
      samples: Array.from({ length: 40 }, (_, index) => copied(index)),
    },
  ],
  writeLatency: [
    {
      cluster: 'commerce',
      before: { writes: 20, p50Ms: 2, p99Ms: 4.25 },
      during: { writes: 400, p50Ms: 3, p99Ms: 30 },
    },
  ],
  verification: {
    ...{ rowsCopied: 840_000, verified: true, notCompared: ['column a'], rowsCompared: 840_000, differences: 'three' },
    tables: [
      {
        ...{ table: 'orders', rowsCopied: 840_000, copiedAt: at(50), indexedAt: at(52), verifiedAt: null },
        notCompared: ['column a'],
      },
    ],
  },
  settings: [{ name: 'cutOver.maxAttempts', value: '2' }],
  plan: ['Copy the rows.'],
  residuals: ['a trigger'],
  retained: ['The old table is kept.'],
  gaps: ['Earlier runs are missing.'],
};

/** One of which nothing is known but that it was started. */
export const barelyBegun: ReportData = {
  ...completed,
  ...{ operationId: null, outcome: 'running', phase: null, reason: null, nextStep: null, endedAt: null, error: null },
  ...{ tables: [], header: [], warnings: [], now: [], intervals: [], attempts: [], blockers: [], audit: [] },
  ...{ series: [], writeLatency: [], settings: [], plan: [], residuals: [], retained: [], gaps: [] },
  verification: {
    ...{ rowsCopied: null, verified: null, notCompared: [], rowsCompared: null, differences: null, tables: [] },
  },
};
