/**
 * A small row of our own that is written all the time while something works on a server in bulk. How long that takes is
 * what writes of the application take meanwhile, and how old the row is on a replica is how far that is behind. It is
 * bound to fail now and then, as whatever it tells of: that ends nothing, and whoever asks hears that nothing is known.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  writeProbeForgottenAfterDays,
  writeProbeIntervalMs,
  writeProbeMedianOf,
  writeProbeRetryMs,
  writeProbeSilentMs,
  writeProbeStartLookMs,
  writeProbeStartWrites,
} from '../../../limits/mysql-server.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { errorNumbers, serverErrorNumber } from '../session/server-errors.js';
import { Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';

/** Told how long each write took. */
export type OnWrite = (ms: number) => void;

/** Of the row of this process: nobody else writes it, so that no wait of ours is measured. */
const processId = randomBytes(8).toString('hex');

export class WriteProbe {
  readonly id = processId;
  readonly #cluster: ClusterSettings;
  readonly #stopped = new AbortController();
  readonly #listeners = new Set<OnWrite>();
  /** Of the last writes, in milliseconds. */
  readonly #recent: number[] = [];
  /** Who waits until it has begun. */
  #awaited = 0;
  #session: Session | undefined;
  #writingSince: number | undefined;
  /** What the row has said first, and what it says now. */
  #firstSentMs: number | undefined;
  #lastSentMs: number | undefined;
  #measuredAt = -Infinity;
  /** Why the last write failed. */
  #problem: string | undefined;

  /** Writes until `stop`. */
  constructor(cluster: ClusterSettings) {
    // Not ended with one piece of work: it is for all of this process.
    const { lifeline: _lifeline, database: _database, ...rest } = cluster;
    this.#cluster = rest;
    void this.#run();
  }

  /** What a write takes now: the median of the last ones, or the one that waits where it is longer. @throws where unknown. */
  get latencyMs(): number {
    const waitsMs = this.#waitsMs;
    if (waitsMs === 0 && performance.now() - this.#measuredAt > writeProbeSilentMs) throw this.#silence();
    const last = this.#recent.slice(-writeProbeMedianOf).sort((one, other) => one - other);
    return Math.max(waitsMs, last[Math.floor(last.length / 2)] ?? 0);
  }

  /** For how long a write has not come back; 0 where none is under way. */
  get #waitsMs(): number {
    return this.#writingSince === undefined ? 0 : performance.now() - this.#writingSince;
  }

  /** Of the last writes, how long each took. */
  get recentMs(): readonly number[] {
    return this.#recent;
  }

  /**
   * How far a copy of the row is behind. @param sentMs what it says; undefined where it is not there.
   * @throws where nothing is written that could arrive.
   */
  lagMs(sentMs: number | undefined): number {
    if (this.#lastSentMs === undefined || now() - this.#lastSentMs > writeProbeSilentMs) throw this.#silence();
    if (sentMs === this.#lastSentMs) return 0;
    // What it says may be of an earlier time at which the probe wrote. What comes next was written so much later.
    const since = Math.max(sentMs ?? 0, this.#firstSentMs ?? 0);
    return Math.max(0, now() - since - writeProbeIntervalMs);
  }

  /** Hurries until enough writes are measured to tell what one takes. */
  async begun(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    this.#awaited += 1;
    while (!this.#hasBegun && performance.now() < until && !this.#stopped.signal.aborted) {
      await sleep(writeProbeStartLookMs);
    }
    this.#awaited -= 1;
  }

  /** @returns ends that. */
  onWrite(listener: OnWrite): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#stopped.abort();
    // What it waits for may never come.
    this.#session?.destroy();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const begunAt = performance.now();
      await this.#writeOnce(signal);
      const nextAt = begunAt + this.#intervalMs;
      await sleep(Math.max(0, nextAt - performance.now()), undefined, { signal }).catch(() => undefined);
    }
    this.#session?.destroy();
  }

  get #intervalMs(): number {
    if (this.#problem !== undefined) return writeProbeRetryMs;
    return this.#awaited > 0 && !this.#hasBegun ? 0 : writeProbeIntervalMs;
  }

  get #hasBegun(): boolean {
    return this.#recent.length >= writeProbeStartWrites;
  }

  async #writeOnce(signal: AbortSignal): Promise<void> {
    let begunAt: number | undefined;
    try {
      const session = await this.#open();
      if (signal.aborted) return;
      const sentMs = now();
      begunAt = performance.now();
      this.#writingSince = begunAt;
      await session.run(
        `INSERT INTO _switchyard.write_probes (probe_id, sent_ms, written_at) VALUES (?, ?, UTC_TIMESTAMP(6))
         ON DUPLICATE KEY UPDATE sent_ms = VALUES(sent_ms), written_at = VALUES(written_at)`,
        [this.id, sentMs],
      );
      this.#firstSentMs ??= sentMs;
      this.#lastSentMs = sentMs;
      this.#problem = undefined;
      this.#took(performance.now() - begunAt);
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      // A write of the application that waits for a lock in vain has waited for as long.
      const waited = serverErrorNumber(error) === errorNumbers.lockWaitTimeout;
      if (begunAt !== undefined && waited && !signal.aborted) this.#took(performance.now() - begunAt);
    } finally {
      this.#writingSince = undefined;
    }
  }

  async #open(): Promise<Session> {
    if (this.#session?.closed === false) return this.#session;
    this.#session = undefined;
    this.#session = await Session.open(this.#cluster, controlVariables);
    await forgetOldProbes(this.#session);
    return this.#session;
  }

  #took(ms: number): void {
    this.#measuredAt = performance.now();
    this.#recent.push(ms);
    if (this.#recent.length > writeProbeStartWrites) this.#recent.shift();
    for (const listener of this.#listeners) listener(ms);
  }

  #silence(): Error {
    const waitsMs = this.#waitsMs;
    const waiting = waitsMs > 0 ? `a write of it has been waiting for ${Math.round(waitsMs)} ms` : undefined;
    return new Error(`the write probe of ${this.#cluster.name}: ${waiting ?? this.#problem ?? 'it has not begun'}`);
  }
}

/** Milliseconds that never go back; those of the row. */
function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** Rows of processes that are gone. One by one: what looks through the table would wait for those that are written. */
async function forgetOldProbes(session: Session): Promise<void> {
  const old = await session.rows<{ id: string }>(
    'SELECT probe_id AS id FROM _switchyard.write_probes WHERE written_at < UTC_TIMESTAMP(6) - INTERVAL ? DAY',
    [writeProbeForgottenAfterDays],
  );
  for (const { id } of old) await session.run('DELETE FROM _switchyard.write_probes WHERE probe_id = ?', [id]);
}
