/** What the kernel has to know of a kind of operation. */
export interface Kind<State> {
  /** What people call it, such as `migration`. */
  readonly noun: string;
  /** The phase that people see. */
  phaseOf(state: State): string;
  /** How it ended, or is about to end, as the end of a sentence; undefined while it goes on. */
  ending(state: State): string | undefined;
  /** Whether an attempt may be made, as far as the copy goes. */
  isReady(state: State): boolean;
  /** Whether nothing runs that touches data. */
  isIdle(state: State): boolean;
}
