/** What the doctor has found, for people: grouped, aligned, in colours where the terminal has them. */
import type { Level } from './check.js';
import type { DoctorReport, ReportedFinding } from './report.js';
import { counted } from './words.js';

/** As picocolors has them. */
export interface Colours {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

export interface Page {
  readonly colours: Colours;
  /** Places of a line; longer ones are broken between words. */
  readonly columns: number;
}

const marks: Readonly<Record<Level, readonly [mark: string, colour: keyof Colours]>> = {
  ok: ['ok', 'green'],
  warning: ['warning', 'yellow'],
  problem: ['PROBLEM', 'red'],
  notAsked: ['-', 'dim'],
};

const markWidth = Math.max(...Object.values(marks).map(([mark]) => mark.length));

/** With an end of line behind each line. */
export function renderReport({ findings, counts }: Pick<DoctorReport, 'findings' | 'counts'>, page: Page): string {
  const nameWidth = Math.max(...findings.map(({ check }) => check.length), 0);
  const groups = [...new Set(findings.map(groupOf))];
  const parts = groups.map((group) => {
    const lines = findings
      .filter((finding) => groupOf(finding) === group)
      .flatMap((finding) => linesOf(finding, nameWidth, page));
    return [page.colours.bold(group), ...lines].join('\n');
  });
  return `${[...parts, summaryOf(counts, page)].join('\n\n')}\n`;
}

function groupOf({ about, cluster = '' }: ReportedFinding): string {
  switch (about) {
    case 'cluster':
      return `Cluster ${cluster}`;
    case 'temporal':
      return 'Temporal';
    case 'configuration':
      return 'Configuration';
  }
}

function linesOf(finding: ReportedFinding, nameWidth: number, { colours, columns }: Page): readonly string[] {
  const [mark, colour] = marks[finding.level];
  const { code, message, remedy } = finding;
  const indent = 2 + markWidth + 2 + nameWidth + 2;
  const places = Math.max(30, columns - indent);
  const said = wrapped(oneLine(code === undefined ? message : `${code}: ${message}`), places);
  const advised = remedy === undefined ? [] : wrapped(`-> ${oneLine(remedy)}`, places);
  const [first = '', ...others] = said;
  const left = `  ${colours[colour](mark.padEnd(markWidth))}  ${finding.check.padEnd(nameWidth)}  `;
  return [
    left + first,
    ...others.map((line) => ' '.repeat(indent) + line),
    ...advised.map((line) => ' '.repeat(indent) + colours.dim(line)),
  ];
}

function summaryOf(counts: DoctorReport['counts'], { colours }: Page): string {
  const { ok, warning, problem, notAsked } = counts;
  const said = [
    counted(problem, 'problem'),
    counted(warning, 'warning'),
    `${ok} ok`,
    ...(notAsked > 0 ? [`${notAsked} not asked`] : []),
  ].join(', ');
  const colour = problem > 0 ? colours.red : warning > 0 ? colours.yellow : colours.green;
  return colour(said);
}

/** Words of servers and names of others: nothing in them moves the cursor or begins a line. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** Between words, as lines of at most so many places where the words allow it. */
function wrapped(text: string, places: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > places) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
