/** How a workflow gets to know who looks at it from outside: with what a preparation tells, and anew in each further run. */
import { ActivityFailure, ApplicationFailure, log, proxyActivities } from '@temporalio/workflow';
import { fieldOf } from '../../contract/decode.js';
import type { OperationActivities } from '../../contract/operation/activities.js';
import type { Outside } from '../../contract/operation/outside.js';
import { lookDeadlineMs, lookTimeoutMs } from '../../limits/workflows.js';
import { retry, shownAs } from './activity-options.js';

/** What a preparation made; whoever looks is made known to `operation`, also where it fails. @throws what it fails with. */
export async function preparedFor<Prepared extends { readonly outside?: Outside }>(
  operation: { isSeenFrom(outside: Outside | undefined): void },
  preparation: Promise<Prepared>,
): Promise<Omit<Prepared, 'outside'>> {
  try {
    const { outside, ...prepared } = await preparation;
    operation.isSeenFrom(outside);
    return prepared;
  } catch (error) {
    operation.isSeenFrom(outsideIn(error));
    throw error;
  }
}

function outsideIn(error: unknown): Outside | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  return fieldOf(cause.details?.[0], ['outside']) as Outside | undefined;
}

/** What a worker knows now; undefined where none could tell. Never fails: what was known before stays true enough. */
export async function lookOutside(): Promise<Outside | undefined> {
  const activities = proxyActivities<OperationActivities>(
    shownAs('look who is told of this operation', {
      startToCloseTimeout: lookTimeoutMs,
      scheduleToCloseTimeout: lookDeadlineMs,
      retry,
    }),
  );
  try {
    return await activities.lookOutside();
  } catch (error) {
    log.warn('It is not known who looks at this operation; what was known before is gone by', { error });
    return undefined;
  }
}
