import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { significantTokens, tokenize, type LexicalModes } from '../../src/schema/tokens.js';

/** Tokens as `kind:value`, comments left out. */
function read(sql: string, modes: LexicalModes = { ansiQuotes: false }): readonly string[] {
  return significantTokens(tokenize(sql, modes).tokens).map(({ kind, value }) => `${kind}:${value}`);
}

/** What MySQL 9.7.4 made of each of these was looked up on a server. */
const cases: readonly (readonly [sql: string, tokens: readonly string[]])[] = [
  [`'it''s' 'a\\'b'`, [`string:it's`, `string:a'b`]],
  ['"a""b"', ['string:a"b']],
  ['`a``b` `,`', ['quotedName:a`b', 'quotedName:,']],
  [`_utf8mb4'x' n'y'`, ['word:_utf8mb4', 'string:x', 'word:n', 'string:y']],
  [`x'4G' x'41' 0x41 0X41 0xG`, ['word:x', 'string:4G', `hex:x'41'`, 'hex:0x41', 'word:0X41', 'word:0xG']],
  [`b'01' 0b1 0b2`, [`bit:b'01'`, 'bit:0b1', 'word:0b2']],
  [
    '1.5e-3 .5 1. 1e5 1e5x 1a',
    ['number:1.5e-3', 'number:.5', 'number:1.', 'number:1e5', 'number:1e5', 'word:x', 'word:1a'],
  ],
  [
    'd.1a d.123 `d`.123',
    ['word:d', 'operator:.', 'word:1a', 'word:d', 'operator:.', 'word:123', 'quotedName:d', 'number:.123'],
  ],
  ['d . 124', ['word:d', 'operator:.', 'number:124']],
  ['$a é日本 a\u00a0b', ['word:$a', 'word:é日本', 'word:a\u00a0b']],
  ['1 --1', ['number:1', 'operator:-', 'operator:-', 'number:1']],
  ['1 -- 1\n2 --\t3', ['number:1', 'number:2']],
  ['1 --', ['number:1']],
  ['1 # 2\n3', ['number:1', 'number:3']],
  ['1 /**/ 2 /*/ 3 */ 4 /*+ 5 */', ['number:1', 'number:2', 'number:4']],
  ['1 /*! 2 */ 3 /*!80000 4*/ 5', ['number:1', 'number:2', 'number:3', 'number:4', 'number:5']],
  ['/*!800001 1 */ /*!8000012 1 */ /*!8000 1 */', ['number:1', 'number:12', 'number:1', 'number:8000', 'number:1']],
  ['/*!80000 1 /* 2 */ **/3', ['number:1', 'operator:*', 'number:3']],
];

describe('tokenize', () => {
  it.each(cases)('reads %s as the server does', (sql, tokens) => {
    expect(read(sql)).toEqual(tokens);
  });

  it('takes double quotes for names under ANSI_QUOTES, where a backslash is nothing special', () => {
    expect(read('"a\\" "b""c"', { ansiQuotes: true })).toEqual(['quotedName:a\\', 'quotedName:b"c']);
  });

  it('takes a backslash as it is under NO_BACKSLASH_ESCAPES', () => {
    expect(read(`'a\\' 'b'`, { ansiQuotes: false, noBackslashEscapes: true })).toEqual(['string:a\\', 'string:b']);
  });

  it('makes keywords of ASCII letters only', () => {
    const keywords = tokenize('add ındex `add` droſ', { ansiQuotes: false }).tokens.map(({ keyword }) => keyword);
    expect(keywords).toEqual(['ADD', 'ıNDEX', '', 'DROſ']);
  });

  it.each([
    [`a 'b`, 'string', 2],
    ['a `b', 'name', 2],
    ['a /* b', 'comment', 2],
    ['a /*!80000 b', 'comment', 2],
    [`a 'b\\'`, 'string', 2],
  ])('says what %s leaves open', (sql, what, start) => {
    expect(tokenize(sql, { ansiQuotes: false }).unclosed).toEqual({ what, start });
  });

  it('covers every character: tokens and white space together are the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '`',
        '\\',
        '--',
        '-- ',
        '#',
        '/*',
        '*/',
        '/*!',
        '/*!80000',
        '.',
        '1',
        'e',
        'x',
        '0x',
        ' ',
        '\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, fc.boolean(), (text, ansiQuotes) => {
        let at = 0;
        for (const { start, end } of tokenize(text, { ansiQuotes }).tokens) {
          expect(text.slice(at, start)).toMatch(/^[ \t\n\v\f\r]*$/);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(text.slice(at)).toMatch(/^[ \t\n\v\f\r]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back any name and any string that is quoted as MySQL quotes it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = `\`${text.replaceAll('`', '``')}\``;
        const string = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
        const { tokens } = tokenize(`${name} ${string}`, { ansiQuotes: false });
        expect(tokens.map(({ value }) => value)).toEqual([text, text]);
      }),
    );
  });
});
