/**
 * The workflow of one schema change: a loop over the pure lifecycle (src/lifecycle/migration/SPEC.md),
 * which operation/reconcile.ts goes through.
 */
import { workDone } from '../domain/progress.js';
import { CancellationScope, continueAsNew } from '@temporalio/workflow';
import type { OnlineDdlResult } from '../contract/migration/input.js';
import { attemptInFlight } from '../lifecycle/migration/facts.js';
import { noticeCancelRequest, type CancelRequest } from './operation/cancel-request.js';
import { receiveMessages } from './migration/commands.js';
import { asWorkflowFailure } from './operation/failures.js';
import type { CarriedMigration } from './migration/migration.js';
import { Migration } from './migration/migration.js';
import { startTableCleanup } from './operation/start-cleanup.js';
import { lanesOf } from './migration/lanes.js';
import { migration as kind } from '../lifecycle/migration/kind.js';
import { watchWindow } from './operation/window-watch.js';
import { reconcile } from './operation/reconcile.js';

/** Takes the input of the contract (validated by the preparation), and the state of the run before when continued. */
export async function onlineDdl(input?: unknown, carried?: CarriedMigration): Promise<OnlineDdlResult> {
  const migration = new Migration(input, carried);
  receiveMessages(migration);
  const cancelRequest = noticeCancelRequest(migration);
  return CancellationScope.nonCancellable(async () => {
    void watchWindow(migration, kind);
    await reconcile(migration, lanesOf(migration), {
      canBeCarried: () => canBeCarried(migration),
      continueAsNew: () => continueAsNew<typeof onlineDdl>(migration.input, migration.carried),
    });
    await startCleanup(migration);
    await migration.settled();
    return endOf(migration, cancelRequest);
  });
}

/**
 * Whether a new run may take over here: nothing is under way that has to be seen through by this one. Preparations
 * belong to the first run, whose id is the owner's name in the database, and so does the end of Temporal's own Cancel.
 * What fails and waits to be tried again can always be carried: it may do so for long.
 */
function canBeCarried({ state }: Migration): boolean {
  const { running, pending } = state;
  const isCancelledByTemporal = state.stop?.kind === 'cancelled' && state.stop.by === 'temporal';
  if (state.retrying !== null && running === null) {
    return state.progress !== 'none' && pending.length === 0 && !isCancelledByTemporal;
  }
  const stoppable = running === null || running.kind === 'synchronise' || running.kind === 'watchPaused';
  const goesOn = state.progress !== 'none' && state.stop === null && state.swap === null;
  return goesOn && stoppable && pending.length === 0 && !attemptInFlight(state);
}

/** The old table gets a workflow of its own, which outlives this one. */
async function startCleanup({ prepared, state, name }: Migration): Promise<void> {
  if (state.swap === null || prepared === null) return;
  const { cluster, database, operationId, retainedTable, retainForMs } = prepared;
  const { completedAt } = state.swap;
  await startTableCleanup({ cluster, database, operationId, retainedTable, retainForMs, completedAt }, name);
}

/** The result, or the failure that ends the workflow as Canceled or Failed. */
function endOf({ prepared, state }: Migration, cancelRequest: CancelRequest): OnlineDdlResult {
  const { attempts, swap, stop, leftBehind } = state;
  const work = { attempts, ...workDone(state) };
  const left = leftBehind.length === 0 ? {} : { leftBehind };
  if (swap !== null) {
    const retainedTable = prepared?.retainedTable ?? null;
    return { outcome: 'completed', retainedTable, ...swap, ...work, ...left };
  }
  if (stop?.kind === 'failed') throw asWorkflowFailure(stop.failure);
  if (stop?.by === 'temporal') throw cancelRequest.error;
  const noSwap = { retainedTable: null, completedAt: null, blockedMs: 0 };
  return { outcome: 'cancelled', ...noSwap, ...work, ...left };
}
