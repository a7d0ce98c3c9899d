/**
 * The low watermark: chunks end out of order, but only an unbroken run of ended chunks counts. Resuming starts there;
 * what was copied above it is copied again with an anti-join.
 */
import type { Key } from '../../../binlog/key.js';

interface Range {
  readonly upper: Key;
  done: boolean;
}

export class Watermark {
  readonly #open: Range[] = [];
  #low: Key | null;

  constructor(low: Key | null) {
    this.#low = low;
  }

  /** Every key up to and including this one is copied. */
  get low(): Key | null {
    return this.#low;
  }

  /** Registers the next range in key order; call the result when it is copied. */
  begin(upper: Key): () => void {
    const range: Range = { upper, done: false };
    this.#open.push(range);
    return () => {
      range.done = true;
      while (this.#open[0]?.done === true) this.#low = (this.#open.shift() as Range).upper;
    };
  }
}
