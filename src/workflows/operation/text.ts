/** Text that Temporal's UI shows. */

/** `text`, cut so that it has at most `bytesMax` bytes in UTF-8, with an ellipsis where something was cut off. */
export function cutToBytes(text: string, bytesMax: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax - 3;
  // Never end inside a character: its later bytes are 10xxxxxx.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${new TextDecoder().decode(bytes.slice(0, end))}…`;
}

/** `text` as the content of one cell of a markdown table, at most `charactersMax` characters. */
export function tableCell(text: string, charactersMax: number): string {
  const line = text.replace(/\s+/g, ' ').replace(/[\\|`<>*_]/g, '\\$&');
  return line.length <= charactersMax ? line : `${line.slice(0, charactersMax)}…`;
}
