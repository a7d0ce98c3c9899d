/** The end of a move that is not completed: nothing of it stays, apart from what cannot be reached. */
import { removeMove, type RemoveMoveOptions } from './remove-move.js';
import { tryToRoute, type MoveToRoute } from './route-move.js';

export interface CleanUpMoveOptions extends Pick<RemoveMoveOptions, 'state'> {
  /** What does not answer, and is not waited for: what stays behind there is listed. */
  readonly skip: readonly ('router' | 'source' | 'target')[];
  /** Of the rules that send everything to the source. */
  readonly version: number;
}

/** @returns what stays behind, one sentence each. @throws as removeMove does, the signal's reason. */
export async function cleanUpMove(
  move: MoveToRoute,
  { state, skip, version }: CleanUpMoveOptions,
): Promise<readonly string[]> {
  // Before the plan is gone, which names what the rules are about.
  const notRouted = skip.includes('router') ? await tryToRoute(move, version, 'source') : null;
  const { source, target, operationId } = move;
  const sides = skip.filter((one) => one !== 'router');
  const residuals = await removeMove({ source, target, operationId, state, skip: sides });
  return notRouted === null ? residuals : [...residuals, notRouted];
}
