/** What running work waits for: it tells when that changes, and its word counts as long as it runs (P11). */
import type { OperationState } from './operation.js';
import type { Wait } from '../../domain/progress.js';
import type { WaitsTold } from './state.js';

/** The state after a word; that of work which has ended may come late, and is passed over. */
export function waitsTold<State extends Pick<OperationState, 'grant' | 'waits'>>(
  state: State,
  { grant, waits }: WaitsTold,
): State {
  return grant === state.grant ? { ...state, waits: { grant, waits } } : state;
}

/** What is waited for as far as it was told; empty for nothing. @param isIdle whether nothing runs that touches data. */
export function waitsFor({ grant, waits }: Pick<OperationState, 'grant' | 'waits'>, isIdle: boolean): readonly Wait[] {
  return isIdle || waits?.grant !== grant ? [] : waits.waits;
}
