/** One operation, looked at again and again until its workflow has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationSummary } from '../client/summary.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { OperationHandle } from './find.js';
import type { ShownOperation } from './show/operation.js';

export interface Look {
  readonly summary: OperationSummary;
  /** Null where its workflow does not answer. */
  readonly shown: ShownOperation | null;
  /** What passes by itself, and keeps the status from being known. */
  readonly problem: SwitchyardError | null;
}

/** @throws errors of the catalogue that do not pass by themselves. */
export async function look(handle: OperationHandle): Promise<Look> {
  const summary = await handle.summary();
  const { workflowId } = handle;
  const { startedAt } = summary;
  try {
    const [status, progress] = await Promise.all([handle.status(), summary.open ? handle.progress() : undefined]);
    return { summary, shown: { workflowId, startedAt, status, progress: progress ?? null }, problem: null };
  } catch (error) {
    if (!passes(error)) throw error;
    return { summary, shown: null, problem: error };
  }
}

interface Pace {
  readonly everyMs: number;
  /** Ends the looking, and nothing else. */
  readonly signal: AbortSignal;
  /** Gets to know that Temporal does not answer. */
  readonly onProblem: (problem: SwitchyardError) => void;
}

/** Every so often, and once after the end. @throws as `look`. */
export async function* looks(
  handle: OperationHandle,
  { everyMs, signal, onProblem }: Pace,
): AsyncGenerator<Look, void> {
  while (!signal.aborted) {
    const seen = await look(handle).catch((error: unknown) => {
      if (!passes(error)) throw error;
      onProblem(error);
      return undefined;
    });
    if (signal.aborted) return;
    if (seen !== undefined) {
      yield seen;
      if (!seen.summary.open) return;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

function passes(error: unknown): error is SwitchyardError {
  return error instanceof SwitchyardError && error.kind === 'retryable';
}
