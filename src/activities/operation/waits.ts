/**
 * Tells the workflow what its activity waits for (contract/operation/waits.ts): what has lasted for some seconds, when
 * that becomes something else, and less and less often where it keeps changing, so that a history stays small.
 */
import { activityInfo, getClient } from '@temporalio/activity';
import { waitsToldSignal } from '../../contract/operation/waits.js';
import { waitsToldMax } from '../../limits/shared.js';
import { waitTellIntervalMs, waitTellIntervalMsMax, waitToldAfterMs } from '../../limits/activities.js';
import type { Wait } from '../../domain/progress.js';
import { execution } from './execution.js';

export class WaitTeller {
  readonly #tell: (waits: readonly Wait[]) => Promise<void>;
  /** What was told last, by its names; undefined: that is not known. */
  #told: string | undefined;
  /** When something else was waited for than was told last. */
  #otherAtMs: number;
  #nextAtMs: number;
  #intervalMs = waitTellIntervalMs;

  /** @param isFirst nothing was told before. */
  constructor(tell: (waits: readonly Wait[]) => Promise<void>, isFirst: boolean, nowMs = Date.now()) {
    this.#tell = tell;
    this.#told = isFirst ? namesOf([]) : undefined;
    this.#otherAtMs = nowMs;
    // Whoever goes on where something was told finds out first whether that is so still.
    this.#nextAtMs = isFirst ? nowMs : nowMs + waitToldAfterMs;
  }

  /** To be called now and then. @param all what is waited for now. */
  look(all: readonly Wait[], nowMs = Date.now()): void {
    const lasting = all.filter(({ since }) => nowMs - Date.parse(since) >= waitToldAfterMs).slice(0, waitsToldMax);
    const names = namesOf(lasting);
    if (names === this.#told) {
      if (nowMs - this.#otherAtMs > waitTellIntervalMsMax) this.#intervalMs = waitTellIntervalMs;
      return;
    }
    this.#otherAtMs = nowMs;
    if (nowMs < this.#nextAtMs) return;
    this.#told = names;
    this.#nextAtMs = nowMs + this.#intervalMs;
    this.#intervalMs = Math.min(2 * this.#intervalMs, waitTellIntervalMsMax);
    this.#tell(lasting).catch(() => {
      // Told again at the next look that is due, whatever it is then.
      this.#told = undefined;
    });
  }
}

function namesOf(waits: readonly Wait[]): string {
  return waits
    .map(({ for: what }) => what)
    .sort()
    .join(' ');
}

/** The teller of the current activity. */
export function tellerOf(grant: number): WaitTeller {
  const { workflowId, runId } = execution();
  const client = getClient();
  const before: unknown = activityInfo().heartbeatDetails;
  const toldBefore = typeof before === 'object' && before !== null && 'waitsFor' in before;
  return new WaitTeller(async (waits) => {
    await client.workflow.getHandle(workflowId, runId).signal(waitsToldSignal, { grant, waits });
  }, !toldBefore);
}
