/**
 * What can be done about an error where the traffic is now. The catalogue speaks of a copy that nobody uses yet, beside a
 * table that nothing has touched; once the target has the writes, or had them, that is not so (P10).
 */
import type { Failure } from '../operation/state.js';
import type { MoveState } from './state.js';

/** What ends a move before its switch ends only the way back after it. */
export const endsWayBack: readonly string[] = ['TABLE_CHANGED', 'BINLOG_TABLE_CHANGED', 'POSITION_PURGED'];

const wayBackIsOver =
  'The target goes on with the writes, and the way back is over: what the source would get is not known to be what it needs. Send complete to end the move; retry only where what is named was undone.';

const differs =
  'The way back stops: the source does not have the rows that are named as the target has them. Write these rows anew on the target, in a session that has a binlog, and send retry; or send complete, which ends the move without it.';

const wayBackIsHeld =
  'The target goes on with the writes; only the way back to the source is held up. Mend what the message names.';

const ofTheBeginning = /\bstart again\b|original table/i;
const untouched = /The original table is untouched/;

/** The error, with the remedy of this moment. */
export function fitting({ traffic, reversedAt }: Pick<MoveState, 'traffic' | 'reversedAt'>, failure: Failure): Failure {
  const { code, remedy } = failure;
  if (traffic.writes === 'source') {
    return reversedAt === null
      ? failure
      : { ...failure, remedy: remedy.replace(untouched, 'The source has the writes, and goes on with them') };
  }
  if (endsWayBack.includes(code)) return { ...failure, remedy: wayBackIsOver };
  if (code === 'VERIFICATION_FAILED') return { ...failure, remedy: differs };
  return ofTheBeginning.test(remedy) ? { ...failure, remedy: wayBackIsHeld } : failure;
}
