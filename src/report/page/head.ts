/** The top of the page: what it is, how it stands, what went wrong and what comes next. */
import type { Outcome, ReportData } from '../data.js';
import { html, type Html, type Part } from '../markup/html.js';
import { facts, note } from './table.js';
import { between, spaced, timeText } from '../markup/words.js';

const kinds = { onlineDdl: 'Schema change (onlineDdl)', moveTables: 'Move of tables (moveTables)' } as const;

const outcomes: Readonly<Record<Outcome, readonly [words: string, colour: 'good' | 'bad' | 'warn' | 'info']>> = {
  running: ['running', 'info'],
  completed: ['completed', 'good'],
  cancelled: ['cancelled', 'warn'],
  failed: ['failed', 'bad'],
  terminated: ['terminated', 'bad'],
  timedOut: ['timed out', 'bad'],
};

const tablesNamedMax = 12;

export function head(data: ReportData): Html {
  return html`<header>
    <p class="kind">${kinds[data.kind]}</p>
    <h1>${data.name}</h1>
    <p>${badges(data)}</p>
    ${data.reason === null ? null : html`<p>${data.reason}</p> `}${problemOf(data)}${nextOf(data)}${
      data.statement === null ? null : html`<pre>${data.statement}</pre> `
    }${facts([...data.header, ...tablesFact(data), ...timesOf(data)])}${data.warnings.map((warning) =>
      note('warn', [html`<strong>Warning:</strong> ${warning}`]),
    )}
  </header> `;
}

function badges({ outcome, phase }: ReportData): readonly Part[] {
  const [words, colour] = outcomes[outcome];
  const badge = html`<span class="badge ${colour}">${words}</span>`;
  // The phase of what has ended says the same once more.
  if (phase === null || phase === outcome) return [badge];
  const urgent = phase === 'needsOperator' ? 'bad' : 'info';
  return [badge, ' ', html`<span class="badge ${urgent}">phase: ${spaced(phase)}</span>`];
}

function problemOf({ error }: ReportData): Html | null {
  if (error === null) return null;
  const { code, message, remedy } = error;
  return note('bad', [
    html`<strong>${code}</strong>: ${message}`,
    ...(remedy === '' ? [] : [html`<strong>What to do:</strong> ${remedy}`]),
  ]);
}

function nextOf({ nextStep }: ReportData): Html | null {
  return nextStep === null ? null : note('info', [html`<strong>Next:</strong> ${nextStep}`]);
}

function tablesFact({ tables, statement }: ReportData): ReportData['header'] {
  // A migration has one, which is its name.
  if (tables.length === 0 || statement !== null) return [];
  const named = tables.slice(0, tablesNamedMax).join(', ');
  const more = tables.length - tablesNamedMax;
  return [{ name: `Tables (${tables.length})`, value: more > 0 ? `${named} and ${more} more` : named }];
}

function timesOf({ startedAt, endedAt, madeAt }: ReportData): ReportData['header'] {
  const ended = endedAt === null ? [] : [{ name: 'Ended', value: timeText(endedAt) }];
  const took = { name: endedAt === null ? 'Running for' : 'Took', value: between(startedAt, endedAt ?? madeAt) };
  return [{ name: 'Started', value: timeText(startedAt) }, ...ended, took];
}
