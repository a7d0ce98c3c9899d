/** What people read of a migration, beside what every operation has. */
import { listed, type Facts } from '../operation/facts.js';
import type { OnlineDdlStatus } from './status.js';

export function migrationFacts(status: OnlineDdlStatus): Facts {
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
