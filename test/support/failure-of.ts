/** How a workflow failed, as people see it. */
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** Waits for its end. @throws where it did not fail with an error of the catalogue. */
export async function failureOf(handle: WorkflowHandle): Promise<{ readonly type: string; readonly message: string }> {
  const end: unknown = await handle.result().catch((error: unknown) => error);
  const cause = end instanceof WorkflowFailedError ? end.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) throw new Error(`no failure: ${JSON.stringify(end)} ${String(end)}`);
  return { type: cause.type ?? '', message: cause.message };
}
