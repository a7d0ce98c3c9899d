/**
 * Whoever cites a heading of a document finds it: in src, test, scripts, the rules of the house and the documents
 * themselves. The one form is `DESIGN.md, "The house"`; a file of this name is looked for from the folder of the citing
 * file upwards. Numbers of sections are refused: nothing keeps them right.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headings, pages, read, root, slugOf } from './pages.js';

interface Citation {
  readonly file: string;
  readonly document: string;
  readonly heading: string;
}

const self = 'test/docs/headings.test.ts';

const sources = ['src', 'test', 'scripts']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((file) => /\.(ts|mts|js|mjs|md)$/.test(file) && file !== self);
const citing = [...new Set([...sources, ...pages, 'import-rules.js', 'eslint.config.js', 'vitest.config.ts'])];

/** The text without what a comment puts between the lines of a sentence. */
function flat(text: string): string {
  return text.replace(/\n\s*(?:\*(?!\/)|\/\/)?[ \t]*/g, ' ');
}

function citationsIn(file: string, text: string): readonly Citation[] {
  const found = flat(text).matchAll(/([\w./-]*\w\.md)(?:`|\]\([^)]*\))?(?:,|'s)? "([^"]+)"/g);
  return [...found].map(([, document = '', heading = '']) => ({ file, document, heading }));
}

/** From the citing file upwards, so that SPEC.md is the one of the folder. */
function locate({ file, document }: Citation): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(root, folder, document))) return join(folder, document);
    if (folder === '.') return undefined;
  }
}

/** Why a citation leads nowhere, or undefined where it does not. */
function problem(citation: Citation): string | undefined {
  const { file, document, heading } = citation;
  const found = locate(citation);
  if (found === undefined) return `${file}: there is no ${document}`;
  return headings(found).includes(heading) ? undefined : `${file}: ${found} has no heading "${heading}"`;
}

/** Sections by number, and headings of "the design" without a document. */
function vagueIn(file: string, text: string): readonly string[] {
  const comments = text.split('\n').filter((line) => /^\s*(?:\/?\*|\/\/)/.test(line) || file.endsWith('.md'));
  const vague = flat(comments.join('\n')).matchAll(
    /\bdesign:? (?:\d[\d.]*|")|(?<=[ `]) ?\(\d\.\d(?:\.\d)*[,)]|§ ?\d/gi,
  );
  return [...vague].map(([words]) => `${file}: ${words}`);
}

describe('Citations', () => {
  it('name headings that exist', () => {
    const citations = citing.flatMap((file) => citationsIn(file, read(file)));
    expect(citations.length).toBeGreaterThan(40);
    expect(citations.map(problem).filter(Boolean)).toEqual([]);
  });

  it('have no numbers of sections', () => {
    expect(citing.flatMap((file) => vagueIn(file, read(file)))).toEqual([]);
  });

  it('are found over the lines of a comment, and refused where they lead nowhere', () => {
    const [citation, ...others] = citationsIn(
      'src/mysql/a.ts',
      '/**\n * The arrows (DESIGN.md,\n * "The house").\n */',
    );
    expect(others).toEqual([]);
    expect(citation).toEqual({ file: 'src/mysql/a.ts', document: 'DESIGN.md', heading: 'The house' });
    expect(problem(citation!)).toBeUndefined();
    expect(problem({ ...citation!, heading: 'The houses' })).toContain('has no heading');
    expect(problem({ ...citation!, document: 'DESIGNS.md' })).toContain('there is no');
  });

  it.each(['/** Rules (design 5.4). */', ' * Back to the source (6.4).', '// See design "Rules".', '// §5'])(
    'are refused with a number, or without a document: %s',
    (text) => {
      expect(vagueIn('a.ts', text)).toHaveLength(1);
    },
  );
});

describe('Links', () => {
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(([, to = '', slug = '']) => ({
      page,
      to,
      slug,
    })),
  );

  it('into a page name a heading of it', () => {
    expect(links.length).toBeGreaterThan(5);
    const slugsOf = (page: string): readonly string[] => headings(page).map(slugOf);
    const broken = links.filter(
      ({ page, to, slug }) => !slugsOf(to === '' ? page : join(dirname(page), to)).includes(slug),
    );
    expect(broken).toEqual([]);
  });
});
