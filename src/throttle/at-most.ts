/** Sources that are one figure with a greatest value. */
import { z } from 'zod';
import type { Sights, ThrottleSource } from './source.js';

interface Figure {
  readonly description: string;
  readonly example: number;
  /** The least and the greatest limit. */
  readonly range: readonly [min: number, max: number];
  /** The figure in words. */
  words(figure: string): string;
  read(sights: Sights): number | Promise<number>;
}

/** Waits while the figure is above its limit. */
export function atMost({ description, example, range: [min, max], words, read }: Figure): ThrottleSource<number> {
  return {
    schema: z.number().int().min(min).max(max),
    description,
    example,
    watch(limit, sights) {
      const judge = (figure: number) =>
        figure > limit ? { why: `${words(shown(figure))}, at most ${shown(limit)}` } : null;
      return {
        look: () => {
          const figure = read(sights);
          return typeof figure === 'number' ? judge(figure) : figure.then(judge);
        },
      };
    },
  };
}

/** As people write it. */
export function shown(figure: number): string {
  return figure.toLocaleString('en', { maximumFractionDigits: 3 });
}
