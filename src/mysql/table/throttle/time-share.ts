/** Lets reading go on for a share of the time only, however much there is to read, and whatever else holds it back. */
import { withJointSignal } from '../../server/session/joint-signal.js';

/** What a chunk has to pass, and hears of it: the throttle, or less than that. */
export interface Pace {
  /** Whether chunks are to be small, and taken one at a time. */
  readonly isGentle: boolean;
  /** Resolves when the next chunk may begin, or when the signal is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  /** Rows that were read, and how long that took. */
  passed(rows: number, tookMs: number): void;
}

export class TimeShare implements Pace {
  readonly #shareMax: number;
  readonly #also: Pace | undefined;
  /** When the next chunk may begin, performance.now(). */
  #dueAt = -Infinity;

  /** @param shareMax above 0, at most 1; of all lanes together. @param also has to be passed, too. */
  constructor(shareMax: number, also?: Pace) {
    this.#shareMax = shareMax;
    this.#also = also;
  }

  get isGentle(): boolean {
    return this.#also?.isGentle === true;
  }

  async pass(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#dueAt - performance.now();
      if (waitMs <= 0) return this.#also?.pass(signal);
      await withJointSignal([signal], { withinMs: waitMs }, aborted);
    }
  }

  passed(rows: number, tookMs: number): void {
    this.#also?.passed(rows, tookMs);
    this.#dueAt = Math.max(this.#dueAt, performance.now() - tookMs) + tookMs / this.#shareMax;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
