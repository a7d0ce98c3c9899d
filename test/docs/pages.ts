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
  'docs/online-ddl.md',
  'docs/move-tables.md',
  'docs/force-complete.md',
  'docs/routing.md',
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

/** The headings of a page in their order, without marks. */
export function headings(page: string): readonly string[] {
  const prose = read(page).replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => (heading ?? '').replace(/[`*]/g, '').trim());
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
  const lines = read(page).split('\n');
  const level = (line: string): number => /^#+(?= )/.exec(line)?.[0].length ?? Infinity;
  const start = lines.findIndex((line) => level(line) < Infinity && line.replace(/^#+ /, '') === heading);
  if (start < 0) return '';
  const length = lines.slice(start + 1).findIndex((line) => level(line) <= level(lines[start] ?? ''));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}
