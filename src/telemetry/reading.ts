import type { DeclaredMetric } from '../contract/operation/metrics.js';

/** The value of one series of a gauge. */
export interface Reading {
  readonly metric: DeclaredMetric;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}
