/** Rows within one server: INSERT … SELECT, so that no value leaves it. */
import { findCollisions } from './collisions.js';
import { runStrict } from './data-error.js';
import { keyRange } from './key-sql.js';
import { copyKeys, copyMissingInRange, copyRange } from './row-sql.js';
import type { RowWay } from './row-way.js';

export const withinServer: RowWay = {
  copyChunk: ({ target }, plan, { lower, upper }) =>
    runStrict(target, copyRange(plan, keyRange(plan.key.columns, lower, upper))),
  copyChunkAgain: ({ target }, plan, { lower, upper }) =>
    runStrict(target, copyMissingInRange(plan, keyRange(plan.key.columns, lower, upper))),
  writeKeys: async ({ target }, plan, keys) => {
    await runStrict(target, copyKeys(plan, keys));
  },
  findCollisions: ({ target }, plan, keys) =>
    findCollisions(target, plan, keys, (some, onDuplicate) => target.run(copyKeys(plan, some) + onDuplicate)),
};
