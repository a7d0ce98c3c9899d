/**
 * The key of one row, as text: one string per key column, in the order of the key. What each string looks like is said
 * at KeyKind in feed-item.ts; nobody here compares two keys other than byte for byte (the server's collations decide
 * what is equal, so two spellings of one collated key are two keys).
 */
export type Key = readonly string[];

/** A text that is the same for two keys exactly when they are the same, for use in a Map or a Set. */
export function keyId(key: Key): string {
  if (key.length === 1) return key[0]!;
  // No value contains a comma: they are digits, hexadecimal digits and the signs of dates.
  return key.join(',');
}
