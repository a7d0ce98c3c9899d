import { describe, expect, it } from 'vitest';
import { findNamed, foldName, quoteIdentifier, quoteTable, sameName } from '../../src/schema/identifier.js';
import { operationIdFrom, ownedNamePattern, retainedName, copyName } from '../../src/schema/names.js';

describe('identifiers', () => {
  it('are quoted with their back-ticks doubled', () => {
    expect(quoteIdentifier('a`b``')).toBe('`a``b`````');
    expect(quoteTable({ database: 'a.b', table: '`' })).toBe('`a.b`.````');
  });

  // As MySQL 9.7.4 compares column names.
  it.each([
    ['a', 'A', true],
    ['É', 'é', true],
    ['e', 'é', false],
    ['Σ', 'σ', true],
    ['σ', 'ς', false],
    ['ΑΣ', 'ας', false],
    ['İ', 'I', true],
    ['ß', 'SS', false],
    ['K', 'k', true],
  ])('%s and %s are the same: %s', (one, other, same) => {
    expect(sameName(one, other)).toBe(same);
    expect(foldName(one) === foldName(other)).toBe(same);
  });

  it('are found by their exact letters first', () => {
    const both = [{ name: 'ƀ' }, { name: 'Ƀ' }];
    expect(findNamed(both, 'Ƀ')).toBe(both[1]);
    expect(findNamed([{ name: 'Id' }], 'iD')?.name).toBe('Id');
    expect(findNamed([{ name: 'a' }], 'b')).toBeUndefined();
  });
});

describe('owned names', () => {
  it('hold the operation and are recognised', () => {
    expect(copyName('0123456789')).toBe('_sw_0123456789_new');
    expect(retainedName('abcdef0123')).toBe('_sw_abcdef0123_old');
    expect(ownedNamePattern.exec('_sw_abcdef0123_old')?.slice(1)).toEqual(['abcdef0123', 'old']);
  });

  it.each(['_sw_abcdef012_old', '_sw_abcdef0123_older', 'x_sw_abcdef0123_new', '_sw_ABCDEF0123_new', 'orders'])(
    'are not mistaken for %s',
    (name) => {
      expect(ownedNamePattern.test(name)).toBe(false);
    },
  );

  it.each(['', '012345678', '01234567890', 'ABCDEF0123', "'; DROP --"])('are not made from %j', (text) => {
    expect(() => operationIdFrom(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => copyName(text)).toThrow();
  });
});
