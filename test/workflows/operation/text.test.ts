import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { OnlineDdlStatus } from '../../../src/contract/migration/status.js';
import { detailsBytesMax } from '../../../src/limits/workflows.js';
import { initialState } from '../../../src/lifecycle/migration/state.js';
import { initialState as initialMove } from '../../../src/lifecycle/move/state.js';
import { detailsOf } from '../../../src/workflows/migration/details.js';
import { readRequest } from '../../../src/workflows/migration/request.js';
import { statusOf } from '../../../src/workflows/migration/status.js';
import { moveDetailsOf } from '../../../src/workflows/move/details.js';
import { moveStatusOf } from '../../../src/workflows/move/status.js';
import { cutToBytes } from '../../../src/workflows/operation/text.js';

describe('text for the UI', () => {
  it('is never longer than allowed and never cut inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 60 }), (text, bytesMax) => {
        const cut = cutToBytes(text, bytesMax);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytesMax);
        expect(cut).not.toContain('\ufffd');
        if (Buffer.byteLength(text) <= bytesMax) expect(cut).toBe(text);
        else expect(text.startsWith(cut.slice(0, -1)) && cut.endsWith('…')).toBe(true);
      }),
    );
  });

  it('has room for many long blockers, each on one line of its table', () => {
    const blocker = {
      id: 7,
      user: 'a|b',
      host: '10.0.0.1',
      ageSeconds: 3,
      holds: 'SHARED_WRITE on shop.orders',
      statement: `UPDATE \`orders\`\nSET x = '|' ${'y'.repeat(5_000)}`,
    };
    const status: OnlineDdlStatus = {
      ...statusOf(readRequest({ cluster: 'commerce', database: 'shop', statement: 'ALTER' }), null, initialState),
      blockers: Array.from({ length: 500 }, () => blocker),
      warnings: Array.from({ length: 500 }, (_, number) => `warning ${number}`),
    };
    const details = detailsOf(status, { name: 'resume', input: {} }, { namespace: 'default', workflowId: 'w1' });
    expect(Buffer.byteLength(details)).toBeLessThanOrEqual(detailsBytesMax);
    // The UI hides the end of a page, so that must not be anything.
    expect(details.endsWith('\n\n&nbsp;')).toBe(true);
    const rows = details.split('\n').filter((line) => line.startsWith('| 7 |'));
    expect(rows).toHaveLength(20);
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8);
  });

  it('says who has paused an operation, why and since when, of both kinds', () => {
    const paused = { by: 'operator', reason: 'backup', since: '2026-11-21T00:00:00.000Z' } as const;
    const held = { pauseReasons: ['operator'], paused } as const;
    const place = { cluster: 'commerce', database: 'shop' };
    const workflow = { namespace: 'default', workflowId: 'w1' };
    const request = readRequest({ ...place, statement: 'ALTER' });
    const migration = statusOf(request, null, { ...initialState, ...held });
    const move = moveStatusOf({ name: 'orders', source: place, target: place }, null, { ...initialMove, ...held });
    for (const [status, page] of [
      [migration, detailsOf(migration, null, workflow)],
      [move, moveDetailsOf(move, null, workflow)],
    ] as const) {
      expect(status).toMatchObject({ ...held, reason: 'Paused by the operator: backup' });
      expect(page).toContain(`| Paused | by the operator since ${paused.since}: backup |`);
    }
  });
});
