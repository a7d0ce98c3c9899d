/** A plan as text for a terminal, and as Markdown for a pull request. As JSON it is as it is. */
import { isDestructive, type DdlPlan, type StatementPlan } from '../statement-plan.js';
import { linesOf } from './plan-lines.js';

/** The plan in a few words: how many statements, and what is wrong with them. */
export function summaryOf({ statements }: DdlPlan): string {
  const refused = statements.filter((plan) => plan.refused !== null).length;
  const destructive = statements.filter(isDestructive).length;
  const parts = [
    `${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    destructive > 0
      ? `${destructive} that ${destructive === 1 ? 'takes' : 'take'} something away`
      : 'nothing is taken away',
  ];
  return parts.join(', ');
}

const headingWidth = 10;

/** Lines as long as they get: a terminal wraps them. */
export function renderText(plan: DdlPlan): string {
  const blocks = plan.statements.map((one, index) => {
    const lines = linesOf(one).map(({ heading, text }) => `   ${heading.padEnd(headingWidth)}${text}`);
    return [`${index + 1}. ${titleOf(one)}`, ...indented(one.statement), ...lines].join('\n');
  });
  return `${[`Plan for cluster ${plan.cluster}, ${plan.plannedAt}: ${summaryOf(plan)}`, ...blocks].join('\n\n')}\n`;
}

export function renderMarkdown(plan: DdlPlan): string {
  const blocks = plan.statements.map((one, index) => {
    const rows = linesOf(one).map(
      ({ heading, text }) => `| ${isLoud(heading) ? `**${heading}**` : heading} | ${cell(text)} |`,
    );
    return [
      `### ${index + 1}. ${cell(titleOf(one))}`,
      fenced(one.statement),
      ['| | |', '| --- | --- |', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `${[`## Plan for cluster ${cell(plan.cluster)}, ${plan.plannedAt}: ${summaryOf(plan)}`, ...blocks].join('\n\n')}\n`;
}

function titleOf({ database, table }: StatementPlan): string {
  return table === null ? database : `${database}.${table}`;
}

function indented(statement: string): readonly string[] {
  return statement
    .trim()
    .split('\n')
    .map((text) => `   ${text}`);
}

function isLoud(heading: string): boolean {
  return ['destroys', 'narrows', 'refused'].includes(heading);
}

/** Behind more back-ticks than any that are in it. */
function fenced(statement: string): string {
  const longest = Math.max(2, ...(statement.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sql\n${statement.trim()}\n${fence}`;
}

/** A statement and the server's words are anybody's text: nothing of it is Markdown. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|`<>*_[\]]/g, '\\$&');
}
