import { createHash } from 'node:crypto';

/** The id of an operation: ten hex characters of its workflow and first run, so that a repeated preparation finds it. */
export function operationIdOf(workflowId: string, runId: string): string {
  return createHash('sha256').update(`${workflowId}/${runId}`).digest('hex').slice(0, 10);
}
