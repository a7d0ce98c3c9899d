/** What the kernel has to know of a kind of operation. */
import type { OperationKind } from '../../domain/residual.js';
import type { Failing } from './retrying.js';
import type { Failure, Stop } from './state.js';
import type { AttemptLimits } from './limits.js';

export type Outcome = 'completed' | 'cancelled' | 'failed';

/** When writes have gone to what is new, and last came back (ISO times); null where they did not, or do not any more. */
interface Switches {
  readonly switchedAt: string | null;
  readonly reversedAt: string | null;
  /** How long writers have waited for the last of them. */
  readonly blockedMs: number;
}

export interface Kind<State> {
  /** The type of its workflow. */
  readonly type: OperationKind;
  /** What people call it, such as `migration`. */
  readonly noun: string;
  /** What an attempt is for, such as `swap`. */
  readonly purpose: string;
  /** The phase that people see. */
  phaseOf(state: State): string;
  /** How it ended, or is about to end, as the end of a sentence; undefined while it goes on. */
  ending(state: State): string | undefined;
  /** Whether an attempt may be made, as far as the copy goes. */
  isReady(state: State): boolean;
  /** Whether nothing runs that touches data. */
  isIdle(state: State): boolean;
  /** What the next attempt gets; null before that is known. */
  limitsOf(state: State): AttemptLimits | null;
  /** Whether an attempt is wanted that may only begin in its window. */
  needsWindow(state: State): boolean;
  /** Whether an attempt runs, or what became of one is being found out. */
  isAttempting(state: State): boolean;
  /** What a person is waited for; null for nothing. */
  troubleOf(state: State): Failure | null;
  /** What fails and is tried again (P11); null for nothing. */
  failing(state: State): Failing | null;
  /** That the attempts were used up: why nothing is tried any more until somebody asks for it; null where that is not so. */
  heldBySystem(state: State): { readonly reason: string; readonly since: string } | null;
  switchesOf(state: State): Switches;
  /** Since when nobody takes the writes, as far as anybody can tell; null while somebody does. */
  writesRefusedSince(state: State): string | null;
  /** How it has ended, and what it has left; null while anything is still to be done. */
  endOf(state: State): { readonly outcome: Outcome; readonly residuals: readonly string[] } | null;
  /** With the decision to end, and whatever the kind's own stop has beside it. */
  stopped(state: State, stop: Stop): State;
}
