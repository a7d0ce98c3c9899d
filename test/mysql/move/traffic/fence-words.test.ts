/** Names and messages of fences, for any move and table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fenceMessage } from '../../../../src/mysql/move/traffic/fence-message.js';
import { fencedEvents, fenceName } from '../../../../src/mysql/move/traffic/fence-name.js';
import { fencePassHash } from '../../../../src/mysql/move/traffic/fence-pass.js';
import { isFenceOf, ownedNamePattern } from '../../../../src/schema/names.js';

const operations = fc.stringMatching(/^[0-9a-f]{10}$/);
const names = fc.string({ minLength: 1, maxLength: 64, unit: 'binary', size: 'max' });

describe('the name of a fence', () => {
  it('is short, its own, and another one for each operation, table, pass, account and event', () => {
    const seen = new Map<string, string>();
    const word = fc.constantFrom('a', 'b');
    const fenced = fc.tuple(operations, names, names, word, word, fc.constantFrom(...fencedEvents));
    fc.assert(
      fc.property(fenced, ([operationId, database, table, pass, definer, event]) => {
        const fence = { operationId, passHash: fencePassHash(pass), definer };
        const name = fenceName(fence, { database, table }, event);
        expect(name.length).toBeLessThanOrEqual(64);
        expect(isFenceOf(operationId, name)).toBe(true);
        expect(isFenceOf(operationId.startsWith('a') ? 'b000000000' : 'a000000000', name)).toBe(false);
        expect(ownedNamePattern.test(name)).toBe(false);
        const what = JSON.stringify([operationId, database, table, pass, definer, event]);
        expect(seen.get(name) ?? what).toBe(what);
        seen.set(name, what);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells a.b_c from a_b.c', () => {
    const [one, two] = [
      { database: 'a', table: 'b.c' },
      { database: 'a.b', table: 'c' },
    ].map((table) => fenceName({ operationId: '0123456789', passHash: 'x', definer: 'a@%' }, table, 'INSERT'));
    expect(one).not.toBe(two);
  });

  it.each([
    '_sw_0123456789_new',
    '_sw_0123456789_mine',
    'x_sw_0123456789_fi_0123456789abcdef',
    '_sw_0123456789_fx_0123456789abcdef',
  ])('is not %s', (name) => {
    expect(isFenceOf('0123456789', name)).toBe(false);
  });
});

describe('the message of a fence', () => {
  it('fits, and names the move and the place', () => {
    fc.assert(
      fc.property(names, names, names, (move, cluster, database) => {
        const message = fenceMessage(move, { cluster, database });
        expect([...message].length).toBeLessThanOrEqual(128);
        for (const name of [move, cluster, database]) expect(message).toContain([...name].slice(0, 10).join(''));
      }),
    );
  });
});
