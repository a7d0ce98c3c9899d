/** The end of a move that is not completed: nothing of it stays, apart from what cannot be reached. */
import type { CleanedUp } from '../../domain/retained.js';
import { removeMove, type RemoveMoveOptions } from './remove-move.js';
import { tryToRoute, type MoveToRoute } from './route-move.js';

export interface CleanUpMoveOptions extends Pick<RemoveMoveOptions, 'state'> {
  /** What does not answer, and is not waited for: what stays behind there is listed. */
  readonly skip: readonly ('router' | 'source' | 'target')[];
  /** Of the rules that send everything to the source. */
  readonly version: number;
}

/** @returns what stays behind, and what is kept. @throws as removeMove does, the signal's reason. */
export async function cleanUpMove(move: MoveToRoute, { state, skip, version }: CleanUpMoveOptions): Promise<CleanedUp> {
  // Before the plan is gone, which names what the rules are about.
  const notRouted = skip.includes('router') ? await tryToRoute(move, version, 'source') : null;
  const { source, target, operationId } = move;
  const sides = skip.filter((one) => one !== 'router');
  const removed = await removeMove({ source, target, operationId, state, skip: sides });
  return notRouted === null ? removed : { ...removed, residuals: [...removed.residuals, notRouted] };
}
