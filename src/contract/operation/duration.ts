/** Durations in inputs. */
import { z } from 'zod';
import { mustBe } from '../../errors/schema-problem.js';
import type { SchemaIssue } from '../../errors/schema-problem.js';
import { retainForDaysMax } from '../../limits/contract.js';

const durationProblem: { readonly error: (issue: SchemaIssue) => string } = {
  error: (issue) =>
    mustBe(issue, 'a duration: milliseconds, or a number with a unit such as "90s", "15m", "24h", "7d"'),
};

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in milliseconds. */
export function durationMs(duration: number | string): number {
  if (typeof duration === 'number') return duration;
  const [, amount, unit] = /^(\d+)(\w+)$/.exec(duration) ?? [];
  return Number(amount) * (unitMs[unit ?? 'ms'] ?? 1);
}

/** A duration: milliseconds, or a number with a unit such as "90s", "15m", "24h", "7d". */
export const durationSchema = z.union(
  [z.number().int(durationProblem).min(0, durationProblem), z.string().regex(/^\d+(ms|s|m|h|d)$/, durationProblem)],
  durationProblem,
);

/** How long a table is retained. */
export const retainForSchema = durationSchema.refine(
  // What is no duration is told already.
  (duration) => !(durationMs(duration) > durationMs(`${retainForDaysMax}d`)),
  {
    error: (issue) => mustBe(issue, `at most "${retainForDaysMax}d"; the command keepRetained keeps a table for good`),
  },
);
