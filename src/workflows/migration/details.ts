/** Current details of a migration: its page in Temporal's UI. */
import type { WorkflowAddress } from '../../contract/command-line.js';
import { migrationFacts } from '../../contract/migration/facts.js';
import type { OnlineDdlStatus } from '../../contract/migration/status.js';
import type { NamedCommand } from '../../lifecycle/operation/next-step.js';
import { titleCell, pageFor } from '../operation/page.js';

/** @param possible what may be sent where nothing has to be. */
export function detailsOf(status: OnlineDdlStatus, possible: NamedCommand | null, workflow: WorkflowAddress): string {
  const name = status.table === null ? status.database : `${status.database}.${status.table}`;
  return pageFor(status, {
    title: `${titleCell(name)} on ${titleCell(status.cluster)}: ${status.phase}`,
    possible,
    workflow,
    facts: migrationFacts(status),
  });
}
