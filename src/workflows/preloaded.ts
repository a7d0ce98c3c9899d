/**
 * What all workflows of a worker share (`preloadModules` of the bundle): schemas, errors and state machines, which are pure.
 * The SDK evaluates every other module once for each workflow that a worker has in memory. With these among them that was
 * 1.3 MB and 12 ms for each, most of it zod; it is 0.2 MB and 2 ms now. That none of it keeps a state is held by
 * test/workflows/preloaded.test.ts.
 */
import * as decode from '../contract/decode.js';
import * as migrationCommands from '../contract/migration/commands.js';
import * as moveCommands from '../contract/move/commands.js';
import * as retainedTable from '../contract/retained-table.js';
import * as errors from '../errors/switchyard-error.js';
import * as migration from '../lifecycle/migration/kind.js';
import * as move from '../lifecycle/move/kind.js';

/** Named, or the bundler would leave them out. */
export const preloaded: readonly object[] = [
  ...[decode, migrationCommands, moveCommands, retainedTable],
  ...[errors, migration, move],
];

/**
 * The SDK freezes what is shared, as deep as it can see, and stops at what is frozen. A schema of zod replaces its own parser
 * at its first use (by what it knows of itself alone, nothing of what it parses), so that it may not be frozen any deeper.
 */
function freezeSchemas(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const { _zod: internals } = value as { readonly _zod?: { readonly def: object } };
  if (internals !== undefined) Object.freeze(value);
  for (const part of Object.values(internals === undefined ? value : internals.def)) freezeSchemas(part, seen);
}

freezeSchemas(preloaded, new Set());
