/** The open operations of a server with the positions from which they go on: what its binlogs have to be kept for. */
import type { Session } from '../session/session.js';

export interface OpenStream {
  readonly operationId: string;
  readonly workflowId: string;
  /** Since the operation began. */
  readonly ageSeconds: number;
  /** Null where it follows nothing (yet). */
  readonly position: string | null;
  /** Since that was written, or confirmed; null where there is none. */
  readonly positionAgeSeconds: number | null;
}

/** The oldest first. The sidecar has to be there. @throws the driver's errors. */
export async function openStreams(session: Session): Promise<readonly OpenStream[]> {
  const rows = await session.rows<Record<keyof OpenStream, string | number | null>>(
    `SELECT o.operation_id AS operationId, o.workflow_id AS workflowId, s.position,
            TIMESTAMPDIFF(SECOND, o.created_at, UTC_TIMESTAMP(6)) AS ageSeconds,
            TIMESTAMPDIFF(SECOND, s.updated_at, UTC_TIMESTAMP(6)) AS positionAgeSeconds
       FROM _switchyard.operations o LEFT JOIN _switchyard.streams s USING (operation_id)
      WHERE o.state = 'open' ORDER BY o.created_at, o.operation_id`,
  );
  return rows.map(({ operationId, workflowId, ageSeconds, position, positionAgeSeconds }) => ({
    operationId: String(operationId),
    workflowId: String(workflowId),
    ageSeconds: Number(ageSeconds),
    position: position === null ? null : String(position),
    positionAgeSeconds: positionAgeSeconds === null ? null : Number(positionAgeSeconds),
  }));
}

/** The databases in which operations are open. The sidecar has to be there. @throws the driver's errors. */
export async function openDatabases(session: Session): Promise<readonly string[]> {
  const rows = await session.rows<{ name: string }>(
    "SELECT DISTINCT database_name AS name FROM _switchyard.operations WHERE state = 'open' ORDER BY name",
  );
  return rows.map(({ name }) => name);
}
