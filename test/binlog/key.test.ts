import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyId } from '../../src/binlog/key.js';

it('gives two keys of a table the same id only when they are the same key', () => {
  const value = fc.stringMatching(/^[-0-9A-F:. ]{0,4}$/);
  const pair = fc.integer({ min: 1, max: 3 }).chain((length) => {
    const key = fc.array(value, { minLength: length, maxLength: length });
    return fc.tuple(key, key);
  });
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(keyId(a) === keyId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
