/** What all tables of a move do with the application's writes on one of its servers: refuse them, or take them. */
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../../server/session/session.js';
import { fencedEvents } from './fence-name.js';
import { dropAllFences, listFences, raiseFences, type Fence } from './fence.js';

/** Whether every table refuses them. */
export async function refusesAll(
  session: Session,
  operationId: string,
  tables: readonly TableName[],
): Promise<boolean> {
  const fences = await listFences(session, operationId);
  return tables.every(({ database, table }) => {
    const own = fences.filter((fence) => fence.database === database && fence.table === table);
    return new Set(own.map(({ event }) => event)).size === fencedEvents.length;
  });
}

/** Takes them from here on. Belongs on the session with the operation's advisory lock. Repeatable. */
export async function openSide(session: Session, operationId: string): Promise<void> {
  await dropAllFences(session, operationId);
}

/** Refuses them from here on, likewise. */
export async function shutSide(session: Session, fence: Fence, tables: readonly TableName[]): Promise<void> {
  await raiseFences(session, fence, tables);
}
