/** How InnoDB spells names: its dictionary has tables by the names of their files (information_schema.innodb_tables). */

/**
 * Letters that have capitals are spelled in two characters by a table that only the server has, and no statement gives
 * it; all others are `@` and four digits. Where two names differ in such letters alone, a pattern finds both.
 */
const twoCharacterRanges: readonly (readonly [number, number])[] = [
  [0xc0, 0x5ff],
  [0x1e00, 0x1fff],
  [0x2160, 0x217f],
  [0x24b0, 0x24ef],
  [0xff20, 0xff5f],
];

/** The pattern of a name as a regular expression's source, for the whole of it. */
export function fileNamePattern(name: string): string {
  return [...name].map(characterPattern).join('');
}

/** Whether a name is spelled as it is. */
export function isPlainName(name: string): boolean {
  return [...name].every(isPlain);
}

/** The same for LIKE, whose escape character is the backslash. */
export function fileNameLike(name: string): string {
  return [...name].map((character) => (isPlain(character) ? escaped(character) : '@%')).join('');
}

function characterPattern(character: string): string {
  if (isPlain(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const digits = `@${code.toString(16).padStart(4, '0')}`;
  const mayBeShort = twoCharacterRanges.some(([first, last]) => code >= first && code <= last);
  return mayBeShort ? `(?:${digits}|@..)` : digits;
}

function isPlain(character: string): boolean {
  return /^[0-9A-Za-z_]$/.test(character);
}

function escaped(character: string): string {
  return character === '_' ? '\\_' : character;
}
