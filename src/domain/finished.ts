/** What the end of a move has left. */
export interface Finished {
  /** What stays behind, one sentence each. */
  readonly residuals: readonly string[];
  /** What a forced completion has listed and is not there any more, since the source answers. */
  readonly settled?: readonly string[];
}
