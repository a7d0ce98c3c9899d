/**
 * The workflow of one move: a loop over the pure lifecycle (src/lifecycle/move/SPEC.md), which
 * operation/reconcile.ts goes through.
 */
import { workDone } from '../domain/progress.js';
import { CancellationScope, continueAsNew, patched } from '@temporalio/workflow';
import type { KeptTable } from '../domain/retained.js';
import type { Place } from '../domain/routing.js';
import { retainForMsDefault } from '../limits/shared.js';
import { tablesShownMax } from '../limits/shared.js';
import type { Failure } from '../lifecycle/operation/state.js';
import { retainedOf } from './move/status.js';
import type { MoveTablesResult } from '../contract/move/input.js';
import { attemptInFlight } from '../lifecycle/move/facts.js';
import { noticeCancelRequest, type CancelRequest } from './operation/cancel-request.js';
import { asWorkflowFailure } from './operation/failures.js';
import { receiveMoveMessages } from './move/commands.js';
import type { CarriedMove } from './move/move.js';
import { Move } from './move/move.js';
import { move as kind } from '../lifecycle/move/kind.js';
import { watchWindow } from './operation/window-watch.js';
import { startTableCleanup } from './operation/start-cleanup.js';
import { lanesOf } from './move/lanes.js';
import { reconcile } from './operation/reconcile.js';

/** Takes the input of the contract (validated by the preparation), and the state of the run before when continued. */
export async function moveTables(input?: unknown, carried?: CarriedMove): Promise<MoveTablesResult> {
  const move = new Move(input, carried);
  receiveMoveMessages(move);
  const cancelRequest = noticeCancelRequest(move);
  return CancellationScope.nonCancellable(async () => {
    void watchWindow(move, kind);
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
  const { running, progress, pending, stop, trouble, retrying, routeRetrying, closed } = state;
  const stoppable = running.main === null || carriedOver.includes(running.main.kind);
  const fails = retrying !== null || (routeRetrying !== null && running.route === null);
  const waits = trouble !== null || (fails && running.main === null);
  const goesOn = progress !== 'none' && !closed && (stop === null || waits);
  return goesOn && stoppable && pending.length === 0 && attemptInFlight(state) === null;
}

/** Earlier versions started a workflow for each table, of which Temporal lets 2,000 be open at a time. */
const oneCleanUp = 'one-clean-up';

/** Tables that are kept get a workflow of their own, which outlives this one. */
async function startCleanups({ prepared, state, request }: Move): Promise<void> {
  const { completion, stop } = state;
  const completedAt = completion?.at ?? stop?.at;
  const kept = retainedOf(state, prepared);
  if (prepared === null || completedAt === undefined || kept.length === 0) return;
  const { operationId, retainForMs = retainForMsDefault } = prepared;
  const common = { operationId, retainForMs, completedAt };
  if (!patched(oneCleanUp)) {
    for (const { cluster, database, table: retainedTable } of kept) {
      await startTableCleanup({ cluster, database, retainedTable, ...common }, request.name);
    }
    return;
  }
  for (const { cluster, database, tables } of byPlace(kept)) {
    await startTableCleanup({ cluster, database, retainedTable: tables[0], tables, ...common }, request.name);
  }
}

type Tables = [first: string, ...others: string[]];

/** As a rule there is one place: the side that has lost the writes. */
function byPlace(kept: readonly KeptTable[]): readonly (Place & { readonly tables: Tables })[] {
  const places = new Map<string, Place & { readonly tables: Tables }>();
  for (const { cluster, database, table } of kept) {
    const name = JSON.stringify([cluster, database]);
    const place = places.get(name);
    if (place === undefined) places.set(name, { cluster, database, tables: [table] });
    else place.tables.push(table);
  }
  return [...places.values()];
}

/** What has ended it, and what is kept although it has. */
function withKept(failure: Failure, retained: readonly KeptTable[]): Failure {
  if (retained.length === 0) return failure;
  const shown = retained.slice(0, tablesShownMax);
  const names = shown.map(({ cluster, database, table, of }) => `${of} as ${database}.${table} on cluster ${cluster}`);
  const more = retained.length > shown.length ? ` and ${retained.length - shown.length} more` : '';
  return { ...failure, remedy: `${failure.remedy} What once had the writes is kept: ${names.join(', ')}${more}.` };
}

/** The result, or the failure that ends the workflow as Canceled or Failed. */
function endOf({ state, prepared }: Move, cancelRequest: CancelRequest): MoveTablesResult {
  const { stop, completion } = state;
  const retained = retainedOf(state, prepared);
  if (stop?.kind === 'failed' && completion === null) throw asWorkflowFailure(withKept(stop.failure, retained));
  // A Cancel that an earlier run was asked for is not Temporal's business any more: the result says it then.
  const cancelled = stop?.kind === 'cancelled' && stop.by === 'temporal';
  if (cancelled && cancelRequest.error !== undefined) throw cancelRequest.error;
  const { attempts, blockedMs, residuals, loss, switchedAt } = state;
  return {
    outcome: completion === null ? 'cancelled' : 'completed',
    forced: completion?.kind === 'force',
    tables: state.terms?.tables ?? [],
    ...{ switchedAt, attempts, blockedMs, ...workDone(state), residuals, retained, loss },
  };
}
