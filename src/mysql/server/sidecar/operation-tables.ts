/** Tables of the sidecar that are of one operation, whose name says which. */
import type { Session } from '../session/session.js';
import { sidecarDatabase } from './schema.js';

/** @param operationOf the operation by the name of a table; undefined for others. @returns those that have such a table. */
export async function operationsWithTable(
  session: Session,
  operationOf: (name: string) => string | undefined,
): Promise<readonly { readonly operationId: string }[]> {
  const rows = await session.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${sidecarDatabase}' ORDER BY 1`,
  );
  return rows.flatMap(({ name }) => {
    const operationId = operationOf(name);
    return operationId === undefined ? [] : [{ operationId }];
  });
}
