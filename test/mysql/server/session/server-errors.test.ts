import { expect, it } from 'vitest';
import { isDataError } from '../../../../src/mysql/table/rows/data-error.js';
import { duplicateKeyName, isDuplicateKey } from '../../../../src/mysql/server/session/server-errors.js';

it('a duplicate that comes while its index is built has a number of its own, and is one all the same', () => {
  // As 9.7.4 said it to an ALTER TABLE … ADD UNIQUE under writers (ER_DUP_UNKNOWN_IN_INDEX, rarely).
  const error = Object.assign(new Error("Duplicate entry for key 'n'"), { errno: 1859 });
  expect([isDuplicateKey(error), isDataError(error), duplicateKeyName(error, 't')]).toEqual([true, true, 'n']);
});
