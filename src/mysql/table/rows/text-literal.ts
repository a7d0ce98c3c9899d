/**
 * A text of a key as a literal in its own character set. The server warns of some character sets wherever it reads their
 * names (1287, for each literal: a list of 500 keys would push the warnings that count out of its list). What these hold is
 * written in one that it does not warn of; in a comparison with the column the server converts it back, and it stays a range
 * scan. Only what would not come back as the same bytes is written with the name that is warned of.
 */

/** @param hex bytes in that character set, as hex digits in capitals. */
export function textLiteral(charset: string, hex: string): string {
  if (charset === 'utf8mb3' || charset === 'utf8') return `_utf8mb4 x'${hex}'`;
  if (charset === 'ucs2' && !hasSurrogate(hex)) return `_utf16 x'${hex}'`;
  const half = upperHalves[charset];
  const text = half === undefined ? undefined : decode(half, hex);
  return text === undefined
    ? `_${charset} x'${hex}'`
    : `_utf8mb4 x'${Buffer.from(text).toString('hex').toUpperCase()}'`;
}

/** Pairs of them are one character in UTF-16, and two in UCS-2. */
function hasSurrogate(hex: string): boolean {
  return hex.match(/.{4}/g)?.some((unit) => /^D[89A-F]/.test(unit)) ?? false;
}

/** Undefined where a byte has no character, or one that is not its own alone. */
function decode(half: readonly string[], hex: string): string | undefined {
  let text = '';
  for (const byte of Buffer.from(hex, 'hex')) {
    const character = byte < 0x80 ? String.fromCharCode(byte) : half[byte - 0x80];
    if (character === undefined || character === '\uFFFD') return undefined;
    text += character;
  }
  return text;
}

const controls = Array.from({ length: 0x21 }, (_none, index) => String.fromCharCode(0x80 + index));

/** The characters from 0x80 on, as the server has them (tried, and compared by a test); U+FFFD where there is none. */
const upperHalves: Readonly<Record<string, readonly string[]>> = {
  dec8: [
    ...controls,
    ...('¡¢£\uFFFD¥\uFFFD§¤©ª«\uFFFD\uFFFD\uFFFD\uFFFD°±²³\uFFFDµ¶·\uFFFD¹º»¼½\uFFFD¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ\uFFFDÑÒÓÔÕÖŒØÙÚÛÜŸ\uFFFDßà' +
      'áâãäåæçèéêëìíîï\uFFFDñòóôõöœøùúûüÿ\uFFFD\uFFFD'),
  ],
  hp8: [
    ...controls,
    ...('ÀÂÈÊËÎÏ´ˋˆ¨˜ÙÛ₤¯Ýý°ÇçÑñ¡¿¤£¥§ƒ¢âêôûáéóúàèòùäëöüÅîØÆåíøæÄìÖÜÉïßÔÁ' + 'ÃãÐðÍÌÓÒÕõŠšÚŸÿÞþ·µ¶¾—¼½ªº«■»±\uFFFD'),
  ],
  macce: [
    ...('ÄĀāÉĄÖÜáąČäčĆćéŹźĎíďĒēĖóėôöõúĚěü†°Ę£§•¶ß®©™ę¨≠ģĮįĪ≤≥īĶ∂∑łĻļĽľĹĺŅ' +
      'ņŃ¬√ńŇ∆«»…\u00a0ňŐÕőŌ–—“”‘’÷◊ōŔŕŘ‹›řŖŗŠ‚„šŚśÁŤťÍŽžŪÓÔūŮÚůŰűŲųÝýķŻŁżĢˇ'),
  ],
  macroman: [
    ...('ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
      '¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ'),
  ],
};
