/** The page of a move in Temporal's UI. */
import type { WorkflowAddress } from '../../contract/command-line.js';
import { moveFacts } from '../../contract/move/facts.js';
import type { MoveTablesStatus } from '../../contract/move/status.js';
import type { NamedCommand } from '../../lifecycle/operation/next-step.js';
import { pageFor, titleCell } from '../operation/page.js';

/** @param possible what may be sent where nothing has to be. */
export function moveDetailsOf(
  status: MoveTablesStatus,
  possible: NamedCommand | null,
  workflow: WorkflowAddress,
): string {
  const { name, source, target, phase } = status;
  const from = `${titleCell(source.database)} on ${titleCell(source.cluster)}`;
  const to = `${titleCell(target.database)} on ${titleCell(target.cluster)}`;
  return pageFor(status, {
    title: `${titleCell(name)}: ${phase} (${from} → ${to})`,
    possible,
    workflow,
    facts: moveFacts(status),
  });
}
