/**
 * Copies the whole table in chunks on several lanes, from the low watermark to the greatest key at the start. Knows
 * which transactions are in flight, so that the follower can wait for them (docs/design/copy-and-follow.md, "Chunks in
 * flight").
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Key } from '../../../binlog/key.js';
import { checkpointIntervalMs, copyLanes } from '../../../limits/mysql-table.js';
import type { Chunk, RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { Session } from '../../server/session/session.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { loadProgress, markStage, saveCopyProgress, saveUpperBound } from '../../server/sidecar/progress.js';
import { chunkEnd, greatestKey } from '../chunks/chunk-bounds.js';
import { ChunkServo } from '../chunks/chunk-servo.js';
import { copyChunk, type ChunkContext } from './copy-chunk.js';
import type { Pace } from '../throttle/time-share.js';
import type { WithSessions } from '../../server/session/with-sessions.js';
import { Watermark } from '../chunks/watermark.js';

export interface CopierOptions {
  readonly plan: TablePlan;
  readonly way: RowWay;
  readonly token: string;
  /** For each lane. */
  readonly withSessions: WithSessions<SessionPair>;
  /** For reading bounds of the source. */
  readonly bounds: Session;
  /** For checkpoints on the target: transactions of their own, so no other statement may run on it. */
  readonly checkpoints: Session;
  readonly catchUp: () => Promise<void>;
  readonly throttle?: Pace | undefined;
  readonly onProgress: (rowsCopied: number) => void;
  readonly signal: AbortSignal;
}

/** Ends a lane that waited for a feed which was stopped. */
class Stopped extends Error {}

export class Copier {
  readonly #options: CopierOptions;
  readonly #inFlight = new Set<Promise<unknown>>();
  #rowsCopied = 0;

  constructor(options: CopierOptions) {
    this.#options = options;
  }

  get rowsCopied(): number {
    return this.#rowsCopied;
  }

  /** Resolves when every chunk transaction that is in flight *now* has ended, however it ended. */
  async chunksInFlightEnded(): Promise<void> {
    await Promise.allSettled([...this.#inFlight]);
  }

  /** Copies until the end or until the signal; the checkpoint is written either way. @returns whether it is complete. */
  async run(): Promise<boolean> {
    const { plan, bounds, checkpoints: control, token, signal } = this.#options;
    const progress = await loadProgress(control, plan);
    this.#rowsCopied = progress.rowsCopied;
    if (progress.copied) return true;
    // What was copied before is told at once: who looks counts from there.
    this.#options.onProgress(this.#rowsCopied);
    let { upperBound } = progress;
    if (upperBound === undefined) {
      upperBound = await greatestKey(bounds, plan);
      const bound = upperBound;
      await fencedTransaction(control, plan.operationId, token, () => saveUpperBound(control, plan, bound));
    }
    const watermark = new Watermark(progress.watermark);
    if (upperBound !== null) await this.#copyUpTo(upperBound, watermark);
    await this.#checkpoint(watermark);
    if (signal.aborted) return false;
    await fencedTransaction(control, plan.operationId, token, () => markStage(control, plan, 'copied'));
    return true;
  }

  async #copyUpTo(upper: Key, watermark: Watermark): Promise<void> {
    const failure = new AbortController();
    await withJointSignal([this.#options.signal, failure.signal], undefined, (stopped) =>
      this.#copyUntil(stopped, failure, upper, watermark),
    );
  }

  async #copyUntil(stopped: AbortSignal, failure: AbortController, upper: Key, watermark: Watermark): Promise<void> {
    const { plan, withSessions, throttle } = this.#options;
    const isGentle = throttle?.isGentle === true;
    const servo = new ChunkServo(plan.averageRowBytes, isGentle);
    const chunks = this.#chunks(upper, watermark, servo, stopped);
    const stopLanes = (error: unknown): never => {
      failure.abort(error);
      throw error;
    };
    const lane = async (): Promise<void> => {
      // Connects once there is a chunk for it: in a move of many small tables most lanes get none.
      let next = await chunks.next();
      if (next.done === true) return;
      await withSessions(async (sessions) => {
        for (; next.done !== true; next = await chunks.next()) {
          await throttle?.pass(stopped);
          const startedAt = performance.now();
          const rows = await copyChunk(sessions, this.#context(servo), next.value.chunk);
          const tookMs = performance.now() - startedAt;
          servo.record(rows, tookMs);
          throttle?.passed(rows, tookMs);
          next.value.done();
          this.#rowsCopied += rows;
          this.#options.onProgress(this.#rowsCopied);
        }
      }, stopped);
    };
    const checkpoints = this.#checkpointNowAndThen(watermark, stopped).catch(stopLanes);
    const lanes = Array.from({ length: isGentle ? 1 : copyLanes }, () => lane().catch(stopLanes));
    // Checkpoints are written until the last lane has ended; one that fails ends the lanes.
    void Promise.allSettled(lanes).then(() => failure.abort());
    for (const part of await Promise.allSettled([...lanes, checkpoints]))
      if (part.status === 'rejected' && !(part.reason instanceof Stopped)) throw part.reason;
  }

  /** Hands out chunks in key order; lanes call `next()` at any time, the generator serves them one after the other. */
  async *#chunks(
    upper: Key,
    watermark: Watermark,
    servo: ChunkServo,
    stopped: AbortSignal,
  ): AsyncGenerator<{ chunk: Chunk; done: () => void }, void, void> {
    const { bounds, plan } = this.#options;
    let lower = watermark.low;
    while (!stopped.aborted && !sameKey(lower, upper)) {
      const end = await chunkEnd(bounds, plan, lower, upper, servo.rows);
      yield { chunk: { lower, upper: end }, done: watermark.begin(end) };
      lower = end;
    }
  }

  #context(servo: ChunkServo): ChunkContext {
    const { plan, way, token, catchUp, signal } = this.#options;
    return {
      plan,
      way,
      token,
      onTooLarge: (rows) => servo.limit(rows),
      catchUp: async () => {
        await catchUp();
        // A feed that was stopped has not caught up: what collides still is no error of the data.
        if (signal.aborted) throw new Stopped();
      },
      inFlight: async (transaction) => {
        const running = transaction();
        this.#inFlight.add(running);
        try {
          return await running;
        } finally {
          this.#inFlight.delete(running);
        }
      },
    };
  }

  async #checkpointNowAndThen(watermark: Watermark, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await sleep(checkpointIntervalMs, undefined, { signal: stopped }).catch(() => undefined);
      if (!stopped.aborted) await this.#checkpoint(watermark);
    }
  }

  #checkpoint(watermark: Watermark): Promise<void> {
    const { checkpoints: control, plan, token } = this.#options;
    const { low } = watermark;
    const rowsCopied = this.#rowsCopied;
    return fencedTransaction(control, plan.operationId, token, () => saveCopyProgress(control, plan, low, rowsCopied));
  }
}

/** Bounds are compared as text only to see the very key that was read as the end; never to order keys. */
function sameKey(a: Key | null, b: Key): boolean {
  return a !== null && a.length === b.length && a.every((value, index) => value === b[index]);
}
