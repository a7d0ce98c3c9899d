/**
 * The workflow of the retained tables of one operation: waits until their time has come or somebody decides, then drops or
 * keeps them (P4). One for all tables of a move: Temporal lets a workflow have 2,000 children that are open.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { OperationActivities } from '../contract/operation/activities.js';
import type { CleanedTables, TableCleanupInput, TableCleanupResult } from '../contract/retained-table.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { dropBatchTables, summaryBytesMax, timerMsMax } from '../limits/workflows.js';
import { isoTime } from '../lifecycle/operation/state.js';
import { readCleanupInput } from './cleanup-input.js';
import { Cleanup } from './cleanup.js';
import { closing, shownAs } from './operation/activity-options.js';
import { asWorkflowError, asWorkflowFailure } from './operation/failures.js';
import { cutToBytes } from './operation/text.js';

/** Earlier versions know of one table, and of no new run while they wait. */
const many = 'drops-many-tables';
const renewed = 'renewed-while-waiting';

/**
 * Takes what an operation gives it, and what earlier runs have done where continued; a Cancel of the workflow while it waits
 * leaves the tables where they are.
 */
export async function tableCleanup(given?: unknown, before?: CleanedTables): Promise<TableCleanupResult> {
  const input = readInput(given);
  const cleanup = new Cleanup(input, before);
  cleanup.receive();
  await waited(cleanup, input);
  return CancellationScope.nonCancellable(async () => {
    try {
      return await dropped(cleanup, input);
    } catch (error) {
      throw asWorkflowError(error);
    } finally {
      await cleanup.audit.settled();
    }
  });
}

function readInput(given: unknown): TableCleanupInput {
  try {
    return readCleanupInput(given);
  } catch (error) {
    throw error instanceof SwitchyardError ? asWorkflowFailure(error) : error;
  }
}

/** Until the time has come, or somebody has decided about all of them. */
async function waited(cleanup: Cleanup, input: TableCleanupInput): Promise<void> {
  const summary = cutToBytes(`keep ${cleanup.title} until ${isoTime(cleanup.dropAtMs)}`, summaryBytesMax);
  const isLong = (): boolean => workflowInfo().continueAsNewSuggested && patched(renewed);
  for (;;) {
    const leftMs = Math.max(1, cleanup.dropAtMs - Date.now());
    const waitMs = Math.min(leftMs, timerMsMax);
    const came = await condition(() => cleanup.phase !== 'waiting' || isLong(), waitMs, { summary });
    if (cleanup.phase !== 'waiting' || (!came && waitMs === leftMs)) return;
    if (isLong()) await goOnAnew(cleanup, input);
  }
}

async function dropped(cleanup: Cleanup, input: TableCleanupInput): Promise<TableCleanupResult> {
  const { retainedTable, tables } = input;
  if (cleanup.phase !== 'kept') cleanup.enter('dropping');
  if (tables === undefined || (cleanup.phase === 'dropping' && !patched(many))) {
    const outcome = await dropOne(cleanup, input);
    if (tables === undefined || cleanup.left.length === 0) return { outcome, retainedTable };
  }
  await dropAll(cleanup, input);
  const { cleaned } = cleanup;
  const outcome = cleaned.dropped > 0 ? 'dropped' : cleaned.alreadyGone > 0 ? 'alreadyGone' : 'kept';
  if (outcome !== 'kept') cleanup.enter('dropped');
  return { outcome, retainedTable, tables: cleaned };
}

/** Until it is gone, or somebody keeps it after all. */
async function dropOne(cleanup: Cleanup, input: TableCleanupInput): Promise<TableCleanupResult['outcome']> {
  const { cluster, operationId, retainedTable } = input;
  const { dropRetainedTable } = dropping(`drop ${retainedTable}`);
  while (cleanup.phase === 'dropping') {
    const drop = () => dropRetainedTable({ cluster, operationId, retainedTable });
    const result = await cleanup.try([retainedTable], drop);
    if (result !== null) {
      const { outcome } = result;
      cleanup.isDone([retainedTable], { dropped: 0, alreadyGone: 0, [outcome]: 1 });
      if (cleanup.left.length === 0) cleanup.enter('dropped');
      return outcome;
    }
    await cleanup.wait();
    if (workflowInfo().continueAsNewSuggested) await goOnAnew(cleanup, input);
  }
  return 'kept';
}

/** The same, some at a time. Those of which nobody can say that they are ours are left to a person, after the others. */
async function dropAll(cleanup: Cleanup, input: TableCleanupInput): Promise<void> {
  const { cluster, operationId } = input;
  let givenUp: unknown;
  while (cleanup.phase === 'dropping' && cleanup.left.length > 0) {
    const retainedTables = cleanup.left.slice(0, dropBatchTables);
    const { dropRetainedTables } = dropping(`drop ${retainedTables.length} of ${cleanup.left.length} retained tables`);
    try {
      const drop = () => dropRetainedTables({ cluster, operationId, retainedTables });
      const counts = await cleanup.try(retainedTables, drop);
      if (counts === null) await cleanup.wait();
      else cleanup.isDone(retainedTables, counts);
    } catch (error) {
      givenUp ??= error;
      cleanup.isDone(retainedTables, { dropped: 0, alreadyGone: 0 });
    }
    if (givenUp === undefined && workflowInfo().continueAsNewSuggested) await goOnAnew(cleanup, input);
  }
  if (givenUp !== undefined) throw givenUp;
}

function dropping(summary: string): OperationActivities {
  return proxyActivities<OperationActivities>(shownAs(summary, closing));
}

/** Once its time has come it has, whatever was said about it before. */
async function goOnAnew(cleanup: Cleanup, input: TableCleanupInput): Promise<void> {
  await cleanup.audit.settled();
  const { phase, left, cleaned } = cleanup;
  if (left.length === 0 || (phase !== 'waiting' && phase !== 'dropping')) return;
  const tables = input.tables === undefined ? {} : { tables: left };
  const retainForMs = phase === 'dropping' ? 0 : input.retainForMs;
  await continueAsNew<typeof tableCleanup>({ ...input, ...tables, retainForMs }, cleaned);
}
