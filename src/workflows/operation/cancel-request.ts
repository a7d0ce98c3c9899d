import { CancellationScope } from '@temporalio/workflow';

/** Temporal's own Cancel; its error ends the workflow as Canceled. */
export interface CancelRequest {
  error?: unknown;
}

/** Makes Temporal's own Cancel an event like others: the workflow ends when all is cleaned up. Before the first await. */
export function noticeCancelRequest(operation: {
  happened(happening: { readonly kind: 'cancelRequested' }): void;
}): CancelRequest {
  const request: CancelRequest = {};
  const scope = CancellationScope.current();
  if (scope.consideredCancelled) operation.happened({ kind: 'cancelRequested' });
  scope.cancelRequested.catch((error: unknown) => {
    request.error = error;
    operation.happened({ kind: 'cancelRequested' });
  });
  return request;
}
