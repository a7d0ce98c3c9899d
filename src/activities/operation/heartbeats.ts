/** Heartbeats at a steady pace, whatever the work is doing, always with the latest progress. */
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ProgressHeartbeat } from '../../contract/operation/activities.js';
import { heartbeatIntervalMs } from '../../limits/activities.js';

/**
 * Runs `work` while heartbeating `first`, until `report` replaces what is shown. Every keep-alive must resend it, or the
 * UI shows nothing.
 * The signal is Temporal's: the workflow asked to stop, or the worker shuts down.
 */
export async function withHeartbeats<Result>(
  first: ProgressHeartbeat,
  work: (signal: AbortSignal, report: (progress: ProgressHeartbeat) => void) => Promise<Result>,
): Promise<Result> {
  let latest = first;
  const beat = (): void => heartbeat(latest);
  const timer = setInterval(beat, heartbeatIntervalMs);
  beat();
  try {
    return await work(cancellationSignal(), (progress) => {
      latest = progress;
    });
  } finally {
    clearInterval(timer);
  }
}
