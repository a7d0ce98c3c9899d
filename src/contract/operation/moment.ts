/** Moments in inputs. */
import { z } from 'zod';
import { mustBe } from '../../errors/schema-problem.js';
import type { SchemaIssue } from '../../errors/schema-problem.js';
import { momentYearMax } from '../../limits/contract.js';

const momentProblem: { readonly error: (issue: SchemaIssue) => string } = {
  error: (issue) => mustBe(issue, 'a moment with its offset from UTC, such as "2026-12-24T02:00:00+01:00"'),
};

/** A moment of ISO 8601: with "Z" or an offset, since the time of no zone is none. */
export const momentSchema = z.iso
  .datetime({ offset: true, ...momentProblem })
  .refine((moment) => !(new Date(moment).getUTCFullYear() > momentYearMax), {
    error: (issue) => mustBe(issue, `in the year ${momentYearMax} or before`),
  });
