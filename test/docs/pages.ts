/** The pages that people read, and the code blocks in them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of the repository. */
export const root = resolve(import.meta.dirname, '../..');

/** The pages that say how it works inside. */
export const designPages = readdirSync(join(root, 'docs/design')).map((name) => `docs/design/${name}`);

/** All pages that are written by hand. */
export const pages: readonly string[] = [
  'README.md',
  'DESIGN.md',
  'BENCHMARKS.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/tutorial.md',
  'docs/configuration.md',
  'docs/servers.md',
  'docs/online-ddl.md',
  'docs/move-tables.md',
  'docs/force-complete.md',
  'docs/client.md',
  'docs/cli.md',
  'docs/lists.md',
  'docs/notifications.md',
  'docs/throttling.md',
  'docs/windows.md',
  'docs/workers.md',
  'docs/routing.md',
  'docs/deploy.md',
  'docs/doctor.md',
  'docs/temporal-cloud.md',
  'docs/observe.md',
  'docs/report.md',
  ...designPages,
];

/** The text of a page. */
export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Code blocks of one language; lines that end with a backslash are joined to the next. */
export function blocks(page: string, language: string): readonly string[] {
  const found = read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...found].map(([, text]) => (text ?? '').replace(/\\\n\s*/g, ''));
}

/** The lines of a page, those of code blocks empty. */
export function proseLines(page: string): readonly string[] {
  return read(page)
    .replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/.+/g, ''))
    .split('\n');
}

const headingMarks = /^#+(?= )/;

/** The headings of a page in their order, without marks. */
export function headings(page: string): readonly string[] {
  const found = proseLines(page).filter((line) => headingMarks.test(line));
  return found.map((line) => line.replace(headingMarks, '').replace(/[`*]/g, '').trim());
}

/** What a link to a heading ends with, as GitHub makes it. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-');
}

/** The part of a page below a heading, up to the next one of the same or a higher level; empty where it has none such. */
export function section(page: string, heading: string): string {
  const levels = proseLines(page).map((line) => headingMarks.exec(line)?.[0].length ?? Infinity);
  const lines = read(page).split('\n');
  const start = lines.findIndex((line, at) => levels[at] !== Infinity && line.replace(/^#+ /, '') === heading);
  if (start < 0) return '';
  const end = levels.findIndex((level, at) => at > start && level <= (levels[start] ?? 0));
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

/** What a text explains in lists: the names in backticks with which their items begin. */
export function listed(text: string): readonly string[] {
  const items = [...text.matchAll(/^- (`[^`]+`(?:, `[^`]+`)*)/gm)].map(([, names]) => names ?? '');
  return items.flatMap((names) => names.slice(1, -1).split('`, `'));
}

/** The commands in a list with their example inputs. */
export function examplesIn(text: string): readonly (readonly [name: string, input: string])[] {
  return [...text.matchAll(/^- `(\w+)` `(\{.*?\})`: /gm)].map(([, name = '', input = '']) => [name, input]);
}
