/** The end of a move that is not completed: nothing of it stays, apart from what cannot be reached. */
import type { CleanedUp } from '../../domain/retained.js';
import { isUnavailable } from '../server/session/server-errors.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { lastAttemptThatGave } from './home.js';
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
  const leftOut = skip.filter((one) => one !== 'router');
  const sides = leftOut.length > 0 && (await areBack(move)) ? [] : leftOut;
  const removed = await removeMove({ source, target, operationId, state, skip: sides });
  return notRouted === null ? removed : { ...removed, residuals: [...removed.residuals, notRouted] };
}

/**
 * Who did not answer when that was decided may be back: then nothing has to be left as it is, and a target that was given up
 * while its tables were open is shut before more is written there. One that lacks its switch is left alone, and so is one to
 * which the journals give the writes.
 */
async function areBack({ source, target, operationId }: MoveToRoute): Promise<boolean> {
  try {
    return await withSession(source, controlVariables, (onSource) =>
      withSession(target, controlVariables, async (onTarget) => {
        const forward = await lastAttemptThatGave(onTarget, operationId, 'forward');
        const reverse = await lastAttemptThatGave(onSource, operationId, 'reverse');
        return forward === undefined || reverse === undefined ? forward === reverse : reverse > forward;
      }),
    );
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return false;
  }
}
