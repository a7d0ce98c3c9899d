/** The names of fences: short, unique in their database, and recognisable as one operation's own (P4, schema/names.ts). */
import { createHash } from 'node:crypto';
import { fenceNameHexDigits } from '../../../limits/shared.js';
import { fenceTriggerName } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';

/** What a trigger can refuse; a table is fenced when there is one trigger for each. */
export const fencedEvents = ['INSERT', 'UPDATE', 'DELETE'] as const;
export type FencedEvent = (typeof fencedEvents)[number];

/** What the fences of an operation on a server depend on, as they stand there. */
export interface FenceKey {
  readonly operationId: string;
  readonly passHash: string;
  /** The account that makes it, with whose rights it asks the gate. */
  readonly definer: string;
}

/**
 * The name of one trigger. What it depends on is part of it, so that fences for another pass or by another account can
 * stand before the old ones go, and "is there already" is a question of names.
 */
export function fenceName(
  { operationId, passHash, definer }: FenceKey,
  { database, table }: TableName,
  event: FencedEvent,
): string {
  const digits = createHash('sha256')
    .update(JSON.stringify([database, table, passHash, definer]))
    .digest('hex')
    .slice(0, fenceNameHexDigits);
  return fenceTriggerName(operationId, event, digits);
}
