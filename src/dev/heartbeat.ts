/** Reads the live progress of a migration: the heartbeat of its pending activity, as the UI shows it. */
import { defaultPayloadConverter, type WorkflowHandle } from '@temporalio/client';
import type { ProgressHeartbeat } from '../contract/activities.js';

export async function readHeartbeat(handle: WorkflowHandle): Promise<ProgressHeartbeat | undefined> {
  const { raw } = await handle.describe();
  const payload = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0];
  if (payload == null) return undefined;
  return defaultPayloadConverter.fromPayload<ProgressHeartbeat | null>(payload) ?? undefined;
}
