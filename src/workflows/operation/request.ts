/**
 * What can be told of an input before the preparation has validated it: for summaries, the status and the clean-up of a
 * preparation that told us nothing. It never fails, so that a stricter schema never breaks a replay.
 */
import { fieldOf } from '../../contract/decode.js';

/** The text at a path of an input; empty where a field is missing or is something else. */
export function textIn(input: unknown, ...path: readonly string[]): string {
  const value = fieldOf(input, path);
  return typeof value === 'string' ? value : '';
}
