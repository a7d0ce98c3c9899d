/** What the kernel has to know of a kind of operation. */
import type { Stop } from './state.js';
import type { AttemptLimits } from './limits.js';

export interface Kind<State> {
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
  /** With the decision to end, and whatever the kind's own stop has beside it. */
  stopped(state: State, stop: Stop): State;
}
