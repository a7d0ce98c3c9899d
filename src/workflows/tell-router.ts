/**
 * Calls an activity of the user's own once, on the task queue of the user's own workers, with the rules of a move. A
 * workflow of its own, since only workflows can do that, and every end of a move tells the router from an activity.
 */
import type { Called } from '../domain/routing.js';
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import { fieldOf } from '../contract/decode.js';
import type { TellRouterInput } from '../contract/tell-router.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { routerAnswerShownCharactersMax } from '../limits/shared.js';
import { summaryBytesMax } from '../limits/workflows.js';
import { asWorkflowFailure } from './operation/failures.js';
import { textIn } from './operation/request.js';
import { tellCalled } from './operation/telling-beside.js';
import { cutToBytes } from './operation/text.js';

/** @throws INVALID_INPUT as the failure of the workflow. */
export async function tellRouter(input?: unknown): Promise<Called> {
  const given = readInput(input);
  const called = await call(given);
  tellCalled(called, given);
  return called;
}

async function call({ taskQueue, activityType, timeoutMs, ruleSet }: TellRouterInput): Promise<Called> {
  const activities = proxyActivities<Record<string, (rules: TellRouterInput['ruleSet']) => Promise<unknown>>>({
    taskQueue,
    scheduleToCloseTimeout: timeoutMs,
    // Whoever has started this repeats it, and says so where people look.
    retry: { maximumAttempts: 1 },
    summary: cutToBytes(`version ${ruleSet.version} of the rules of ${ruleSet.move}`, summaryBytesMax),
  });
  try {
    return { outcome: (await activities[activityType]?.(ruleSet)) === 'newer' ? 'newer' : 'applied' };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return resultOf(error.cause, taskQueue, timeoutMs);
  }
}

function resultOf(cause: Error | undefined, taskQueue: string, timeoutMs: number): Called {
  if (cause instanceof TimeoutFailure) {
    return {
      outcome: 'notTold',
      problem: `no worker of the task queue ${taskQueue} had done it within ${timeoutMs} ms`,
    };
  }
  const message = [...(cause?.message ?? 'it failed without a word')].slice(0, routerAnswerShownCharactersMax).join('');
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true) {
    return { outcome: 'refused', type: cause.type ?? 'Error', message };
  }
  return { outcome: 'notTold', problem: message };
}

/** By hand, and never stricter than now: a schema would be, one day, and histories that have begun would not replay. */
function readInput(input: unknown): TellRouterInput {
  const taskQueue = textIn(input, 'taskQueue');
  const activityType = textIn(input, 'activityType');
  const timeoutMs = fieldOf(input, ['timeoutMs']);
  const ruleSet = fieldOf(input, ['ruleSet']);
  const problem =
    (taskQueue === '' && 'taskQueue must be a text') ||
    (activityType === '' && 'activityType must be a text') ||
    (typeof timeoutMs !== 'number' && 'timeoutMs must be a number') ||
    ((typeof ruleSet !== 'object' || ruleSet === null) && 'ruleSet must be an object');
  if (problem !== false) throw asWorkflowFailure(new SwitchyardError('INVALID_INPUT', { problem }));
  return { taskQueue, activityType, timeoutMs, ruleSet } as TellRouterInput;
}
