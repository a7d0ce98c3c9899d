/** The workflow with which a worker calls an activity of the user's own that tells a router (docs/routing.md). */

/** Read by the workflow by hand: a history that has begun with it replays by that. */
export interface TellRouterInput {
  /** Where the user's workers are. */
  readonly taskQueue: string;
  readonly activityType: string;
  readonly timeoutMs: number;
  /** What the activity gets: the rules of a move, as a webhook would get them. */
  readonly ruleSet: {
    readonly operationId: string;
    readonly move: string;
    readonly version: number;
    readonly rules: readonly object[];
  };
}
