/**
 * Text that goes into a page. Everything that is put into a template is escaped, so that nothing that a user, a server or
 * Temporal has said can become part of the page but as text; only what a template has made itself goes in as it is.
 */

/** A piece of a page. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Only for text of this program itself. */
  static ofOurs(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.#text;
  }
}

export type Part = Html | string | number | null | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of a page with these parts in it; null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return Html.ofOurs(strings.map((text, index) => text + textOf(parts[index] ?? null)).join(''));
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'object') return part.map(textOf).join('');
  return escaped(String(part));
}

/** Controls, halves of characters, and what turns the text after it around: shown as what they are not, text. */
const unshown = /[^\P{Cc}\t\n\r]|\p{Cs}|\p{Bidi_Control}/gu;

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '').replace(unshown, '\ufffd');
}
