/** What people read about any kind of operation. */
import type { OperationState } from './operation.js';

/** Why nothing goes on while it is paused. */
export function pausedSentence({ paused, pauseReasons }: Pick<OperationState, 'paused' | 'pauseReasons'>): string {
  const why = paused?.reason ?? null;
  return `Paused by the ${pauseReasons.join(', ')}${why === null ? '.' : `: ${why}`}`;
}
