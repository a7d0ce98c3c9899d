/** The names of fences: short, unique in their database, and recognisable as one operation's own (P4, schema/names.ts). */
import { createHash } from 'node:crypto';
import { fenceNameHexDigits } from '../../../limits/shared.js';
import { fenceTriggerName } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';

/** What a trigger can refuse; a table is fenced when there is one trigger for each. */
export const fencedEvents = ['INSERT', 'UPDATE', 'DELETE'] as const;
export type FencedEvent = (typeof fencedEvents)[number];

/**
 * The name of one trigger. The pass is part of it, so that fences for a new pass can stand before the old ones go, and
 * "is there already" is a question of names.
 */
export function fenceName(operationId: string, table: TableName, passHash: string, event: FencedEvent): string {
  const digits = createHash('sha256')
    .update(JSON.stringify([table.database, table.table, passHash]))
    .digest('hex')
    .slice(0, fenceNameHexDigits);
  return fenceTriggerName(operationId, event, digits);
}
