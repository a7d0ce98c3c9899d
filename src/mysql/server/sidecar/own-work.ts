/**
 * How our work on tables of ours is told from anybody else's in the binlog, on any server that it goes to: each of our
 * transactions there ends with a savepoint, and each of our statements with a comment, that name the operation. A
 * savepoint needs no table and no privilege, works under table locks, and is logged only where rows are.
 */
import type { Session } from '../session/session.js';

/** The name of the savepoint; also the words of the comment. */
export function signatureOf(operationId: string): string {
  return `_sw_${operationId}_ours`;
}

/** Says that the rows that the open transaction has written are our work; comes behind the last of them. */
export async function signRows(session: Session, operationId: string): Promise<void> {
  await session.run(`SAVEPOINT \`${signatureOf(operationId)}\``);
}

/** The statement on a table of ours, signed. */
export function signStatement(operationId: string, sql: string): string {
  return `${sql} /* ${signatureOf(operationId)} */`;
}

/** Whether a statement from the binlog is one that we signed. */
export function isSigned(operationId: string, sql: string): boolean {
  return sql.trimEnd().endsWith(`/* ${signatureOf(operationId)} */`);
}
