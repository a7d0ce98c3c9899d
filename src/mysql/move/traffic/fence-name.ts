/** The names of fences: short, unique in their database, and recognisable as one operation's own (P4). */
import { createHash } from 'node:crypto';
import { fenceNameHexDigits } from '../../../limits/traffic.js';
import { operationIdHexDigits } from '../../../limits/schema.js';
import { operationIdFrom } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';

/** What a trigger can refuse; a table is fenced when there is one trigger for each. */
export const fencedEvents = ['INSERT', 'UPDATE', 'DELETE'] as const;
export type FencedEvent = (typeof fencedEvents)[number];

const pattern = new RegExp(`^_sw_([0-9a-f]{${operationIdHexDigits}})_f[iud]_[0-9a-f]{${fenceNameHexDigits}}$`);

/**
 * The name of one trigger. The pass is part of it, so that fences for a new pass can stand before the old ones go, and
 * "is there already" is a question of names.
 */
export function fenceName(operationId: string, table: TableName, passHash: string, event: FencedEvent): string {
  const digits = createHash('sha256')
    .update(JSON.stringify([table.database, table.table, passHash]))
    .digest('hex')
    .slice(0, fenceNameHexDigits);
  return `_sw_${operationIdFrom(operationId)}_f${event.charAt(0).toLowerCase()}_${digits}`;
}

/** The operation whose fence a trigger of this name is; undefined where it is none. */
export function operationOfFence(name: string): string | undefined {
  return pattern.exec(name)?.[1];
}

/** Whether a trigger of this name is a fence of the operation. */
export function isFenceOf(operationId: string, name: string): boolean {
  return operationOfFence(name) === operationIdFrom(operationId);
}
