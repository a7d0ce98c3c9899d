/**
 * Tells the workflow what its activity waits for (contract/operation/waits.ts): what has lasted for some seconds, when
 * that becomes something else, and less and less often where it keeps changing, so that a history stays small. The first
 * word, after some seconds, is told whatever it is: it says that a worker has taken the activity.
 */
import { getClient } from '@temporalio/activity';
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
  /** Something was told. */
  #hasBegun = false;

  constructor(tell: (waits: readonly Wait[]) => Promise<void>, nowMs = Date.now()) {
    this.#tell = tell;
    this.#otherAtMs = nowMs;
    // What is short tells nothing. Whoever goes on where something was told finds out first whether that is so still.
    this.#nextAtMs = nowMs + waitToldAfterMs;
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
    // That it waits for nothing is no change that others would have to wait behind.
    if (lasting.length > 0 || this.#hasBegun) {
      this.#nextAtMs = nowMs + this.#intervalMs;
      this.#intervalMs = Math.min(2 * this.#intervalMs, waitTellIntervalMsMax);
    }
    this.#hasBegun = true;
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
  return new WaitTeller(async (waits) => {
    await client.workflow.getHandle(workflowId, runId).signal(waitsToldSignal, { grant, waits });
  });
}
