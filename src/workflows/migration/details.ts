/** Current details of a migration: its page in Temporal's UI. */
import type { WorkflowAddress } from '../../contract/command-line.js';
import type { OnlineDdlStatus } from '../../contract/migration/status.js';
import type { NamedCommand } from '../../lifecycle/operation/next-step.js';
import { titleCell, pageFor, type Facts, listed } from '../operation/page.js';

function factsOf(status: OnlineDdlStatus): Facts {
  const { postponed } = status;
  return [
    ['Attempts', status.attempts > 0 ? `${status.attempts}, since resume ${status.attemptsSinceResume}` : null],
    ['Ready since', status.readyAt],
    ['Held back', postponed === null ? null : `by the ${postponed.by} since ${postponed.since}: ${postponed.reason}`],
    ['Completed', status.completedAt],
    ['Writes blocked', status.blockedMs === null ? null : `${status.blockedMs} ms`],
    ['Old table', status.retainedTable],
    ['Left behind', listed(status.leftBehind, ' ')],
  ];
}

/** @param possible what may be sent where nothing has to be. */
export function detailsOf(status: OnlineDdlStatus, possible: NamedCommand | null, workflow: WorkflowAddress): string {
  const name = status.table === null ? status.database : `${status.database}.${status.table}`;
  return pageFor(status, {
    title: `${titleCell(name)} on ${titleCell(status.cluster)}: ${status.phase}`,
    possible,
    workflow,
    facts: factsOf(status),
  });
}
