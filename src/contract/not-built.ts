import type { z } from 'zod';
import { decodePayload, fieldOf } from './decode.js';
import { SwitchyardError } from '../errors/switchyard-error.js';

/** A field that the design has and that is not built: its path in the input, and what it is called. */
export type NotBuilt = readonly [path: readonly string[], what: string];

/** The input, where it fits its schema. @throws NOT_BUILT_YET for what is not built, INVALID_INPUT for all else. */
export function readInput<T>(schema: z.ZodType<T>, notBuilt: readonly NotBuilt[], input: unknown): T {
  refuseNotBuilt(input, notBuilt);
  const decoded = decodePayload(schema, input);
  if (!decoded.fits) throw new SwitchyardError('INVALID_INPUT', { problem: decoded.problem });
  return decoded.value;
}

/** @throws NOT_BUILT_YET for the first of these that the input has. */
function refuseNotBuilt(input: unknown, fields: readonly NotBuilt[]): void {
  for (const [path, what] of fields) {
    if (fieldOf(input, path) !== undefined) throw new SwitchyardError('NOT_BUILT_YET', { what });
  }
}
