/** The page of one operation: one HTML document that needs nothing from elsewhere and runs nothing. */
import type { ReportData } from '../data.js';
import { cost, overTime } from './cost.js';
import { attempts, blockers, course, now } from './course.js';
import { head } from './head.js';
import { html } from '../markup/html.js';
import { auditTrail, gaps, leftovers, settings, verification } from './record.js';
import { style } from './style.js';
import { timeOf } from '../markup/words.js';

/** Whatever a browser would be made to fetch or to run is refused by the page itself. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Pure: the same data is the same text. */
export function reportPage(data: ReportData): string {
  const { name, outcome, workflowId, madeAt } = data;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${name} (${outcome}) – Switchyard</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          ${head(data)} ${now(data)} ${course(data)} ${attempts(data)} ${blockers(data)} ${cost(data)} ${overTime(data)}
          ${verification(data)} ${auditTrail(data)} ${settings(data)} ${leftovers(data)} ${gaps(data)}
          <footer>
            Made ${timeOf(madeAt)} by Switchyard of <code>${workflowId}</code>, from Temporal’s history and, where it
            says so, the records of the clusters. It has no rows of tables and no credentials in it; names of tables,
            hosts and people, and the statement, are there.
          </footer>
        </main>
      </body>
    </html>`;
  return `${page.toString().trimEnd()}\n`;
}
