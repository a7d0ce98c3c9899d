/** When the copy rests by itself (R2): only where nothing that was written since the try began is changed again. */
import { beforeEach, expect, it } from 'vitest';
import { Rest } from '../../../../src/mysql/table/follow/rest.js';

const keys = [['1']];
let rest: Rest;
const tryWith = (changed: boolean): boolean => {
  rest.tryToBegin({ hasAnyOf: (keys) => changed && keys.some((some) => some.length > 0) });
  return rest.isHeld;
};

beforeEach(() => {
  rest = new Rest(2);
  rest.want();
});

it('is not at the first look: what was written before it nobody has noted', () => {
  rest.note(0, keys);
  expect(tryWith(false)).toBe(false);
  expect(tryWith(false)).toBe(true);
});

it('is not while a row that was written has another change to come', () => {
  tryWith(false);
  rest.note(1, keys);
  expect(tryWith(true)).toBe(false);
  expect(rest.isWanted).toBe(true);
  // The next try knows only what is written after it began.
  expect(tryWith(true)).toBe(true);
});

it('ends, and is wanted anew with nothing noted', () => {
  rest.begin();
  rest.end();
  expect([rest.isWanted, rest.isHeld]).toEqual([false, false]);
  rest.want();
  expect(tryWith(false)).toBe(false);
});
