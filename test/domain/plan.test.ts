/** What people read of a plan: everything that it says, and nothing in it that is taken for Markdown. */
import { describe, expect, it } from 'vitest';
import { bytesText, countText, durationText } from '../../src/domain/plan/numbers.js';
import { renderMarkdown, renderText, summaryOf } from '../../src/domain/plan/render.js';
import { copied, plan } from './plan.js';

describe('A plan', () => {
  it('as text', () => {
    const lines = renderText(plan).split('\n');
    expect(lines[0]).toBe(
      'Plan for cluster commerce, 2026-11-30T07:00:00Z: 2 statements, 1 refused, 1 that takes something away',
    );
    expect(lines.slice(2, 5)).toEqual(['1. shop.orders', '   ALTER TABLE orders', '     DROP COLUMN note']);
    const headings = [
      'does',
      'not',
      'cheapest',
      'size',
      'takes',
      'disk',
      'writers',
      'replicas',
      'revert',
      'destroys',
      'and',
    ];
    expect(lines.slice(5).map((line) => line.trim().split(/ +/)[0])).toEqual([
      ...[...headings, 'planned', 'warning', '', '2.', 'ALTER', 'refused', ''],
    ]);
    const text = lines.join('\n');
    expect(text).toContain('cheapest  the server could do it with INPLACE, LOCK=NONE (it rebuilds no row); Switchyard');
    expect(text).toContain('takes     about 50 s to copy and to build the indexes (5.2 MB/s, a careful guess: nothing');
    expect(text).toContain('the last 4 swaps here held them for 12 ms (median), at most 31 ms');
  });

  it('as Markdown', () => {
    const text = renderMarkdown(plan);
    expect(text).toContain('| **destroys** | COLUMN\\_DROPPED: Column note is dropped, with its values. |');
    expect(text).toContain('Reason: a\\|b');
    expect(text).toContain('\\<b\\>it\\</b\\>');
    expect(text).toContain('```sql\nALTER TABLE orders\n  DROP COLUMN note\n```');
    expect(text).toContain('```sql\nALTER TABLE `or``ders` x\n```');
  });

  it('in a few words', () => {
    expect(summaryOf(plan)).toBe('2 statements, 1 refused, 1 that takes something away');
    expect(summaryOf({ ...plan, statements: [{ ...copied, losses: [] }] })).toBe('1 statement, nothing is taken away');
  });
});

describe('Numbers', () => {
  it('are short', () => {
    expect([999, 1_000, 1_234_567].map(countText)).toEqual(['999', '1,000', '1,234,567']);
    expect([0, 999, 1_500, 16_384_000, 5e12].map(bytesText)).toEqual(['0 B', '999 B', '1.5 kB', '16 MB', '5.0 TB']);
    expect([0, 90, 150, 8_000].map(durationText)).toEqual(['0 s', '90 s', '3 min', '2 h 14 min']);
  });
});
