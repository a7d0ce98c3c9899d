/**
 * What starts the clean-up of retained tables, read by hand: a schema would be made stricter one day, and a history that has
 * begun with a looser one would not replay. So this never asks for more than it does now.
 */
import { fieldOf } from '../contract/decode.js';
import type { TableCleanupInput } from '../contract/retained-table.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { textIn } from './operation/request.js';

/** @throws INVALID_INPUT where it cannot be told what is to be dropped, or when. */
export function readCleanupInput(given: unknown): TableCleanupInput {
  const text = (name: string): string => {
    const found = textIn(given, name);
    if (found === '') throw invalid(`${name} must be a text`);
    return found;
  };
  const tables = tablesIn(given);
  const retainForMs = fieldOf(given, ['retainForMs']);
  const completedAt = text('completedAt');
  if (typeof retainForMs !== 'number' || !(retainForMs >= 0)) throw invalid('retainForMs must be a number');
  if (Number.isNaN(Date.parse(completedAt))) throw invalid('completedAt must be a time');
  return {
    ...{ cluster: text('cluster'), database: text('database'), operationId: text('operationId') },
    retainedTable: text('retainedTable'),
    ...(tables.length === 0 ? {} : { tables }),
    ...{ retainForMs, completedAt },
  };
}

function tablesIn(given: unknown): readonly string[] {
  const tables: unknown = fieldOf(given, ['tables']);
  return Array.isArray(tables) ? tables.filter((table): table is string => typeof table === 'string') : [];
}

function invalid(problem: string): SwitchyardError {
  return new SwitchyardError('INVALID_INPUT', { problem });
}
