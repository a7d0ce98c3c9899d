/** Reads the live progress of an operation: the heartbeat of its pending activity, as the UI shows it. */
import { defaultPayloadConverter, type WorkflowHandle } from '@temporalio/client';
import type { ProgressHeartbeat } from '../domain/progress.js';

/** Undefined where nothing runs, or where a codec of the namespace keeps it from being read. @throws errors of the SDK. */
export async function readProgress(handle: WorkflowHandle): Promise<ProgressHeartbeat | undefined> {
  const { raw } = await handle.describe();
  // A move may have others beside it for a moment, which tell the router or ask servers.
  const beats = raw.pendingActivities?.map(({ heartbeatDetails }) => heartbeatDetails?.payloads?.[0]);
  const payload = beats?.find((beat) => beat != null);
  if (payload == null) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<ProgressHeartbeat | null>(payload) ?? undefined;
  } catch {
    return undefined;
  }
}
