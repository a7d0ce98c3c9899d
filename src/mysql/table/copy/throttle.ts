/** Holds copying back: to a rate, while the feed lags, and while the source's server is busy. Following is never held back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { throttleLookMs } from '../../../limits/throttle.js';
import type { Session } from '../../server/session/session.js';

/** Absent or null: no limit. */
export interface ThrottleLimits {
  readonly rowsPerSecondMax?: number | null | undefined;
  /** Milliseconds between the commit of a change and its arrival in the copy. */
  readonly lagMsMax?: number | null | undefined;
  /** Threads_running of the source's server, ours among them. */
  readonly threadsRunningMax?: number | null | undefined;
}

export interface ThrottleOptions {
  readonly limits: ThrottleLimits;
  readonly lagMs: () => number;
  /** A control session on the source; nobody else uses it. */
  readonly looking: Session;
  readonly signal: AbortSignal;
}

export class Throttle {
  readonly #options: ThrottleOptions;
  /** When the next chunk may begin, performance.now(). */
  #dueAt = 0;
  #looking: Promise<boolean> | undefined;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Resolves when the next chunk may begin, or when the signal is aborted. */
  async pass(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const waitMs = Math.max(this.#dueAt - performance.now(), (await this.#isHeld()) ? throttleLookMs : 0);
      if (waitMs <= 0) return;
      await sleep(Math.min(waitMs, throttleLookMs), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Rows that were copied: the next chunk of any lane begins so much later. */
  copied(rows: number): void {
    const { rowsPerSecondMax } = this.#options.limits;
    if (rowsPerSecondMax == null) return;
    this.#dueAt = Math.max(this.#dueAt, performance.now()) + (rows / rowsPerSecondMax) * 1_000;
  }

  /** Lanes that ask at once share one look. */
  #isHeld(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    const { limits, lagMs, looking } = this.#options;
    if (limits.lagMsMax != null && lagMs() > limits.lagMsMax) return true;
    if (limits.threadsRunningMax == null) return false;
    const { running } = await looking.row<{ running: number | string }>(
      `SELECT variable_value AS running FROM performance_schema.global_status WHERE variable_name = 'Threads_running'`,
    );
    return Number(running) > limits.threadsRunningMax;
  }
}
