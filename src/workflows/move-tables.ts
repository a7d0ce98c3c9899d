/**
 * The workflow of one move: a loop over the pure lifecycle (src/lifecycle/move/SPEC.md), which
 * operation/reconcile.ts goes through.
 */
import { CancellationScope, continueAsNew } from '@temporalio/workflow';
import type { MoveTablesResult } from '../contract/move/input.js';
import { attemptInFlight } from '../lifecycle/move/facts.js';
import { noticeCancelRequest, type CancelRequest } from './operation/cancel-request.js';
import { asWorkflowFailure } from './operation/failures.js';
import { receiveMoveMessages } from './move/commands.js';
import type { CarriedMove } from './move/move.js';
import { Move } from './move/move.js';
import { watchWindow } from './move/window-watch.js';
import { startTableCleanup } from './operation/start-cleanup.js';
import { lanesOf } from './move/lanes.js';
import { reconcile } from './operation/reconcile.js';

/** Takes the input of the contract (validated by the preparation), and the state of the run before when continued. */
export async function moveTables(input?: unknown, carried?: CarriedMove): Promise<MoveTablesResult> {
  const move = new Move(input, carried);
  receiveMoveMessages(move);
  const cancelRequest = noticeCancelRequest(move);
  return CancellationScope.nonCancellable(async () => {
    void watchWindow(move);
    await reconcile(move, lanesOf(move), {
      canBeCarried: () => canBeCarried(move),
      continueAsNew: () => continueAsNew<typeof moveTables>(move.input, move.carried),
    });
    await startCleanups(move);
    await move.settled();
    return endOf(move, cancelRequest);
  });
}

const carriedOver: readonly string[] = ['synchronise', 'watchPaused', 'startReverse', 'followReverse', 'watchServers'];

/**
 * Whether a new run may take over here: nothing is under way that has to be seen through by this one, also where a person
 * is waited for. Preparations belong to the first run, whose id is the owner's name in the databases; and a clean-up is
 * left to the run that was asked to stop, unless a person is waited for.
 */
function canBeCarried({ state }: Move): boolean {
  const { running, progress, pending, stop, trouble, retrying, closed } = state;
  const stoppable = running.main === null || carriedOver.includes(running.main.kind);
  const waits = trouble !== null || (retrying !== null && running.main === null);
  const goesOn = progress !== 'none' && !closed && (stop === null || waits);
  return goesOn && stoppable && pending.length === 0 && attemptInFlight(state) === null;
}

/** Source tables that were renamed get workflows of their own, which outlive this one. */
async function startCleanups({ prepared, state, request }: Move): Promise<void> {
  // A forced completion has renamed nothing.
  if (state.completion?.kind !== 'complete' || prepared?.retainedTables === undefined) return;
  const { source, operationId, retainForMs = 0 } = prepared;
  for (const retainedTable of prepared.retainedTables) {
    const completedAt = state.completion.at;
    await startTableCleanup({ ...source, operationId, retainedTable, retainForMs, completedAt }, request.name);
  }
}

/** The result, or the failure that ends the workflow as Canceled or Failed. */
function endOf({ state }: Move, cancelRequest: CancelRequest): MoveTablesResult {
  const { stop, completion } = state;
  if (stop?.kind === 'failed' && completion === null) throw asWorkflowFailure(stop.failure);
  // A Cancel that an earlier run was asked for is not Temporal's business any more: the result says it then.
  const cancelled = stop?.kind === 'cancelled' && stop.by === 'temporal';
  if (cancelled && cancelRequest.error !== undefined) throw cancelRequest.error;
  const { attempts, blockedMs, rowsCopied, verified, notCompared, writeLatency } = state;
  const { residuals, loss, switchedAt } = state;
  return {
    outcome: completion === null ? 'cancelled' : 'completed',
    forced: completion?.kind === 'force',
    tables: state.terms?.tables ?? [],
    ...{ switchedAt, attempts, blockedMs, rowsCopied, verified, notCompared, writeLatency },
    ...{ residuals, loss },
  };
}
