/** Names that no other test has, and waiting that ends. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';

let serial = 0;

/** A name that no other test of this run has, in any process. */
export function uniqueName(prefix: string): string {
  serial += 1;
  return `${prefix}_${process.pid}_${serial}`;
}

/** For a probe that costs much, such as a query: it is a task of Temporal and of the worker, which have better to do. */
export const rarelyMs = 200;

/**
 * Looks every `everyMs` until `probe` gives something else than undefined. @throws after `timeoutMs`, saying what was
 * waited for, and what `describe` says of what there is instead.
 */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined>,
  timeoutMs = 100_000,
  everyMs = 50,
  describe: () => Promise<string> = () => Promise.resolve(''),
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await probe();
    if (result !== undefined) return result;
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}. ${await describe().catch(String)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** What a workflow does, for the message of a test that waited for something else: its status, and what is pending. */
export async function whatRuns(handle: WorkflowHandle): Promise<string> {
  const { raw, status } = await handle.describe();
  const activities = (raw.pendingActivities ?? []).map(({ activityType, attempt, heartbeatDetails, lastFailure }) => {
    const [payload] = heartbeatDetails?.payloads ?? [];
    const beat = payload == null ? 'no heartbeat' : JSON.stringify(defaultPayloadConverter.fromPayload(payload));
    return `${activityType?.name}, attempt ${attempt}: ${beat} ${lastFailure?.message ?? ''}`;
  });
  const told = await handle.query<object>('status').then(JSON.stringify, String);
  return [`It is ${status.name}.`, ...activities, told].join('\n');
}

/** Waits until a pending activity of the workflow has failed last with a message that has this text. @returns the message. */
export function pendingFailure(handle: WorkflowHandle, text: string, timeoutMs?: number): Promise<string> {
  return eventually(
    `an activity to fail with "${text}"`,
    async () => {
      const { raw } = await handle.describe();
      const messages = (raw.pendingActivities ?? []).map(({ lastFailure }) => lastFailure?.message ?? '');
      return messages.find((message) => message.includes(text));
    },
    timeoutMs,
  );
}
