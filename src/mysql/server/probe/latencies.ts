/** How long writes took: counts by size, which are small to keep, can be added up, and tell percentiles to a tenth. */
import type { LatencySummary } from '../../../domain/write-latency.js';

const leastMs = 0.1;
const growth = 1.1;

export class Latencies {
  /** By the number of their size: above `leastMs * growth ** (size - 1)`, and up to `leastMs * growth ** size`. */
  readonly #counts = new Map<number, number>();

  /** As `toText` has told them. */
  static parse(text: string): Latencies {
    const latencies = new Latencies();
    for (const [size, count] of JSON.parse(text) as [number, number][]) latencies.#count(size, count);
    return latencies;
  }

  add(ms: number): void {
    this.#count(Math.max(0, Math.ceil(Math.log(ms / leastMs) / Math.log(growth))), 1);
  }

  addAll(other: Latencies): void {
    for (const [size, count] of other.#counts) this.#count(size, count);
  }

  toText(): string {
    return JSON.stringify([...this.#counts].sort(([one], [other]) => one - other));
  }

  /** Null where there is none. */
  summary(): LatencySummary | null {
    const writes = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    if (writes === 0) return null;
    return { writes, p50Ms: this.#percentile(writes * 0.5), p99Ms: this.#percentile(writes * 0.99) };
  }

  #count(size: number, count: number): void {
    this.#counts.set(size, (this.#counts.get(size) ?? 0) + count);
  }

  #percentile(rank: number): number {
    const sizes = [...this.#counts].sort(([one], [other]) => one - other);
    let seen = 0;
    const [size] = sizes.find(([, count]) => (seen += count) >= rank) ?? sizes.at(-1) ?? [0];
    // As many digits as it is exact to, and one more.
    return Number((leastMs * growth ** size).toPrecision(3));
  }
}
