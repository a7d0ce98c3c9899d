/** Current details of a migration: its page in Temporal's UI. */
import type { WorkflowAddress } from '../../contract/command-line.js';
import type { OnlineDdlStatus } from '../../contract/migration/status.js';
import type { RetryingStatus } from '../../contract/operation/status.js';
import type { CommandName } from '../../lifecycle/migration/command.js';
import type { Page } from '../operation/page.js';
import { commonFacts, titleCell, pageFor } from '../operation/page.js';

function factsOf(status: OnlineDdlStatus): Page['facts'] {
  const { postponed } = status;
  return [
    ['Attempts', status.attempts > 0 ? `${status.attempts}, since resume ${status.attemptsSinceResume}` : null],
    ['Next attempt', status.nextAttemptAt],
    ['Ready since', status.readyAt],
    ['Held back', postponed === null ? null : `by the ${postponed.by} since ${postponed.since}: ${postponed.reason}`],
    ['Paused', pauseOf(status)],
    ['Completed', status.completedAt],
    ['Writes blocked', status.blockedMs === null ? null : `${status.blockedMs} ms`],
    ['Old table', status.retainedTable],
    ['Not compared', status.notCompared.length > 0 ? status.notCompared.join(', ') : null],
    ['Fails', failingOf(status.retrying)],
    ['Left behind', status.leftBehind.length > 0 ? status.leftBehind.join(' ') : null],
    ...commonFacts(status),
  ];
}

function failingOf(retrying: RetryingStatus | null): string | null {
  if (retrying === null) return null;
  const { since, attempts, code, nextAt } = retrying;
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  return `since ${since}, ${times}; ${nextAt === null ? 'being tried again' : `again at ${nextAt}`}: ${code}`;
}

function pauseOf({ paused, pauseReasons }: OnlineDdlStatus): string | null {
  if (paused === null) return pauseReasons.length > 0 ? `by the ${pauseReasons.join(', ')}` : null;
  return `by the ${paused.by} since ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

/** The page for a status; `command` is what the next step names. */
export function detailsOf(status: OnlineDdlStatus, command: CommandName | null, workflow: WorkflowAddress): string {
  const name = status.table === null ? status.database : `${status.database}.${status.table}`;
  return pageFor({
    title: `${titleCell(name)} on ${titleCell(status.cluster)}: ${status.phase}`,
    reason: status.reason,
    nextStep: status.nextStep,
    next: command === null ? null : { workflow, command, input: {} },
    facts: factsOf(status),
    blockers: status.blockers,
    warnings: status.warnings,
  });
}
