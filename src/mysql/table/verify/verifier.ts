/**
 * Compares the whole copy with the whole source while both are written to (docs/design/verify.md, "Comparing both
 * tables", P6): chunk by chunk over the key, both tables in one snapshot of the chunk's own, several chunks at once.
 * The first chunk is open below and the last one above, so rows that only the copy has are found wherever they are. No
 * row is locked, and no snapshot is older than the comparison of one chunk. What differs is looked at again until it is
 * settled (suspects.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../errors/switchyard-error.js';
import type { Key } from '../../../binlog/key.js';
import { checkpointIntervalMs, chunkLooksMax, verifyKillRepeatMs, verifyLanes } from '../../../limits/mysql-table.js';
import { ChunkServo } from '../chunks/chunk-servo.js';
import { Watermark } from '../chunks/watermark.js';
import { displayKey } from '../rows/key-sql.js';
import { JointSignal } from '../../server/session/joint-signal.js';
import { killQuery } from '../../server/session/kill.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { WithSessions } from '../../server/session/with-sessions.js';
import type { Pace } from '../throttle/time-share.js';
import type { ComparedSoFar } from '../../server/sidecar/verification.js';
import { lookAtChunk } from './chunk-look.js';
import { comparisonOf, type Comparison } from './compared-pairs.js';
import { describeJsonAsText } from './describe-json-losses.js';
import { keyAfter, sidesOf, type KeyRange, type Sides } from './side.js';
import { prepareForSnapshots } from './snapshot.js';
import { Suspects } from './suspects.js';

export interface VerifierOptions {
  readonly plan: TablePlan;
  /** Where an earlier run has come to; absent: from the beginning. */
  readonly from?: ComparedSoFar | undefined;
  /** Keeps how far it is, now and then and when it is stopped. */
  readonly keep: (progress: ComparedSoFar) => Promise<void>;
  /** Leaves the last chunk to a later run, so that it never completes. */
  readonly leavesLast?: boolean;
  /** With the data variables of the plan (session/variables.ts). */
  readonly withSessions: WithSessions<SessionPair>;
  /** Resolves when everything that was committed at the call is applied to the copy, or when the signal is aborted. */
  readonly catchUp: () => Promise<void>;
  readonly throttle?: Pace | undefined;
  /** Told after each chunk: rows of the source that are compared so far, those of earlier runs included. */
  readonly onProgress: (rowsCompared: number) => void;
  /** Stops it: statements are killed and transactions closed at once. */
  readonly signal: AbortSignal;
}

export interface VerifyResult {
  /** False when the signal stopped it before everything was compared, or when the last chunk was left. */
  readonly complete: boolean;
  readonly rowsCompared: number;
  /** Columns and rows that could not be compared, in words; empty as a rule. */
  readonly notCompared: readonly string[];
}

/** A chunk that a lane has taken, to be told when it is compared. */
interface Taken {
  readonly chunk: KeyRange;
  readonly done: () => void;
}

type Chunks = AsyncGenerator<Taken, void, void>;

export class Verifier {
  readonly #options: VerifierOptions;
  readonly #comparison: Comparison;
  readonly #sides: Sides;
  /** Sessions whose statements are killed when it is to stop. */
  readonly #sessions = new Set<SessionPair>();
  readonly #failure = new AbortController();
  readonly #ending: JointSignal;
  readonly #suspects: Suspects;
  readonly #notCompared: string[];
  readonly #watermark: Watermark;
  /** Everything up to here is compared, and no suspect of it waits. */
  #settledUpTo: Key | null;
  /** Settlements under way. */
  #settling = 0;
  #keptAt = performance.now();
  #asText: readonly string[] = [];
  #rowsCompared: number;
  #error: unknown;

  constructor(options: VerifierOptions) {
    this.#options = options;
    const { plan, catchUp, signal, from } = options;
    this.#settledUpTo = from?.comparedUpTo ?? null;
    this.#watermark = new Watermark(this.#settledUpTo);
    this.#rowsCompared = from?.rowsCompared ?? 0;
    this.#notCompared = [...(from?.notCompared ?? [])];
    this.#comparison = comparisonOf(plan);
    this.#sides = sidesOf(plan, this.#comparison);
    this.#ending = new JointSignal([signal, this.#failure.signal]);
    this.#suspects = new Suspects({ plan, comparison: this.#comparison, catchUp, signal: this.#stopped });
  }

  /**
   * Compares everything once. Can be called once.
   * @throws VERIFICATION_FAILED, ROW_NOT_COMPARABLE, what `catchUp` throws, the driver's errors.
   */
  async run(): Promise<VerifyResult> {
    const { signal, leavesLast = false } = this.#options;
    try {
      if (!signal.aborted) await this.#compareAll();
    } finally {
      this.#ending.end();
    }
    const complete = !signal.aborted && !leavesLast;
    if (!complete) await this.#keep();
    return {
      complete,
      rowsCompared: this.#rowsCompared,
      notCompared: [...this.#comparison.notCompared, ...this.#asText, ...this.#unsettled],
    };
  }

  /** Aborted when it is to stop, for whatever reason. */
  get #stopped(): AbortSignal {
    return this.#ending.signal;
  }

  get #unsettled(): readonly string[] {
    return [...this.#notCompared, ...this.#suspects.unsettled];
  }

  async #keep(): Promise<void> {
    this.#keptAt = performance.now();
    if (this.#suspects.isEmpty && this.#settling === 0) this.#settledUpTo = this.#watermark.low;
    if (this.#settledUpTo === null) return;
    const { keep } = this.#options;
    await keep({
      comparedUpTo: this.#settledUpTo,
      rowsCompared: this.#rowsCompared,
      notCompared: this.#unsettled,
    });
  }

  async #settle(sessions: SessionPair): Promise<void> {
    const { low } = this.#watermark;
    // What another settlement has taken is not settled when this one ends.
    const all = this.#settling === 0;
    this.#settling += 1;
    try {
      await this.#suspects.settle(sessions);
    } finally {
      this.#settling -= 1;
    }
    if (all) this.#settledUpTo = low;
  }

  async #compareAll(): Promise<void> {
    const { plan, leavesLast = false } = this.#options;
    let killing = Promise.resolve();
    const kill = (): void => {
      killing = this.#killStatements();
    };
    this.#stopped.addEventListener('abort', kill, { once: true });
    await this.#withSessions(async (sessions) => {
      // Without it, everything that waits to be applied would be looked at as a suspect.
      await this.#options.catchUp();
      const { throttle } = this.#options;
      const isGentle = throttle?.isGentle === true;
      const servo = new ChunkServo(plan.averageRowBytes, isGentle);
      const chunks = this.#chunks(sessions.source, servo);
      const lane = (): Promise<void> => this.#lane(chunks, servo);
      await Promise.all(Array.from({ length: isGentle ? 1 : verifyLanes }, lane));
      this.#stopped.throwIfAborted();
      await prepareForSnapshots(sessions);
      await this.#settle(sessions);
      if (leavesLast) return;
      this.#asText = await describeJsonAsText(sessions.source, plan, this.#sides.source, {
        ...{ throttle, signal: this.#stopped },
      });
    });
    this.#stopped.removeEventListener('abort', kill);
    await killing;
    if (this.#error !== undefined) throw this.#error;
  }

  /** Runs `work` on sessions of its own. The first error ends everything; those that follow from a stop are not told. */
  #withSessions(work: (sessions: SessionPair) => Promise<void>): Promise<void> {
    const using = async (sessions: SessionPair): Promise<void> => {
      this.#sessions.add(sessions);
      try {
        await work(sessions);
      } finally {
        this.#sessions.delete(sessions);
      }
    };
    return this.#endingAllWithError(() => this.#options.withSessions(using, this.#stopped));
  }

  async #endingAllWithError(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#stopped.aborted || hasCode(error, 'VERIFICATION_FAILED')) this.#error ??= error;
      this.#failure.abort();
    }
  }

  /** Chunks in key order; lanes call `next()` at any time, the generator serves them one after the other. */
  async *#chunks(bounds: Session, servo: ChunkServo): Chunks {
    const { leavesLast = false } = this.#options;
    let lower = this.#watermark.low;
    while (!this.#stopped.aborted) {
      const from = { lower, upper: null };
      const upper = await this.#reading(() => keyAfter(bounds, this.#sides.source, from, servo.rows));
      if (upper === null) {
        if (!leavesLast) yield { chunk: { lower, upper }, done: () => undefined };
        return;
      }
      yield { chunk: { lower, upper }, done: this.#watermark.begin(upper) };
      lower = upper;
    }
  }

  /** Connects once there is a chunk for it: in a move of many small tables most lanes get none. */
  #lane(chunks: Chunks, servo: ChunkServo): Promise<void> {
    return this.#endingAllWithError(async () => {
      const first = await chunks.next();
      if (first.done === true) return;
      await this.#withSessions((sessions) => this.#compareChunks(sessions, first.value, chunks, servo));
    });
  }

  async #compareChunks(sessions: SessionPair, first: Taken, chunks: Chunks, servo: ChunkServo): Promise<void> {
    const { throttle } = this.#options;
    await prepareForSnapshots(sessions);
    for (let taken: Taken | undefined = first; taken !== undefined; taken = (await chunks.next()).value ?? undefined) {
      const { chunk, done } = taken;
      await throttle?.pass(this.#stopped);
      const rows = await this.#reading(() => this.#compareChunk(sessions, chunk, servo));
      this.#rowsCompared += rows;
      done();
      this.#options.onProgress(this.#rowsCompared);
      if (this.#suspects.due) await this.#reading(() => this.#settle(sessions));
      if (performance.now() - this.#keptAt >= checkpointIntervalMs) await this.#keep();
    }
  }

  /** Reads, and lets the throttle know. @param read may say how many rows it has compared. */
  async #reading<Result>(read: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    const result = await read();
    this.#options.throttle?.passed(typeof result === 'number' ? result : 0, performance.now() - startedAt);
    return result;
  }

  /** @returns the rows of the chunk; what differs is with the suspects. */
  async #compareChunk(sessions: SessionPair, chunk: KeyRange, servo: ChunkServo): Promise<number> {
    for (let look = 1; ; look += 1) {
      this.#stopped.throwIfAborted();
      const startedAt = performance.now();
      const { rows, unequal, complete } = await lookAtChunk(sessions, this.#sides, chunk);
      if (look === 1) servo.record(rows, performance.now() - startedAt);
      this.#suspects.add(unequal);
      if (complete) return rows;
      await this.#settle(sessions);
      if (look === chunkLooksMax) {
        this.#notCompared.push(this.#describe(chunk));
        return rows;
      }
    }
  }

  #describe({ lower, upper }: KeyRange): string {
    const { columns } = this.#options.plan.key;
    const show = (key: KeyRange['lower'], open: string): string => (key === null ? open : displayKey(columns, key));
    return `rows after ${show(lower, 'the beginning')} up to ${show(upper, 'the end')}, of which many changed at every look`;
  }

  /**
   * A lane may be about to send a statement, so KILL QUERY is repeated until all of them have ended. Never rejects: without
   * a connection to kill by, the statements end by themselves, each within the time of a chunk.
   */
  async #killStatements(): Promise<void> {
    const killing = async (killers: SessionPair): Promise<void> => {
      while (this.#sessions.size > 0) {
        for (const { source, target } of this.#sessions) {
          await killQuery(killers.source, source.id);
          if (target !== source) await killQuery(killers.target, target.id);
        }
        await sleep(verifyKillRepeatMs);
      }
    };
    await this.#options.withSessions(killing, this.#stopped).catch(() => undefined);
  }
}
