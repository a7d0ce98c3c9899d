/** What an operation costs writes of applications (P12), measured by small writes of our own. */

/** How long they took. Of a hundred, so many took no longer than a percentile. */
export interface LatencySummary {
  readonly writes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** On one cluster; null where nothing could be measured. */
export interface WriteLatency {
  readonly cluster: string;
  /** Before anything was copied. */
  readonly before: LatencySummary | null;
  /** While it copied, built indexes and compared. */
  readonly during: LatencySummary | null;
}
