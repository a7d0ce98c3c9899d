/** What a workflow does whose type nobody knows: it fails at once and says which types there are. */
import { workflowInfo } from '@temporalio/workflow';
import { workflowTypes } from '../contract/names.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { asWorkflowFailure } from './operation/failures.js';

/** @throws UNKNOWN_WORKFLOW_TYPE as the failure of the workflow, always. */
export function unknownWorkflowType(): Promise<never> {
  const { workflowType: type } = workflowInfo();
  const known = Object.values(workflowTypes);
  return Promise.reject(asWorkflowFailure(new SwitchyardError('UNKNOWN_WORKFLOW_TYPE', { type, known })));
}
