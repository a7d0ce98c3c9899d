/**
 * What a write takes on the servers of an operation before it copies anything, and while it works in bulk: kept in the
 * sidecar for the result, and looked at by the throttle (P12). Nothing that fails here fails the work.
 */
import type { LatencySummary, WriteLatency } from '../../../domain/write-latency.js';
import { keepLatenciesIntervalMs, writeProbeBeginMs } from '../../../limits/mysql-table.js';
import type { ReplicaLag, WriteSight } from '../../../throttle/source.js';
import { holdProbe, type HeldProbe } from '../../server/probe/held-probe.js';
import { Latencies } from '../../server/probe/latencies.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import type { SessionSource } from '../../server/session/session-on-demand.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { addLatencies, loadLatencies, type StoredLatencies } from '../../server/sidecar/write-latencies.js';

export interface MeasuredOperation {
  readonly operationId: string;
  readonly token: string;
  /** Those that it reads from and writes to, each once. */
  readonly clusters: readonly ClusterSettings[];
  /** On the sidecar of the operation. */
  readonly control: SessionSource;
}

export class MeasuredWrites {
  readonly #operation: MeasuredOperation;
  #probes: readonly HeldProbe[] = [];
  /** The median of before, by cluster. */
  readonly #before = new Map<string, number>();
  /** What is not kept yet, by cluster. */
  #during = new Map<string, Latencies>();
  /** One transaction after the other. */
  #stored: Promise<void> = Promise.resolve();

  readonly #onWrite: (cluster: string, ms: number) => void;

  /** @param onWrite gets to know each write that is measured while it works. */
  constructor(operation: MeasuredOperation, onWrite: (cluster: string, ms: number) => void = () => undefined) {
    this.#operation = operation;
    this.#onWrite = onWrite;
  }

  /** Measures while `work` lasts. What throttles by it may look only meanwhile. @throws what the work throws. */
  async meanwhile<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#probes = this.#operation.clusters.map((cluster) => holdProbe(cluster));
    const timer = setInterval(() => void this.#keep(), keepLatenciesIntervalMs);
    let forget: readonly (() => void)[] = [];
    try {
      await this.#lookBefore();
      forget = this.#probes.map(({ cluster, writes }) => writes.onWrite((ms) => this.#add(cluster, ms)));
      return await work();
    } finally {
      clearInterval(timer);
      for (const one of forget) one();
      for (const probe of this.#probes) probe.release();
      this.#probes = [];
      await this.#keep();
    }
  }

  /** What a write takes now. @throws where that is not known. */
  writes(): readonly WriteSight[] {
    return this.#probes.map(({ cluster, writes }) => ({
      cluster,
      ms: writes.latencyMs,
      beforeMs: this.#before.get(cluster) ?? null,
    }));
  }

  /** What a write takes now on the slowest of the servers; undefined where that is not known. */
  get slowestMs(): number | undefined {
    try {
      const known = this.writes().map(({ ms }) => ms);
      return known.length === 0 ? undefined : Math.max(...known);
    } catch {
      return undefined;
    }
  }

  /** How far the replicas are behind. @throws where that is not known of one of them, and where there is none. */
  async replicas(): Promise<readonly ReplicaLag[]> {
    const some = this.#probes.flatMap(({ cluster, replicas }) =>
      replicas === undefined ? [] : [{ cluster, replicas }],
    );
    if (some.length === 0) {
      const names = this.#operation.clusters.map(({ name }) => name).join(' and ');
      throw new Error(`the configuration of the worker names no replicas of ${names}`);
    }
    const looks = some.map(async ({ cluster, replicas }) =>
      (await replicas.look()).map(({ replica, lagMs }) => ({ replica: `${replica} of ${cluster}`, lagMs })),
    );
    return (await Promise.all(looks)).flat();
  }

  /** All that was measured of the operation, also by other workers; empty where it cannot be read. */
  async report(): Promise<readonly WriteLatency[]> {
    const { control, operationId, clusters } = this.#operation;
    const stored = await control.use((session) => loadLatencies(session, operationId)).catch(() => []);
    const summaryOf = (cluster: string, span: StoredLatencies['span']): LatencySummary | null =>
      stored.find((one) => one.cluster === cluster && one.span === span)?.latencies.summary() ?? null;
    const all = clusters.map(({ name: cluster }) => ({
      ...{ cluster, before: summaryOf(cluster, 'before'), during: summaryOf(cluster, 'during') },
    }));
    return all.filter(({ before, during }) => before !== null || during !== null);
  }

  /** Once for each operation, before its first row: what others do at that time is part of it. */
  async #lookBefore(): Promise<void> {
    const { control, operationId } = this.#operation;
    try {
      const stored = await control.use((session) => loadLatencies(session, operationId));
      for (const { cluster, span, latencies } of stored) if (span === 'before') this.#learn(cluster, latencies);
      const unknown = this.#probes.filter(({ cluster }) => !this.#before.has(cluster));
      await Promise.all(unknown.map(({ writes }) => writes.begun(writeProbeBeginMs)));
      const seen = unknown.flatMap(({ cluster, writes }): StoredLatencies[] => {
        const latencies = new Latencies();
        for (const ms of writes.recentMs) latencies.add(ms);
        return latencies.summary() === null ? [] : [{ cluster, span: 'before', latencies }];
      });
      for (const { cluster, latencies } of seen) this.#learn(cluster, latencies);
      await this.#store(seen);
    } catch {
      // The work itself meets what is wrong with the server, or goes on without.
    }
  }

  #learn(cluster: string, latencies: Latencies): void {
    const summary = latencies.summary();
    if (summary !== null) this.#before.set(cluster, summary.p50Ms);
  }

  #add(cluster: string, ms: number): void {
    const latencies = this.#during.get(cluster) ?? new Latencies();
    latencies.add(ms);
    this.#during.set(cluster, latencies);
    this.#onWrite(cluster, ms);
  }

  async #keep(): Promise<void> {
    const taken = this.#during;
    this.#during = new Map();
    const stored = [...taken].map(([cluster, latencies]): StoredLatencies => ({ cluster, span: 'during', latencies }));
    await this.#store(stored);
  }

  /** What cannot be kept is lost: some seconds of many. */
  #store(some: readonly StoredLatencies[]): Promise<void> {
    if (some.length === 0) return this.#stored;
    const { control, operationId, token } = this.#operation;
    this.#stored = this.#stored
      .then(() =>
        control.use((session) =>
          fencedTransaction(session, operationId, token, async () => {
            for (const one of some) await addLatencies(session, operationId, one);
          }),
        ),
      )
      .catch(() => undefined);
    return this.#stored;
  }
}
