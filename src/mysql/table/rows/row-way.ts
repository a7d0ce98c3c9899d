/**
 * The way that rows take from a source table to its copy: within one server by INSERT … SELECT (within-server.ts), or from
 * one server to another (transfer/between-servers.ts). Everything runs in the transaction that the caller has open on the
 * target; after an error the caller rolls back.
 */
import type { Key } from '../../../binlog/key.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Collisions } from './collisions.js';
import type { TablePlan } from './table-plan.js';

/** `lower` is exclusive (null: from the beginning), `upper` inclusive. */
export interface Chunk {
  readonly lower: Key | null;
  readonly upper: Key;
}

export interface RowWay {
  /** Copies the rows of a chunk of which the copy has none. @returns rows written. */
  copyChunk(sessions: SessionPair, plan: TablePlan, chunk: Chunk): Promise<number>;
  /** The same where the copy may have some of them, from the feed or from an earlier run. @returns rows written. */
  copyChunkAgain(sessions: SessionPair, plan: TablePlan, chunk: Chunk): Promise<number>;
  /** Writes the rows with these keys, of which the copy has none, as the source has them all at one moment. */
  writeKeys(sessions: SessionPair, plan: TablePlan, keys: readonly Key[]): Promise<void>;
  /** What the rows with these keys would collide with in unique indexes, were they written now. No transaction is open. */
  findCollisions(sessions: SessionPair, plan: TablePlan, keys: readonly Key[]): Promise<Collisions>;
}
