/** What is on record: what was compared, who said what, with which settings, and what is left. */
import { tablesListedMax } from '../../limits/report.js';
import type { AuditEntry, ReportData, TableProgress } from '../data.js';
import { html, type Html, type Part } from '../markup/html.js';
import { facts, folded, list, note, table, type Column } from './table.js';
import { countText, spaced, timeOf } from '../markup/words.js';

export function verification({ verification: of }: ReportData): Html {
  const { rowsCopied, verified, notCompared, rowsCompared, differences, tables } = of;
  return html`<section aria-labelledby="verification">
    <h2 id="verification">Verification</h2>
    ${facts([
      { name: 'Rows copied', value: rowsCopied === null ? '' : countText(rowsCopied) },
      { name: 'Compared', value: comparedWords(verified) },
      ...(rowsCompared === null ? [] : [{ name: 'Rows compared last', value: countText(rowsCompared) }]),
      { name: 'Differences', value: differencesWords(of) },
      {
        name: 'Not compared',
        value:
          notCompared.length === 0
            ? verified === true
              ? 'nothing'
              : ''
            : `${countText(notCompared.length)}, see below`,
      },
    ])}${differences === null ? null : note('bad', [differences])}${list(notCompared)}${
      tables.length === 0
        ? null
        : tables.length > 3
          ? folded(`${countText(tables.length)} tables`, tablesOf(tables))
          : tablesOf(tables)
    }
  </section> `;
}

function comparedWords(verified: boolean | null): string {
  if (verified === null) return '';
  return verified ? 'the whole copy with its source, and what changed after that again' : 'not as a whole, or not yet';
}

function differencesWords({ verified, differences }: ReportData['verification']): string {
  if (differences !== null) return 'found: see below';
  return verified === true ? 'none' : '';
}

const tableColumns: readonly Column<TableProgress>[] = [
  { title: 'Table', cell: ({ table: name }) => name },
  { title: 'Rows copied', class: 'number', cell: ({ rowsCopied }) => countText(rowsCopied) },
  { title: 'Copied', class: 'time', cell: ({ copiedAt }) => timeOf(copiedAt) },
  { title: 'Indexed', class: 'time', cell: ({ indexedAt }) => timeOf(indexedAt) },
  { title: 'Compared last', class: 'time', cell: ({ verifiedAt }) => timeOf(verifiedAt) },
  { title: 'Not compared', class: 'wide', cell: ({ notCompared }) => notCompared.join('; ') },
];

function tablesOf(tables: readonly TableProgress[]): Html {
  return table('Each table, by the records of the cluster.', tableColumns, tables.slice(0, tablesListedMax));
}

const records: Readonly<Record<AuditEntry['record'], string>> = {
  log: 'audit log',
  history: 'history only',
  notLookedAt: 'history',
};

const auditColumns: readonly Column<AuditEntry>[] = [
  { title: '#', class: 'number', cell: (_entry, index) => index + 1 },
  { title: 'When', class: 'time', cell: ({ at }) => timeOf(at) },
  { title: 'Command', cell: ({ command }) => html`<code>${command}</code>` },
  { title: 'Who', cell: ({ by, via }) => by ?? (via === 'system' ? 'the system' : null) },
  { title: 'By', cell: ({ via }) => via },
  { title: 'Why', class: 'wide', cell: ({ reason }) => reason },
  { title: 'Answer', class: 'wide', cell: ({ outcome, message }) => answerOf(outcome, message) },
  { title: 'Record', class: 'short', cell: ({ record }) => records[record] },
];

const good: readonly string[] = ['done', 'accepted'];

function answerOf(outcome: string, message: string): Part {
  return html`<strong class="${good.includes(outcome) ? '' : 'bad'}">${spaced(outcome)}</strong> ${message}`;
}

export function auditTrail({ audit }: ReportData): Html {
  return html`<section aria-labelledby="audit">
    <h2 id="audit">Commands and audit trail</h2>
    ${
      audit.length === 0
        ? html`<p>Nobody has commanded anything, and the system has decided nothing by itself.</p> `
        : table(
            'Who commanded what, when, why, and what became of it. The numbers are those of the timeline.',
            auditColumns,
            audit,
          )
    }
  </section> `;
}

export function settings({ settings: all, plan }: ReportData): Html {
  return html`<section aria-labelledby="settings">
    <h2 id="settings">Settings and plan</h2>
    ${facts(all) ?? html`<p>All as by default.</p>`}${
      plan.length === 0
        ? null
        : html`<ol class="plain">
            ${plan.map((step) => html`<li>${step}</li> `)}
          </ol> `
    }
  </section> `;
}

export function leftovers({ residuals, retained, outcome }: ReportData): Html {
  const nothing = outcome === 'running' ? 'Nothing so far.' : 'Nothing.';
  return html`<section aria-labelledby="left">
    <h2 id="left">What is left</h2>
    ${residuals.length === 0 ? null : html`${note('warn', [html`<strong>Left behind</strong>, for whoever has to remove it:`])}${list(residuals)}`}${list(retained)}${
      residuals.length + retained.length === 0 ? html`<p>${nothing}</p> ` : null
    }
  </section> `;
}

/** Null where all is shown. */
export function gaps({ gaps: all }: ReportData): Html | null {
  if (all.length === 0) return null;
  return html`<section aria-labelledby="gaps">
    <h2 id="gaps">What this page does not show</h2>
    ${list(all)}
  </section> `;
}
