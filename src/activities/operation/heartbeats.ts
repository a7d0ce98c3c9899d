/** Heartbeats at a steady pace, whatever the work is doing, always with the latest progress and what it waits for. */
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { WorkSeen } from '../../domain/work-seen.js';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { waitWords } from '../../contract/operation/waits.js';
import { heartbeatIntervalMs } from '../../limits/activities.js';
import { Waits } from '../../mysql/server/waits.js';
import { tellerOf } from './waits.js';

/** What work hears and tells while it runs. */
export interface Running {
  /** Temporal's: the workflow asked to stop, or the worker shuts down. */
  readonly signal: AbortSignal;
  /** What is shown from now on. */
  readonly report: (progress: ProgressHeartbeat) => void;
  /** Gets to know what it waits for. */
  readonly waits: Waits;
}

/** To whom progress is shown. */
export interface Shown {
  /** Null: nothing is shown. */
  readonly first: ProgressHeartbeat | null;
  /** By which the workflow knows what it has started; undefined: it is not told what the work waits for. */
  readonly grant: number | undefined;
  readonly seen?: WorkSeen | undefined;
}

/** Often enough for the SDK, which sends what is due; what only follows is not worth more. */
function intervalMs(): number {
  const { heartbeatTimeoutMs = 0 } = activityInfo();
  return Math.max(heartbeatIntervalMs, heartbeatTimeoutMs / 60);
}

/**
 * Runs `work` while heartbeating `first`, until `report` replaces what is shown. Every keep-alive must resend it, or the
 * UI shows nothing. What it waits for for long is told to the workflow. @throws what the work throws.
 */
export async function withHeartbeats<Result>(
  { first, grant, seen }: Shown,
  work: (running: Running) => Promise<Result>,
): Promise<Result> {
  let latest = first;
  const waits = new Waits();
  const teller = grant === undefined ? undefined : tellerOf(grant);
  const beat = (): void => {
    const { all } = waits;
    teller?.look(all);
    if (latest !== null) heartbeat(all.length === 0 ? latest : { ...latest, waitsFor: waitWords(all) });
  };
  if (first !== null) seen?.progress(first);
  const timer = setInterval(beat, intervalMs());
  beat();
  try {
    return await work({
      ...{ signal: cancellationSignal(), waits },
      report: (progress) => {
        latest = progress;
        seen?.progress(progress);
      },
    });
  } finally {
    clearInterval(timer);
    seen?.ended();
  }
}
