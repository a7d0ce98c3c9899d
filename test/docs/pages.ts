/** The pages that people read, and the code blocks in them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of the repository. */
export const root = resolve(import.meta.dirname, '../..');

/** All pages that are written by hand. */
export const pages = [
  'README.md',
  'DESIGN.md',
  'BENCHMARKS.md',
  'docs/online-ddl.md',
  'docs/move-tables.md',
  'docs/force-complete.md',
  'docs/routing.md',
] as const;

/** The text of a page. */
export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Code blocks of one language; lines that end with a backslash are joined to the next. */
export function blocks(page: string, language: string): readonly string[] {
  const found = read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...found].map(([, text]) => (text ?? '').replace(/\\\n\s*/g, ''));
}
