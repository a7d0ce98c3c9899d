/**
 * What a worker knows of those who look at operations from outside. It is told to a workflow as part of a result, so that
 * it is in the history: a replay decides by what was known then, not by what another worker knows.
 */
import type { NoticeEvent } from '../../domain/notice.js';
import type { SearchAttributeName } from './search-attributes.js';

export interface Outside {
  /** Those that the namespace has: a workflow task that sets another one fails, again and again. */
  readonly searchAttributes: readonly SearchAttributeName[];
  /** Absent where the configuration of the worker names nobody. */
  readonly notify?: Told;
}

/** Who is told, and of what. */
export interface Told {
  readonly events: readonly NoticeEvent[];
  /** An activity of the user's own, which the workflow calls itself; absent: a worker of ours tells it (`sendNotice`). */
  readonly activity?: { readonly taskQueue: string; readonly activityType: string; readonly timeoutMs: number };
}
