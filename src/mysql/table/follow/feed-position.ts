/**
 * How far a feed is: the transactions that are done, and where in the server's binlog files they end. The GTID set alone
 * decides what is delivered; the place only spares the server reading its newest file from the beginning at every
 * connect (a file has up to a gigabyte, and our own chunks fill it).
 */
import { endPositionAt } from '../../../binlog/event.js';
import type { GtidSet } from '../../../binlog/gtid-set.js';
import { rememberedPlacesMax } from '../../../limits/mysql-table.js';

/** A place in the binlog of one server, between two transactions. */
export interface BinlogPlace {
  readonly file: string;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
}

export interface FeedPosition {
  readonly gtids: GtidSet;
  /** Every transaction before it is in `gtids`; undefined where no such place is known. */
  readonly place: BinlogPlace | undefined;
  /** When the last of the transactions was committed, at the latest; null where that is not known. */
  readonly committedAtMs: number | null;
}

/** `position` with more transactions behind it; `place` is where these end, if that is known. */
export function advance(position: FeedPosition, { gtids, place, committedAtMs }: FeedPosition): FeedPosition {
  // An older place is still true: more transactions are in the set than are before it.
  return {
    gtids: position.gtids.union(gtids),
    place: place ?? position.place,
    committedAtMs: later(position.committedAtMs, committedAtMs),
  };
}

/** The later of two times, of which either may not be known. */
export function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/** Follows where the events of one stream end. */
export class PlaceTracker {
  #file: string | undefined;
  #offset = 0;

  /** The stream goes on with this file. */
  enter(file: string): void {
    if (file !== this.#file) this.#offset = 0;
    this.#file = file;
  }

  /** The place behind this event, which ends a transaction. */
  behind(event: Buffer): BinlogPlace | undefined {
    const offset = endPositionAt(event, 0);
    // Positions in events have 32 bits: behind 4 GB they begin anew, and say nothing until the next file.
    if (offset < this.#offset) this.#file = undefined;
    this.#offset = offset;
    return this.#file === undefined ? undefined : { file: this.#file, offset };
  }
}

interface Remembered extends BinlogPlace {
  readonly serverUuid: string;
  readonly gtids: string;
}

/**
 * Places of the positions that this process stored last, by operation. Kept in memory only: a place is worth nothing on
 * another server, and a new worker finds its own with the first feed.
 */
const places = new Map<string, Remembered>();

/** Keeps the place of a position that is stored in the sidecar as this text. */
export function rememberPlace(
  operationId: string,
  serverUuid: string,
  gtids: string,
  place: BinlogPlace | undefined,
): void {
  places.delete(operationId);
  if (place === undefined) return;
  places.set(operationId, { serverUuid, gtids, ...place });
  const [oldest] = places.keys();
  if (places.size > rememberedPlacesMax && oldest !== undefined) places.delete(oldest);
}

/** The place of exactly this stored position on this server; undefined when anything has changed since. */
export function recallPlace(operationId: string, serverUuid: string, gtids: string): BinlogPlace | undefined {
  const found = places.get(operationId);
  return found?.serverUuid === serverUuid && found.gtids === gtids ? found : undefined;
}

/** Forgets it: a feed that ended by itself begins as if nothing was known. */
export function forgetPlace(operationId: string): void {
  places.delete(operationId);
}
