/** Reads the live progress of a migration or a move: the heartbeat of its pending activity, as the UI shows it. */
import type { ProgressHeartbeat } from '../domain/progress.js';
import { defaultPayloadConverter, type WorkflowHandle } from '@temporalio/client';

export async function readHeartbeat(handle: WorkflowHandle): Promise<ProgressHeartbeat | undefined> {
  const { raw } = await handle.describe();
  // A move may have others beside it for a moment, which tell the router or ask servers.
  const beats = raw.pendingActivities?.map(({ heartbeatDetails }) => heartbeatDetails?.payloads?.[0]);
  const payload = beats?.find((beat) => beat != null);
  if (payload == null) return undefined;
  return defaultPayloadConverter.fromPayload<ProgressHeartbeat | null>(payload) ?? undefined;
}
