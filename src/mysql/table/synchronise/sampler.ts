/**
 * Keeps how the work goes over time, for whoever looks back (samples.ts): what it reports, and what small writes of ours
 * take meanwhile. One small write now and then; nothing that fails here fails the work, and what a worker that is killed
 * has not kept yet is lost.
 */
import type { Sample, SampledStage } from '../../../domain/samples.js';
import { sampleSpacingMs } from '../../../limits/mysql-table.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { loadSamples, saveSamples } from '../../server/sidecar/samples.js';
import type { Progress } from './goal.js';
import type { MeasuredOperation } from './measured-writes.js';
import { Series } from './series.js';

export class Sampler {
  readonly #operation: MeasuredOperation;
  readonly #clusters: readonly string[];
  readonly #series = new Map<SampledStage, Series>();
  /** Those that have something which is not kept. */
  readonly #changed = new Set<SampledStage>();
  /** Those whose earlier samples are in front of them. */
  readonly #joined = new Set<SampledStage>();
  #slowestMs = new Map<string, number>();
  /** One after the other. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(operation: MeasuredOperation) {
    this.#operation = operation;
    this.#clusters = operation.clusters.map(({ name }) => name);
  }

  /** The work has reported. */
  saw({ stage, rows, lagMs }: Progress, atMs = Date.now()): void {
    const series = this.#series.get(stage) ?? new Series(stage, this.#clusters, sampleSpacingMs);
    const slowestWriteMs = this.#clusters.map((cluster) => this.#slowestMs.get(cluster) ?? null);
    this.#slowestMs = new Map();
    const sample: Sample = { atMs, rows: rows ?? null, lagMs: lagMs ?? null, slowestWriteMs };
    series.add(sample);
    this.#series.set(stage, series);
    this.#changed.add(stage);
  }

  /** A small write of ours has taken so long. */
  wrote(cluster: string, ms: number): void {
    this.#slowestMs.set(cluster, Math.max(ms, this.#slowestMs.get(cluster) ?? 0));
  }

  /** Keeps after `firstMs`, and then after twice as long each time, up to `maxMs`. @returns ends that. */
  keepNowAndThen(firstMs: number, maxMs: number): () => void {
    let timer: NodeJS.Timeout;
    const keepAfter = (ms: number): void => {
      timer = setTimeout(() => {
        void this.keep();
        keepAfter(Math.min(2 * ms, maxMs));
      }, ms);
    };
    keepAfter(firstMs);
    return () => clearTimeout(timer);
  }

  /** Writes down what is not kept yet. Never throws. */
  keep(): Promise<void> {
    if (this.#changed.size > 0) this.#keeping = this.#keeping.then(() => this.#keepNow()).catch(() => undefined);
    return this.#keeping;
  }

  async #keepNow(): Promise<void> {
    const { control, operationId, token } = this.#operation;
    const changed = [...this.#changed];
    await control.use((session) =>
      fencedTransaction(session, operationId, token, async () => {
        const fresh = changed.filter((stage) => !this.#joined.has(stage));
        const stored = fresh.length === 0 ? [] : await loadSamples(session, operationId);
        for (const stage of fresh) {
          const before = stored.find((one) => one.stage === stage);
          if (before !== undefined) this.#series.get(stage)?.goesOnAfter(before);
          this.#joined.add(stage);
        }
        for (const stage of changed) {
          const series = this.#series.get(stage);
          if (series !== undefined) await saveSamples(session, operationId, series.kept);
        }
      }),
    );
    for (const stage of changed) this.#changed.delete(stage);
  }
}
