/** How long clients waited for what they asked, as they saw it. */
import type { Latency } from './figures.js';

/** From the first statement to the last answer; performance.now(). */
interface Timed {
  readonly startedAt: number;
  readonly endedAt: number;
}

export class Timings {
  readonly #all: Timed[] = [];

  /** Of what ends now. */
  add(startedAt: number): void {
    this.#all.push({ startedAt, endedAt: performance.now() });
  }

  get count(): number {
    return this.#all.length;
  }

  /** Of what began in the interval. */
  latency(from: number, to: number): Latency {
    const begun = this.#all.filter(({ startedAt }) => startedAt >= from && startedAt < to);
    const sorted = begun.map(({ startedAt, endedAt }) => endedAt - startedAt).sort((a, b) => a - b);
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    const perSecond = (begun.length * 1_000) / Math.max(to - from, 1);
    return { transactions: begun.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }

  /** The longest that overlaps the interval, in milliseconds; 0 where none does. */
  longestOverlapMs(from: number, to: number): number {
    const overlapping = this.#all.filter(({ startedAt, endedAt }) => startedAt <= to && endedAt >= from);
    return overlapping.reduce((longest, { startedAt, endedAt }) => Math.max(longest, endedAt - startedAt), 0);
  }
}
