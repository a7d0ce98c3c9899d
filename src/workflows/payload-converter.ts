/**
 * Decodes what people send to a workflow. The SDK's converter throws on a payload that is not JSON (typed into the UI's
 * dialog, say) and then every task of that workflow fails for ever; here it becomes a text, which no command and no
 * input accepts, so that it is refused like any other mistake. It has to be given to whatever bundles the workflows.
 */
import type { Payload, PayloadConverter } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return 'a payload that cannot be decoded' as T;
    }
  },
};
