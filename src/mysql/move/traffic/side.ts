/** What all tables of a move do with the application's writes on one of its servers: refuse them, or take them. */
import { isGatelessFence } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../../server/session/session.js';
import { fencedEvents } from './fence-name.js';
import { dropGatelessFences, listFences, raiseFences, type Fence, type FenceWaits } from './fence.js';
import { isOpen, openGate, shutGate } from './gate.js';

/** Whether every table refuses them. */
export async function refusesAll(
  session: Session,
  operationId: string,
  tables: readonly TableName[],
): Promise<boolean> {
  const isGateOpen = await isOpen(session, operationId);
  const fences = (await listFences(session, operationId)).filter(({ name }) => !isGateOpen || isGatelessFence(name));
  return tables.every(({ database, table }) => {
    const own = fences.filter((fence) => fence.database === database && fence.table === table);
    return new Set(own.map(({ event }) => event)).size === fencedEvents.length;
  });
}

/** Takes them from here on. Belongs on the session with the operation's advisory lock. Repeatable. @throws StillHeld. */
export async function openSide(session: Session, operationId: string): Promise<void> {
  await openGate(session, operationId);
  await dropGatelessFences(session, operationId);
}

/** Refuses them from here on, likewise. @throws StillHeld while somebody is in the middle of writing. */
export async function shutSide(
  session: Session,
  fence: Fence,
  tables: readonly TableName[],
  waits: FenceWaits = {},
): Promise<void> {
  await raiseFences(session, fence, tables, waits);
  await shutGate(session, fence.operationId, waits);
  await session.run('COMMIT');
}
