/** Follows an operation by asking for its status, until its workflow has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { followEveryMsDefault, followEveryMsMin } from '../limits/client.js';

export interface FollowOptions {
  /** How often it is asked; at least 100 ms. */
  readonly everyMs?: number | undefined;
  /** Ends the following, and nothing else: the operation goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Gets to know what passes by itself: Temporal or the workers do not answer. It is asked again until they do. */
  readonly onProblem?: ((problem: SwitchyardError) => void) | undefined;
}

export interface WaitOptions extends FollowOptions {
  /** How long it may take; for as long as the operation lasts where it is absent. */
  readonly timeoutMs?: number | undefined;
}

/** One operation, as it is followed. */
export interface Followed<Status> {
  readonly workflowId: string;
  isOpen(): Promise<boolean>;
  status(): Promise<Status>;
}

/**
 * Each status that differs from the one before, the first and the last one in any case. It ends with the workflow, or with
 * the signal. @throws errors of the catalogue that do not pass by themselves, and any where the workflow has ended.
 */
export async function* follow<Status>(
  { isOpen, status }: Followed<Status>,
  { everyMs = followEveryMsDefault, signal, onProblem }: FollowOptions,
): AsyncGenerator<Status, void> {
  let last = '';
  let open = true;
  while (open && signal?.aborted !== true) {
    try {
      // In this order, so that the last status is one of after the end.
      open = await isOpen();
      const now = await status();
      const text = JSON.stringify(now);
      if (text !== last) yield now;
      last = text;
    } catch (error) {
      if (!open || !passes(error)) throw error;
      onProblem?.(error);
    }
    if (open) await sleep(Math.max(everyMs, followEveryMsMin), undefined, { signal }).catch(() => undefined);
  }
}

function passes(error: unknown): error is SwitchyardError {
  return error instanceof SwitchyardError && error.kind === 'retryable';
}

/**
 * The first status that fits. @param wanted in words, for the message.
 * @throws PHASE_NOT_REACHED where it has ended before, or the time is over; what `follow` throws; the reason of the signal.
 */
export async function waitUntil<Status extends { readonly phase: string }>(
  followed: Followed<Status>,
  wanted: string,
  fits: (status: Status) => boolean,
  { timeoutMs, signal, ...options }: WaitOptions,
): Promise<Status> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  let phase = 'unknown';
  try {
    for await (const status of follow(followed, { ...options, signal: over.signal })) {
      if (fits(status)) return status;
      ({ phase } = status);
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  const problem = over.signal.aborted ? `it is ${phase} after ${timeoutMs} ms` : `it has ended as ${phase}`;
  throw new SwitchyardError('PHASE_NOT_REACHED', { workflowId: followed.workflowId, wanted, problem });
}
