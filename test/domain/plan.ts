/** A plan with everything that one can say. */
import type { DdlPlan, StatementPlan } from '../../src/domain/statement-plan.js';

export const copied: StatementPlan = {
  statement: 'ALTER TABLE orders\n  DROP COLUMN note',
  ...{ database: 'shop', table: 'orders', plannedOn: 1, does: 'copy', refused: null },
  algorithms: [
    { algorithm: 'instant', possible: false, why: 'ALGORITHM=INSTANT is not supported. Reason: a|b' },
    { algorithm: 'inplace', possible: true, why: 'it rebuilds no row' },
  ],
  size: { rows: 1_234_567, dataBytes: 245_000_000, indexBytes: 61_500_000 },
  duration: { seconds: 50, bytesPerSecond: 5_242_880, measuredOperations: 0 },
  disk: { copyBytes: 306_500_000, binlogBytes: 245_000_000 },
  writers: { lockTimeoutMs: 1_000, seen: { swaps: 4, medianMs: 12.4, longestMs: 31 } },
  replicas: ['db2:3306'],
  revertible: { possible: false, why: 'nothing reverts a migration yet' },
  losses: [
    {
      ...{ code: 'COLUMN_DROPPED', effect: 'destroys', object: 'column', name: 'note' },
      sentence: 'Column note is dropped, with its values.',
    },
  ],
  ...{ lossesNotListed: 2, warnings: ['Replicas are attached.'] },
};

const refused: StatementPlan = {
  ...copied,
  ...{ statement: 'ALTER TABLE `or``ders` x', plannedOn: null, does: null },
  refused: { code: 'STATEMENT_REFUSED', message: 'The server refuses <b>it</b>.' },
  ...{ losses: [], warnings: [] },
};

export const plan: DdlPlan = {
  version: 1,
  cluster: 'commerce',
  plannedAt: '2026-11-30T07:00:00Z',
  statements: [copied, refused],
};
