/**
 * A router of the operator's own that is an activity on a task queue of the operator's own workers. The activity gets what
 * a webhook gets, and has to keep the same rules: it may be called twice, late and in any order.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { Called, RuleSet } from '../domain/routing.js';
import type { Router } from './port.js';

export interface ActivityRouterSettings {
  readonly taskQueue: string;
  readonly activityType: string;
  /** One call, with the waiting for a worker in it. */
  readonly timeoutMs: number;
}

/** Calls the activity once. @throws the reason of `signal`, what Temporal fails with. */
export type CallActivity = (
  settings: ActivityRouterSettings,
  ruleSet: RuleSet,
  signal?: AbortSignal,
) => Promise<Called>;

/** Tells the rules to the activity. */
export function createActivityRouter(settings: ActivityRouterSettings, call: CallActivity): Router {
  const router = `activity ${settings.activityType} on the task queue ${settings.taskQueue}`;
  return {
    apply: async (ruleSet, signal) => {
      signal?.throwIfAborted();
      const { move } = ruleSet;
      const called = await call(settings, ruleSet, signal);
      switch (called.outcome) {
        case 'refused':
          throw new SwitchyardError('ROUTER_REFUSES', { router, move, status: called.type, answer: called.message });
        case 'notTold':
          throw new SwitchyardError('ROUTER_NOT_TOLD', { router, move, problem: called.problem });
        default:
          return called.outcome;
      }
    },
  };
}
