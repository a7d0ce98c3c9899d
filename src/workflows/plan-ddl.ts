/** The workflow that says what statements would do, before anything runs. */
import { defineQuery, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { fieldOf } from '../contract/decode.js';
import type { PlanDdlActivities } from '../contract/plan-ddl.js';
import type { DdlPlan } from '../domain/statement-plan.js';
import { detailsBytesMax } from '../limits/workflows.js';
import { renderMarkdown } from '../domain/plan/render.js';
import { preparing, shownAs } from './operation/activity-options.js';
import { asWorkflowError } from './operation/failures.js';
import { cutToBytes } from './operation/text.js';

/** Takes the input of the contract; it is validated by the activity. */
export async function planDdl(input?: unknown): Promise<DdlPlan> {
  let plan: DdlPlan | null = null;
  setHandler(defineQuery<DdlPlan | null>('plan'), () => plan, {
    description: 'What each statement would do; null while it is being looked for. No input.',
  });
  const cluster = fieldOf(input, ['cluster']);
  const name = typeof cluster === 'string' ? cluster : '';
  const { planDdl: ask } = proxyActivities<PlanDdlActivities>(shownAs(`plan statements on ${name}`, preparing));
  try {
    plan = await ask({ input });
  } catch (error) {
    throw asWorkflowError(error);
  }
  setCurrentDetails(cutToBytes(renderMarkdown(plan), detailsBytesMax));
  return plan;
}
