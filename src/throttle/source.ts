/**
 * What holds copying and comparing back: the interface of one source. A new one is a file beside this one and a line in
 * list.ts; its option, its command, its words and its way to the data plane follow from that. Nothing here asks anybody
 * anything: a source decides by what it is told through `Sights`, which the data plane implements.
 */
import type { z } from 'zod';

/** What sources can look at. Each look is bounded by whoever asks; one that fails says why. */
export interface Sights {
  /** Milliseconds between the commit of a change and its arrival in the copy. */
  lagMs(): number;
  /** A status variable of the source's server. */
  status(name: string): Promise<number>;
  /** A counter of InnoDB on the source's server. */
  innodbMetric(name: string): Promise<number>;
  /** The one number that a SELECT gives on the source's server. It can change nothing. */
  query(select: string): Promise<number>;
  /** On each server that the work is on. @throws where it is not known of one of them. */
  writes(): readonly WriteSight[];
  /** Of all replicas of these servers. @throws where it is not known of one of them, and where there is none. */
  replicas(): Promise<readonly ReplicaLag[]>;
  /** The status with which an address answers a GET. */
  get(url: string): Promise<number>;
}

/** What a small write of ours takes. */
export interface WriteSight {
  readonly cluster: string;
  /** The median of the last ones, or the one that waits where it is longer. */
  readonly ms: number;
  /** The median of before the copy began; null where that was not measured. */
  readonly beforeMs: number | null;
}

/** How far a replica is behind, by the write probe. */
export interface ReplicaLag {
  /** With its cluster. */
  readonly replica: string;
  readonly lagMs: number;
}

/** Null: go on. */
export type Reading = {
  /** Why the next chunk has to wait, with the figure and its limit. */
  readonly why: string;
  /** How long, where that is known; else it is looked again. */
  readonly waitMs?: number;
} | null;

/** One limit at work. */
export interface Watch {
  /** At once where nobody has to be asked. @throws where it cannot tell. */
  look(): Reading | Promise<Reading>;
  /** The work is done in small pieces, one at a time, with rests between them; absent: as quickly as it goes. */
  readonly isGentle?: boolean;
  /** Told how many rows were copied or compared. */
  passed?(rows: number): void;
}

export interface ThrottleSource<Limit> {
  /** What the limit may be, as it is given in `options.throttle` and in `setThrottle`. */
  readonly schema: z.ZodType<Limit>;
  /** What it does, as a part of a sentence, as the documents have it. */
  readonly description: string;
  readonly example: Limit;
  watch(limit: Limit, sights: Sights): Watch;
}
