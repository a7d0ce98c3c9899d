import type { DdlPlan } from '../domain/statement-plan.js';
import { z } from 'zod';
import {
  plannedCharactersMax,
  plannedStatementsMax,
  sqlModeCharactersMax,
  statementCharactersMax,
} from '../limits/contract.js';

/** What starts a look at what statements would do. */
export const planDdlInputSchema = z
  .strictObject({
    cluster: z.string().min(1).max(100),
    database: z.string().min(1).max(64),
    statement: z.string().min(1).max(statementCharactersMax).optional(),
    /** One after the other: one that changes a table which an earlier one changes is planned on what that leaves. */
    statements: z.array(z.string().min(1).max(statementCharactersMax)).min(1).max(plannedStatementsMax).optional(),
    /** As the option of `onlineDdl`. */
    sqlMode: z.string().max(sqlModeCharactersMax).optional(),
  })
  .refine(({ statement, statements }) => (statement === undefined) !== (statements === undefined), {
    message: 'give either statement or statements',
    path: ['statement'],
  })
  .refine(({ statements = [] }) => statements.join('').length <= plannedCharactersMax, {
    message: `are more than ${plannedCharactersMax} characters together: plan them in parts`,
    path: ['statements'],
  });

export type PlanDdlInput = z.infer<typeof planDdlInputSchema>;

export interface PlanDdlActivities {
  /** Repeatable. The input is validated here, so that a stricter schema never breaks a replay. */
  planDdl(request: { readonly input: unknown }): Promise<DdlPlan>;
}
