/**
 * The workflow of one schema change: a loop over the pure lifecycle (src/lifecycle/migration/SPEC.md). It compares what should be
 * going on with what is, stops and starts activities accordingly, and waits for the next event.
 */
import { CancellationScope, continueAsNew } from '@temporalio/workflow';
import type { OnlineDdlResult } from '../contract/migration/input.js';
import { isSameWork } from '../lifecycle/migration/decide.js';
import { attemptInFlight } from '../lifecycle/migration/facts.js';
import { noticeCancelRequest, type CancelRequest } from './operation/cancel-request.js';
import { receiveMessages } from './migration/commands.js';
import { asWorkflowFailure } from './operation/failures.js';
import type { CarriedMigration } from './migration/migration.js';
import { Migration } from './migration/migration.js';
import { startTableCleanup } from './operation/start-cleanup.js';
import { WorkRunner } from './migration/perform.js';

/** Takes the input of the contract (validated by the preparation), and the state of the run before when continued. */
export async function onlineDdl(input?: unknown, carried?: CarriedMigration): Promise<OnlineDdlResult> {
  const migration = new Migration(input, carried);
  receiveMessages(migration);
  const cancelRequest = noticeCancelRequest(migration);
  return CancellationScope.nonCancellable(async () => {
    await reconcile(migration);
    await startCleanup(migration);
    await migration.settled();
    return endOf(migration, cancelRequest);
  });
}

/** Does what the lifecycle decides until it decides to end. */
async function reconcile(migration: Migration): Promise<void> {
  const work = new WorkRunner(migration);
  for (;;) {
    migration.lookAtTime();
    const { revision } = migration;
    const wanted = migration.decide();
    const { running } = migration.state;
    const renewing = migration.isRenewed(canBeCarried(migration));
    if (running !== null) {
      if (renewing || !isSameWork(running, wanted)) work.stop();
    } else if (wanted.kind === 'end') {
      return;
    } else if (renewing) {
      await migration.readyForNewRun(() => canBeCarried(migration));
      if (canBeCarried(migration)) await continueAsNew<typeof onlineDdl>(migration.input, migration.carried);
      migration.staysInThisRun();
    } else if (wanted.kind !== 'wait') {
      work.start(wanted);
    }
    await migration.nextChange(revision, migration.wakingFor(wanted));
  }
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
  const { attempts, rowsCopied, verified, notCompared, swap, stop, leftBehind } = state;
  const left = leftBehind.length === 0 ? {} : { leftBehind };
  if (swap !== null) {
    const retainedTable = prepared?.retainedTable ?? null;
    return { outcome: 'completed', retainedTable, ...swap, attempts, rowsCopied, verified, notCompared, ...left };
  }
  if (stop?.kind === 'failed') throw asWorkflowFailure(stop.failure);
  if (stop?.by === 'temporal') throw cancelRequest.error;
  const noSwap = { retainedTable: null, completedAt: null, blockedMs: 0 };
  return { outcome: 'cancelled', ...noSwap, attempts, rowsCopied, verified, notCompared, ...left };
}
