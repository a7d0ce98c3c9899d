/** What has a value at any time, read now and then while a worker runs. */
import type { MetricMeter } from '@temporalio/common';
import { measure, workMetrics as metrics } from '../contract/operation/metrics.js';
import { gaugesIntervalMs, openLookIntervalMs } from '../limits/telemetry.js';
import { measuredLatenciesMs } from '../mysql/server/probe/held-probe.js';
import { sessionCounts } from '../mysql/server/session/session-counts.js';
import type { OpenOperations } from './open-operations.js';
import type { Reading } from './reading.js';

export class Gauges {
  readonly #meter: MetricMeter;
  readonly #read: () => readonly Reading[];
  #shown = new Map<string, Reading>();
  #open: OpenOperations | undefined;
  #workers = 0;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(meter: MetricMeter, read: () => readonly Reading[]) {
    this.#meter = meter;
    this.#read = read;
  }

  /** Shows, too, what is open; of the first worker, since all know the same. */
  lookAt(open: () => OpenOperations): void {
    this.#open ??= open();
  }

  /** Shows them while this lasts, whatever number of workers the process has. @throws what it throws. */
  async during(run: () => Promise<void>): Promise<void> {
    this.#workers += 1;
    if (this.#workers === 1) this.#begin();
    try {
      await run();
    } finally {
      this.#workers -= 1;
      if (this.#workers === 0) for (const timer of this.#timers) clearInterval(timer);
    }
  }

  #begin(): void {
    const look = (): void => void this.#open?.look();
    look();
    this.#timers = [setInterval(() => this.show(), gaugesIntervalMs), setInterval(look, openLookIntervalMs)];
  }

  /** What was shown before, and is not there any more, is 0. */
  show(): void {
    const before = this.#shown;
    this.#shown = new Map(
      [...this.#read(), ...(this.#open?.readings ?? [])].map((reading) => [keyOf(reading), reading]),
    );
    for (const [key, reading] of before) if (!this.#shown.has(key)) this.#set({ ...reading, value: 0 });
    for (const reading of this.#shown.values()) this.#set(reading);
  }

  #set({ metric, value, labels }: Reading): void {
    measure(this.#meter, metric, value, labels);
  }
}

function keyOf({ metric, labels }: Reading): string {
  return `${metric.name} ${JSON.stringify(labels)}`;
}

/** What there is to read on the servers of this process. */
export function serverReadings(): readonly Reading[] {
  return [
    ...[...measuredLatenciesMs()].map(([cluster, ms]) => {
      return { metric: metrics.writeLatency, value: ms / 1_000, labels: { cluster } };
    }),
    ...[...sessionCounts()].map(([cluster, value]) => ({ metric: metrics.sessions, value, labels: { cluster } })),
  ];
}
