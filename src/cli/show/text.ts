/** Text that a terminal shows as it is meant: names and statements are other people's, and may hold anything. */

/** What moves the cursor, turns the direction or has no width: shown as what it is, never obeyed. */
// eslint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** On one line. */
export function plain(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** East Asian wide and emoji take two places; marks that combine take none. Near enough for columns. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u;
const combining = /\p{Mn}/u;

/** How many places of a terminal it takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += combining.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** At most so many places; what is longer ends in an ellipsis. */
export function cut(text: string, places: number): string {
  if (widthOf(text) <= places) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > places - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

export function padded(text: string, places: number): string {
  return text + ' '.repeat(Math.max(0, places - widthOf(text)));
}

/** As lines of at most so many places, broken between words. */
export function wrapped(text: string, places: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > places) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
