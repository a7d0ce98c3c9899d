import { fieldOf } from './decode.js';
import { SwitchyardError } from '../errors/switchyard-error.js';

/** A field that the design has and that is not built: its path in the input, and what it is called. */
export type NotBuilt = readonly [path: readonly string[], what: string];

/** @throws NOT_BUILT_YET for the first of these that the input has. */
export function refuseNotBuilt(input: unknown, fields: readonly NotBuilt[]): void {
  for (const [path, what] of fields) {
    if (fieldOf(input, path) !== undefined) throw new SwitchyardError('NOT_BUILT_YET', { what });
  }
}
