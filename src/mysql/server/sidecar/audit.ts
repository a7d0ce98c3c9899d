/** The audit log (P9): who commanded what, when and why, and what became of it. */
import type { AuditLine } from '../../../domain/audit.js';
import { auditMessageCharactersMax } from '../../../limits/mysql-server.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';

/** Writes one line; the same line twice (a repeated activity) is one. */
export function recordAudit(cluster: ClusterSettings, entry: AuditLine): Promise<void> {
  return withSession(cluster, controlVariables, (session) => writeAudit(session, entry));
}

/** The same on a session; the sidecar must be there. A message that is too long is cut. */
export async function writeAudit(session: Session, entry: AuditLine): Promise<void> {
  const at = entry.at.replace('T', ' ').replace('Z', '');
  const message = entry.message.slice(0, auditMessageCharactersMax);
  await session.run(
    `INSERT INTO _switchyard.audit_log (operation_id, at, command, via, asked_by, reason, outcome, message)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = id`,
    [entry.operationId, at, entry.command, entry.via, entry.by, entry.reason, entry.outcome, message],
  );
}

/** Whether somebody has ever given this command to the operation and was not refused. @throws the driver's errors. */
export async function wasCommanded(session: Session, operationId: string, command: string): Promise<boolean> {
  const rows = await session.rows(
    "SELECT 1 FROM _switchyard.audit_log WHERE operation_id = ? AND command = ? AND outcome <> 'refused' LIMIT 1",
    [operationId, command],
  );
  return rows.length > 0;
}
