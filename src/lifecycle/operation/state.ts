/** What the states of all kinds of operation are made of, as plain JSON: it is carried through continue-as-new. */
import type { CameToNothing } from '../../domain/attempt.js';
import type { Wait } from '../../domain/progress.js';
import type { ErrorKind } from '../../errors/entry.js';

/** How far the copy is, in this order. Of a migration it never goes back; a reverse of a move takes `verified` back. */
export const progressSteps = ['none', 'prepared', 'copied', 'indexed', 'verified'] as const;

export type Progress = (typeof progressSteps)[number];

/** An error as data, as an activity reported it. */
export interface Failure {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly remedy: string;
  /** Ids, names, keys of the occurrence, passed on as they are. */
  readonly facts: unknown;
}

/** Who has paused it, why (null where they did not say) and since when (ISO time). */
export interface Pause {
  readonly by: 'operator';
  readonly reason: string | null;
  readonly since: string;
}

/**
 * Why an attempt came to nothing; `lost` when it ended without a word of its own, `notTaken` when no worker had a slot for
 * it, so that it never began.
 */
export type AttemptEnd = CameToNothing<CameToNothing['reason'] | 'lost' | 'notTaken'>;

/** The same with its times (ISO), as it is kept until the next attempt has ended. Older runs know no times. */
export interface LastAttempt extends AttemptEnd {
  readonly startedAt?: string | null;
  /** When it was known that it came to nothing. */
  readonly endedAt?: string;
}

export interface WaitsTold {
  /** Whose word it is: that of the work which was started with it. */
  readonly grant: number;
  readonly waits: readonly Wait[];
}

/** The decision to end before the swap; only a swap that happened after all takes it back. */
export type Stop =
  | {
      readonly kind: 'cancelled';
      readonly by: 'operator' | 'temporal';
      readonly reason: string | null;
      readonly at: string;
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly at: string };

/** The definite answer of a command (P2). */
export interface Answer {
  readonly outcome: 'done' | 'accepted' | 'refused' | 'tooLate';
  readonly code: string;
  readonly message: string;
  /** ISO time of the answer. */
  readonly at: string;
  /** Of a dry run: the real command would have had this answer, and nothing was changed. Else absent. */
  readonly dryRun?: true;
}

/** A command with its answer, as the status shows it. */
export interface AnsweredCommand extends Answer {
  readonly command: string;
  readonly via: 'update' | 'signal';
  /** Who gave it and why; null where they did not say. */
  readonly by: string | null;
  readonly reason: string | null;
}

/** An answered command, or a decision of the system: on its way to its caller and to the audit log (P9). */
export interface OutboxEntry {
  /** The command's id, by which its caller waits for the answer; null where nobody waits. */
  readonly id: number | null;
  readonly command: string;
  readonly via: 'update' | 'signal' | 'system';
  readonly by: string | null;
  readonly reason: string | null;
  readonly answer: Answer;
}

/** Whether the copy is at least this far. */
export function hasReached({ progress }: { readonly progress: Progress }, step: Progress): boolean {
  return progressSteps.indexOf(progress) >= progressSteps.indexOf(step);
}

/** A time in milliseconds since 1970 as ISO text. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
