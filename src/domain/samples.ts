/** How the work of an operation went over time, for people who look back: a few numbers for each stage, always few. */

/** The stages that last; each has a series of its own, so that months of following leave the hour of the copy as it was. */
export const sampledStages = ['copying', 'indexing', 'verifying', 'following'] as const;

export type SampledStage = (typeof sampledStages)[number];

/** What was seen at one time, of the time since the sample before it. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Rows that the stage has done so far; null where it does not count any. */
  readonly rows: number | null;
  /** How old the oldest change was that was not applied; the worst. */
  readonly lagMs: number | null;
  /** The slowest small write of our own on each cluster; null where none was measured. */
  readonly slowestWriteMs: readonly (number | null)[];
}

export interface SampledSeries {
  readonly stage: SampledStage;
  /** Those of `slowestWriteMs`, in their order. */
  readonly clusters: readonly string[];
  /** Samples are at least so far apart. */
  readonly spacingMs: number;
  readonly samples: readonly Sample[];
}
