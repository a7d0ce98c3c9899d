/**
 * Copies one chunk, exactly: fenced, strict, repeated where repeating is right, and bisected to the row where the data
 * is wrong. Serves P1 and P5.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { transactionRepeatPauseMs, transactionRepeatsMax } from '../../limits/mysql.js';
import { quoteTable } from '../../schema/identifier.js';
import { dataError, isDataError } from '../rows/data-error.js';
import { keyRange } from '../rows/key-sql.js';
import type { Chunk, RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import { duplicateKeyName, isDuplicateKey, isRepeatable } from '../session/server-errors.js';
import type { SessionPair } from '../session/session-pair.js';
import type { Session } from '../session/session.js';
import { fencedTransaction } from '../sidecar/epoch.js';
import { chunkEnd } from './chunk-bounds.js';

/** What a chunk needs around it. */
export interface ChunkContext {
  readonly plan: TablePlan;
  readonly way: RowWay;
  readonly token: string;
  /** Runs one transaction of a chunk as "in flight": the follower waits for it before it applies (design 5.4). */
  readonly inFlight: <Result>(transaction: () => Promise<Result>) => Promise<Result>;
  /** Resolves when the feed has applied everything that was committed when it was called. */
  readonly catchUp: () => Promise<void>;
}

/** How often the feed may catch up before a duplicate or a bad value counts as real. */
const catchUpsMax = 3;

/** @returns rows written. @throws DATA_NOT_CONVERTIBLE, DUPLICATE_FOR_UNIQUE_KEY, FENCED, the driver's errors. */
export async function copyChunk(sessions: SessionPair, context: ChunkContext, chunk: Chunk): Promise<number> {
  let again = false;
  let catchUps = 0;
  for (let repeat = 1; ; repeat += 1) {
    try {
      return await copyOnce(sessions, context, chunk, again);
    } catch (error) {
      // The follower, or an earlier run of this chunk, may have been here first.
      again ||= isDuplicateKey(error);
      if (isDataError(error) && !(isDuplicateKey(error) && isShadowKey(context.plan, error))) {
        if (catchUps === catchUpsMax) {
          await bisect(sessions, context, chunk);
          return countRows(sessions.source, context.plan, chunk);
        }
        catchUps += 1;
        await context.catchUp();
      } else if (!isRepeatable(error) && !isDuplicateKey(error)) {
        throw error;
      }
      if (repeat === transactionRepeatsMax) throw error;
      await sleep(transactionRepeatPauseMs * Math.min(repeat, 10));
    }
  }
}

function isShadowKey(plan: TablePlan, error: unknown): boolean {
  return duplicateKeyName(error)?.toLowerCase() === plan.shadowKeyIndex.toLowerCase();
}

function copyOnce(sessions: SessionPair, context: ChunkContext, chunk: Chunk, again: boolean): Promise<number> {
  const { plan, token, way } = context;
  return context.inFlight(() =>
    fencedTransaction(sessions.target, plan.operationId, token, () =>
      again ? way.copyChunkAgain(sessions, plan, chunk) : way.copyChunk(sessions, plan, chunk),
    ),
  );
}

/**
 * Halves the chunk until one row is left that cannot be copied, and names it. Parts that can be copied are kept, so when
 * it returns, the row was mended by the application meanwhile and the whole chunk is copied.
 */
async function bisect(sessions: SessionPair, context: ChunkContext, chunk: Chunk): Promise<void> {
  const { plan } = context;
  let { lower, upper } = chunk;
  for (;;) {
    const part = { lower, upper };
    const failure = await failureOf(sessions, context, part);
    if (failure !== undefined) {
      const rows = await countRows(sessions.source, plan, part);
      if (rows > 1) {
        upper = await chunkEnd(sessions.source, plan, lower, upper, Math.floor(rows / 2));
        continue;
      }
      if (await stays(sessions, context, part, failure)) {
        throw dataError(failure, plan.key.columns, await chunkEnd(sessions.source, plan, lower, upper, 1));
      }
    }
    if (upper === chunk.upper) return;
    // What is refused is above: go on with what is left of the chunk.
    lower = upper;
    upper = chunk.upper;
  }
}

/**
 * Whether a row is refused for good. Its unique value may have been another row's a moment ago, and on a busy table one of
 * a whole chunk always is; one row, just after the feed has caught up, is not.
 */
async function stays(
  sessions: SessionPair,
  context: ChunkContext,
  row: Pick<Chunk, 'lower' | 'upper'>,
  failure: unknown,
): Promise<boolean> {
  let refusal = failure;
  for (let catchUps = 0; catchUps < catchUpsMax && isDuplicateKey(refusal); catchUps += 1) {
    await context.catchUp();
    refusal = await failureOf(sessions, context, row);
    if (refusal === undefined) return false;
  }
  return true;
}

async function countRows(session: Session, plan: TablePlan, chunk: Chunk): Promise<number> {
  const range = keyRange(plan.key.columns, chunk.lower, chunk.upper);
  const { n } = await session.row<{ n: number }>(`SELECT COUNT(*) AS n FROM ${quoteTable(plan.source)} WHERE ${range}`);
  return Number(n);
}

/** Tries a part of the chunk, keeping what can be copied. @returns the data error, or undefined when it went in. */
async function failureOf(sessions: SessionPair, context: ChunkContext, part: Chunk): Promise<unknown> {
  for (let repeat = 1; ; repeat += 1) {
    try {
      await copyOnce(sessions, context, part, true);
      return undefined;
    } catch (error) {
      if (isDataError(error) && !(isDuplicateKey(error) && isShadowKey(context.plan, error))) return error;
      if (repeat === transactionRepeatsMax || !(isRepeatable(error) || isDuplicateKey(error))) throw error;
      await sleep(transactionRepeatPauseMs);
    }
  }
}
