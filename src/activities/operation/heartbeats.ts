/** Heartbeats at a steady pace, whatever the work is doing, always with the latest progress. */
import type { ProgressHeartbeat } from '../../domain/progress.js';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { heartbeatIntervalMs } from '../../limits/activities.js';

/** What work hears and tells while it runs. */
export interface Running {
  /** Temporal's: the workflow asked to stop, or the worker shuts down. */
  readonly signal: AbortSignal;
  /** What is shown from now on. */
  readonly report: (progress: ProgressHeartbeat) => void;
}

/**
 * Runs `work` while heartbeating `first`, until `report` replaces what is shown. Every keep-alive must resend it, or the
 * UI shows nothing. @param first null: nothing is shown. @throws what the work throws.
 */
export async function withHeartbeats<Result>(
  first: ProgressHeartbeat | null,
  work: (running: Running) => Promise<Result>,
): Promise<Result> {
  let latest = first;
  const beat = (): void => {
    if (latest !== null) heartbeat(latest);
  };
  const timer = setInterval(beat, heartbeatIntervalMs);
  beat();
  try {
    return await work({
      signal: cancellationSignal(),
      report: (progress) => {
        latest = progress;
      },
    });
  } finally {
    clearInterval(timer);
  }
}
