import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Watermark } from '../../../../src/mysql/table/chunks/watermark.js';

describe('Watermark', () => {
  it('is the end of the unbroken run of copied ranges, in whatever order they end', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(12).keys()]), (ended) => {
        const watermark = new Watermark(null);
        const done = [...Array(12).keys()].map((n) => watermark.begin([String(n)]));
        const copied = new Set<number>();
        for (const n of ended) {
          done[n]?.();
          copied.add(n);
          let run = 0;
          while (copied.has(run)) run += 1;
          expect(watermark.low).toEqual(run === 0 ? null : [String(run - 1)]);
        }
      }),
    );
  });
});
