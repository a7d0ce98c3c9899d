/** Tables, lists and notes that all sections use. */
import { linesShownMax } from '../../limits/report.js';
import type { Fact } from '../data.js';
import { html, type Html, type Part } from '../markup/html.js';
import { countText } from '../markup/words.js';

export interface Column<Row> {
  readonly title: string;
  readonly class?: 'number' | 'time' | 'wide' | 'short' | 'lines';
  readonly cell: (row: Row, index: number) => Part;
}

/** A table of the first lines; what is beyond what a page takes is counted. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const shown = rows.slice(0, linesShownMax);
  const more = rows.length - shown.length;
  const said = more === 0 ? caption : `${caption} The first ${countText(shown.length)} of ${countText(rows.length)}.`;
  return html`<div class="scroll">
    <table>
      <caption>
        ${said}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title, class: kind }) => html`<th scope="col" ${classOf(kind)}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (row, index) =>
            html`<tr>
              ${columns.map(({ cell, class: kind }) => html`<td${classOf(kind)}>${filled(cell(row, index))}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

function classOf(kind: string | undefined): Part {
  return kind === undefined ? null : html` class="${kind}"`;
}

function filled(part: Part): Part {
  return part === null || part === '' ? '–' : part;
}

/** Names with their values; null where there is none. */
export function facts(all: readonly Fact[]): Html | null {
  if (all.length === 0) return null;
  return html`<dl>
    ${all.map(
      ({ name, value }) =>
        html`<dt>${name}</dt>
          <dd>${filled(value)}</dd> `,
    )}
  </dl> `;
}

/** Null where there is none. */
export function list(sentences: readonly string[]): Html | null {
  if (sentences.length === 0) return null;
  return html`<ul class="plain">
    ${sentences.map((sentence) => html`<li>${sentence}</li> `)}
  </ul> `;
}

export function note(kind: 'bad' | 'warn' | 'info' | '', parts: readonly Part[]): Html {
  return html`<div class="note${kind === '' ? '' : ` ${kind}`}">${parts.map((part) => html`<p>${part}</p>`)}</div> `;
}

/** What most do not want to see at once. */
export function folded(summary: string, content: Html): Html {
  return html`<details>
    <summary>${summary}</summary>
    ${content}
  </details> `;
}
