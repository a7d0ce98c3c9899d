/**
 * The exact bytes of an expression (CHECK, DEFAULT, generated column, index). SHOW CREATE TABLE cannot say each of them:
 * it prints `?` for a character of four bytes and for text in another character set (tried on 9.7.4). The columns of
 * information_schema have every byte of the dictionary's own text, each byte as the character of that number, with one
 * more level of backslashes.
 */

const escapes: Readonly<Record<string, string>> = { '0': '\0', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** The bytes to write into a statement. @param text as information_schema shows the expression. */
export function expressionBytes(text: string): Buffer {
  const plain = text.replace(/\\(.)/gs, (_pair, character: string) => escapes[character] ?? character);
  // A server that shows characters and not bytes: what is made of it is compared afterwards in any case.
  const isWidened = [...plain].every((character) => (character.codePointAt(0) ?? 0) <= 0xff);
  return Buffer.from(plain, isWidened ? 'latin1' : 'utf8');
}

/** Whether the expression has text whose character set is no Unicode one: the server spells that anew when it copies it. */
export function hasOtherCharset(text: string): boolean {
  const introducers = text.match(/\b_[a-z0-9]+(?=\\?')/g) ?? [];
  return introducers.some((introducer) => !['_utf8mb4', '_utf8mb3', '_utf8', '_binary'].includes(introducer));
}

/** Whether a literal of the expression has a backslash in it. @param text as information_schema shows the expression. */
export function hasBackslash(text: string): boolean {
  return expressionBytes(text).includes('\\');
}
