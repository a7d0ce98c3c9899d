/** Events that every kind of operation knows. */
import type { Failure } from './state.js';

/** The end of an activity without a result: with an error of the catalogue, or without a word (timed out, cancelled). */
export type EndWithoutResult =
  | { readonly kind: 'activityFailed'; readonly failure: Failure }
  | { readonly kind: 'activityLost'; readonly cancelled: boolean; readonly problem: string };
