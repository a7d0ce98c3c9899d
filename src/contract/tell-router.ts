/** The workflow with which a worker calls an activity of the user's own that tells a router (docs/routing.md). */
import { z } from 'zod';
import { routerTimeoutMsMax, routerTimeoutMsMin } from '../limits/shared.js';

export const tellRouterInputSchema = z.strictObject({
  /** Where the user's workers are. */
  taskQueue: z.string().min(1),
  activityType: z.string().min(1),
  timeoutMs: z.number().int().min(routerTimeoutMsMin).max(routerTimeoutMsMax),
  /** What the activity gets: the rules of a move, as a webhook would get them. */
  ruleSet: z.strictObject({
    operationId: z.string(),
    move: z.string(),
    version: z.number().int(),
    rules: z.array(z.looseObject({})),
  }),
});

export type TellRouterInput = z.infer<typeof tellRouterInputSchema>;
