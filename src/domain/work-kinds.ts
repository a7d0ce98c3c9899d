/**
 * Three kinds of work, each with a task queue and slots of its own, so that none ever waits for another's:
 *
 * - `control`: workflow tasks, and activities that are short or that somebody waits for: checks, attempts, what became of
 *   one, the router, probes, ends, the audit log, windows
 * - `follow`: held back, paused, switched: for months, cheap, many
 * - `work`: copying, building indexes, verifying: heavy, few
 */
export const workKinds = ['control', 'follow', 'work'] as const;

export type WorkKind = (typeof workKinds)[number];

/** How much `work` is done at once by one process. */
export interface WorkPlaces {
  readonly inAll: number;
  readonly perCluster: number;
}

/**
 * The task queue of a kind. That of `control` is the one on which operations are started: earlier versions had no other
 * one, so that its workers take every activity.
 */
export function queueOf(taskQueue: string, kind: WorkKind): string {
  return kind === 'control' ? taskQueue : `${taskQueue}-${kind}`;
}
