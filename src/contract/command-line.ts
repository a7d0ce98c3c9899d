/**
 * Command lines that people paste. Whatever a name contains, a shell reads it as that name; and a line stays one line,
 * without characters that a terminal or an eye would take for something else.
 */

const namespaceDefault = 'default';

/** Control characters, line ends, and what has no width or turns the direction of text. */
// eslint-disable-next-line no-control-regex
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** `text` as one word of a POSIX shell. A NUL, which no word can have, becomes U+FFFD. */
export function shellQuoted(text: string): string {
  const possible = text.replaceAll('\0', '\ufffd');
  // A shell takes line ends off the end of what it reads: there they stay as they are.
  const [, body = '', ends = ''] = /^(.*?)(\n*)$/s.exec(possible) ?? [];
  const shown = hidden.test(body) ? `"$(printf %b ${singleQuoted([...body].map(escaped).join(''))})"` : '';
  return shown === '' ? singleQuoted(possible) : `${shown}${ends === '' ? '' : singleQuoted(ends)}`;
}

/** The same, without quotes where none are needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text);
}

/** What names the workflow of a command line of the Temporal CLI. */
export interface WorkflowAddress {
  readonly namespace: string;
  readonly workflowId: string;
}

/** The options that say which workflow is meant; the namespace where it is not the one that the CLI takes by itself. */
export function workflowOptions({ namespace, workflowId }: WorkflowAddress): string {
  const of = namespace === namespaceDefault ? '' : `--namespace ${shellQuoted(namespace)} `;
  return `${of}--workflow-id ${shellQuoted(workflowId)}`;
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** For printf's %b. */
function escaped(character: string): string {
  if (character === '\\') return '\\\\';
  // Inside of double quotes some interactive shells take it for an event of their history.
  if (!hidden.test(character) && character !== '!') return character;
  const bytes = encodeURIComponent(character).replace(/^[^%]$/, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return bytes.replace(/%(..)/g, (_all, hex: string) => `\\0${parseInt(hex, 16).toString(8).padStart(3, '0')}`);
}
