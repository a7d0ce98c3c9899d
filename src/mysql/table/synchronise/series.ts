/**
 * A series of samples that stays small however long it goes on: when it is full, two neighbours become one, and the spacing
 * doubles. What is merged keeps the worst, so that a peak is never lost; rows are a count, of which the later one is right.
 */
import type { Sample, SampledSeries, SampledStage } from '../../../domain/samples.js';
import { samplesMax } from '../../../limits/mysql-table.js';

export class Series {
  #spacingMs: number;
  #samples: Sample[] = [];

  constructor(
    readonly stage: SampledStage,
    /** Those of `slowestWriteMs`. */
    readonly clusters: readonly string[],
    spacingMs: number,
  ) {
    this.#spacingMs = spacingMs;
  }

  /** As long as the last one is not as far from the one before it as it has to be, it takes further ones in. */
  add(sample: Sample): void {
    const last = this.#samples.at(-1);
    const before = this.#samples.at(-2);
    const isShort = last !== undefined && before !== undefined && last.atMs - before.atMs < this.#spacingMs;
    // After a pause it stays as short as it is: what comes now is no part of that time.
    if (isShort && sample.atMs - last.atMs <= this.#spacingMs) {
      this.#samples[this.#samples.length - 1] = merged(last, sample);
      return;
    }
    this.#samples.push(sample);
    if (this.#samples.length > samplesMax) this.#thinOut();
  }

  /** What was kept before, by another run, comes in front of what there is. */
  goesOnAfter({ clusters, spacingMs, samples }: SampledSeries): void {
    const own = this.#samples;
    this.#samples = samples.map((sample) => ({
      ...sample,
      slowestWriteMs: this.clusters.map((name) => sample.slowestWriteMs[clusters.indexOf(name)] ?? null),
    }));
    this.#spacingMs = Math.max(this.#spacingMs, spacingMs);
    for (const sample of own) this.add(sample);
  }

  get kept(): SampledSeries {
    const { stage, clusters } = this;
    return { stage, clusters, spacingMs: this.#spacingMs, samples: this.#samples };
  }

  /** The first one stays: rates begin with it. */
  #thinOut(): void {
    this.#spacingMs *= 2;
    const [first, ...others] = this.#samples;
    const thinned = first === undefined ? [] : [first];
    for (let index = 0; index < others.length; index += 2) {
      const [one, other] = [others[index], others[index + 1]];
      if (one !== undefined) thinned.push(other === undefined ? one : merged(one, other));
    }
    this.#samples = thinned;
  }
}

function merged(one: Sample, later: Sample): Sample {
  return {
    atMs: later.atMs,
    rows: later.rows ?? one.rows,
    lagMs: worst(one.lagMs, later.lagMs),
    slowestWriteMs: later.slowestWriteMs.map((ms, index) => worst(one.slowestWriteMs[index] ?? null, ms)),
  };
}

function worst(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
