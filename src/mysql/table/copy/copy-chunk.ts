/**
 * Copies one chunk, exactly: fenced, strict, repeated where repeating is right, and in ever smaller parts, down to the row,
 * where the data is refused. Serves P1 and P5.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { refusedWhileCopyingMs, transactionRepeatPauseMs } from '../../../limits/mysql-table.js';
import { transactionRepeatsMax } from '../../../limits/mysql.js';
import { countInSource } from '../rows/count-in-source.js';
import { dataError, isDataError, mayPassInParts, tooLargeError } from '../rows/data-error.js';
import { keyRange } from '../rows/key-sql.js';
import type { Chunk, RowWay } from '../rows/row-way.js';
import { isSameRow, type TablePlan } from '../rows/table-plan.js';
import { duplicateKeyName, isDuplicateKey, isRepeatable } from '../../server/session/server-errors.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { signRows } from '../../server/sidecar/own-work.js';
import { chunkEnd } from '../chunks/chunk-bounds.js';

/** What a chunk needs around it. */
export interface ChunkContext {
  readonly plan: TablePlan;
  readonly way: RowWay;
  readonly token: string;
  /**
   * Runs one transaction of a chunk as "in flight": the follower waits for it before it applies
   * (docs/design/copy-and-follow.md, "Chunks in flight").
   */
  readonly inFlight: <Result>(transaction: () => Promise<Result>) => Promise<Result>;
  /** Resolves when the feed has applied everything that was committed when it was called. */
  readonly catchUp: () => Promise<void>;
  /** Hears how many rows may be few enough for a limit of the server that more of them were too large for. */
  readonly onTooLarge?: (rows: number) => void;
}

/** How often the feed may catch up before one row that is refused is refused for good. */
const catchUpsMax = 3;

/**
 * @returns rows written.
 * @throws DATA_NOT_CONVERTIBLE, DUPLICATE_FOR_UNIQUE_KEY, SERVER_NEEDS_ATTENTION, FENCED, the driver's errors.
 */
export async function copyChunk(sessions: SessionPair, context: ChunkContext, chunk: Chunk): Promise<number> {
  let again = false;
  let caughtUp = false;
  for (let repeat = 1; ; repeat += 1) {
    try {
      return await copyOnce(sessions, context, chunk, again);
    } catch (error) {
      // The follower, or an earlier run of this chunk, may have been here first.
      again ||= isDuplicateKey(error);
      const inParts = mayPassInParts(error);
      if (inParts || isRefusal(context.plan, error)) {
        if (caughtUp || inParts) {
          await copyInParts(sessions, context, chunk);
          return countRows(sessions.source, context.plan, chunk);
        }
        caughtUp = true;
        await context.catchUp();
        // At once: what the feed has just left behind begins to move again.
        continue;
      }
      if (repeat >= transactionRepeatsMax || !(isRepeatable(error) || isDuplicateKey(error))) throw error;
      await sleep(transactionRepeatPauseMs * Math.min(repeat, 10));
    }
  }
}

/** Whether the data of a row was refused. A duplicate in the copy's own key means that somebody else was quicker. */
function isRefusal(plan: TablePlan, error: unknown): boolean {
  return isDataError(error) && !(isDuplicateKey(error) && isCopyKey(plan, error));
}

function isCopyKey(plan: TablePlan, error: unknown): boolean {
  const name = duplicateKeyName(error, plan.copy.table);
  return name !== undefined && isSameRow(plan, name);
}

function copyOnce(sessions: SessionPair, context: ChunkContext, chunk: Chunk, again: boolean): Promise<number> {
  const { plan, token, way } = context;
  return context.inFlight(() =>
    fencedTransaction(sessions.target, plan.operationId, token, async () => {
      const rows = await (again ? way.copyChunkAgain(sessions, plan, chunk) : way.copyChunk(sessions, plan, chunk));
      if (plan.signsWork === true) await signRows(sessions.target, plan.operationId);
      return rows;
    }),
  );
}

/**
 * Copies what is refused as a whole: a part that is refused, too, is halved, down to a row that cannot be copied, which is
 * named. A part that goes in is kept, and the next one is larger again. Where unique values move between rows all the time
 * any large part meets one that has just moved, and of all that is left after each part there would be no end.
 */
async function copyInParts(sessions: SessionPair, context: ChunkContext, chunk: Chunk): Promise<void> {
  const { plan } = context;
  const half = async (part: Chunk): Promise<number> => Math.floor((await countRows(sessions.source, plan, part)) / 2);
  let { lower } = chunk;
  let rows = await half(chunk);
  for (;;) {
    const upper = await chunkEnd(sessions.source, plan, lower, chunk.upper, rows);
    const part = { lower, upper };
    const failure = await failureOf(sessions, context, part);
    if (failure === undefined) {
      rows *= 2;
    } else {
      rows = await half(part);
      if (mayPassInParts(failure)) context.onTooLarge?.(Math.max(rows, 1));
      if (rows > 0) continue;
      const refusal = await lastRefusal(sessions, context, part, failure);
      if (refusal !== undefined) {
        const key = await chunkEnd(sessions.source, plan, lower, upper, 1);
        if (mayPassInParts(refusal)) throw tooLargeError(refusal, sessions.target.cluster.name, plan, key);
        throw dataError(refusal, plan, key);
      }
      rows = 1;
    }
    if (upper === chunk.upper) return;
    lower = upper;
  }
}

/**
 * Why a row is refused for good; undefined when it went in after all. Its unique value may have been another row's a moment
 * ago; just after the feed has caught up it is not, since a row that got the value meanwhile has been written by the feed.
 * Another value may be one that its writer is about to correct.
 */
async function lastRefusal(
  sessions: SessionPair,
  context: ChunkContext,
  row: Pick<Chunk, 'lower' | 'upper'>,
  failure: unknown,
): Promise<unknown> {
  let refusal = failure;
  const endsAt = performance.now() + refusedWhileCopyingMs;
  for (let catchUps = 0; catchUps < catchUpsMax && !mayPassInParts(refusal); catchUps += 1) {
    const isLast = catchUps === catchUpsMax - 1;
    if (isLast && !isDuplicateKey(refusal)) await sleep(Math.max(0, endsAt - performance.now()));
    await context.catchUp();
    refusal = await failureOf(sessions, context, row);
    if (refusal === undefined) return undefined;
  }
  return refusal;
}

function countRows(session: Session, plan: TablePlan, { lower, upper }: Chunk): Promise<number> {
  return countInSource(session, plan, keyRange(plan.key.columns, lower, upper));
}

/** Tries a part of the chunk, keeping what can be copied. @returns the data error, or undefined when it went in. */
async function failureOf(sessions: SessionPair, context: ChunkContext, part: Chunk): Promise<unknown> {
  for (let repeat = 1; ; repeat += 1) {
    try {
      await copyOnce(sessions, context, part, true);
      return undefined;
    } catch (error) {
      if (isRefusal(context.plan, error) || mayPassInParts(error)) return error;
      if (repeat === transactionRepeatsMax || !(isRepeatable(error) || isDuplicateKey(error))) throw error;
      await sleep(transactionRepeatPauseMs);
    }
  }
}
