/** What works in this process, as the metrics show it: how much of it, how far behind, and what it has copied. */
import { workMetrics as metrics } from '../contract/operation/metrics.js';
import type { ProgressHeartbeat } from '../domain/progress.js';
import type { SeeWork } from '../domain/work-seen.js';
import type { Reading } from './reading.js';

type Labels = Parameters<SeeWork>[0];

interface Running {
  readonly labels: Labels;
  latest: ProgressHeartbeat | undefined;
}

export class RunningWork {
  readonly #running = new Set<Running>();
  readonly #onRows: (rows: number, labels: Labels) => void;

  /** @param onRows gets to know of rows that were copied. */
  constructor(onRows: (rows: number, labels: Labels) => void) {
    this.#onRows = onRows;
  }

  readonly see: SeeWork = ({ kind, cluster }) => {
    const running: Running = { labels: { kind, cluster }, latest: undefined };
    this.#running.add(running);
    return {
      progress: (progress) => {
        this.#count(running, progress);
        running.latest = progress;
      },
      ended: () => void this.#running.delete(running),
    };
  };

  /** What was there at the first look was copied before. */
  #count({ labels, latest }: Running, { stage, rows }: ProgressHeartbeat): void {
    if (stage !== 'copying' || latest?.stage !== 'copying' || latest.rows === undefined || rows === undefined) return;
    if (rows > latest.rows) this.#onRows(rows - latest.rows, labels);
  }

  /** How many there are of each stage, and the worst lag of each kind and cluster. */
  get readings(): readonly Reading[] {
    const readings = new Map<string, Reading>();
    for (const { labels, latest } of this.#running) {
      if (latest === undefined) continue;
      const { stage, lagMs } = latest;
      const counted = `${labels.kind} ${labels.cluster} ${stage}`;
      const value = (readings.get(counted)?.value ?? 0) + 1;
      readings.set(counted, { metric: metrics.running, value, labels: { ...labels, stage } });
      if (lagMs === undefined) continue;
      const lag = `${labels.kind} ${labels.cluster}`;
      const worst = Math.max(readings.get(lag)?.value ?? 0, lagMs / 1_000);
      readings.set(lag, { metric: metrics.lag, value: worst, labels });
    }
    return [...readings.values()];
  }
}
