import type { Residual } from '../domain/residual.js';
import { z } from 'zod';

/** What starts a look at a cluster for what operations have left there. */
export const reconcileInputSchema = z
  .strictObject({
    cluster: z.string().min(1).max(100),
    /** Looks at nothing but what this one has left. */
    operationId: z.string().min(1).max(100).optional(),
    /** Only tells what would be removed. */
    dryRun: z.boolean().optional(),
    /** That the Temporal is gone for good (its namespace or its cluster) in which the operation was begun. */
    ownerIsGone: z.boolean().optional(),
  })
  .refine(({ operationId, ownerIsGone }) => ownerIsGone !== true || operationId !== undefined, {
    message: 'ownerIsGone is said of one operation: name its operationId',
    path: ['ownerIsGone'],
  });

export type ReconcileInput = z.infer<typeof reconcileInputSchema>;

/** The result of `reconcile`. */
export interface ReconcileResult {
  readonly cluster: string;
  readonly dryRun: boolean;
  /** Open operations first, in the order in which they began; empty where there is nothing of ours. */
  readonly residuals: readonly Residual[];
}

export interface ReconcileActivities {
  /** Repeatable. The input is validated here, so that a stricter schema never breaks a replay. */
  reconcileCluster(request: { readonly input: unknown }): Promise<ReconcileResult>;
}
