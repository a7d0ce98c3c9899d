/** What DESIGN.md and the pages below docs/design promise, explain and name is there. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importRules } from '../../import-rules.js';
import { initialState as initialMigration } from '../../src/lifecycle/migration/state.js';
import { initialState as initialMove } from '../../src/lifecycle/move/state.js';
import { initialOperation } from '../../src/lifecycle/operation/operation.js';
import { designPages, headings, listed, pages, proseLines, read, root, section } from './pages.js';

const design = 'DESIGN.md';

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).filter((file) => statSync(join(root, file)).isFile());
}

const files = ['src', 'test', 'scripts'].flatMap(filesBelow);

interface Holder {
  readonly path: string;
  /** The name of the test in that file, where one is given. */
  readonly test: string | undefined;
}

/** What a promise names as holding it: `file`, `folder`, or `file` "name of the test". */
function holders(promise: string): readonly Holder[] {
  const found = promise.matchAll(/`(test\/[^`]+)`(?: "([^"]+)")?/g);
  return [...found].map(([, path = '', test]) => ({ path, test }));
}

/** Why nothing holds it there, or undefined where something does. */
function missing({ path, test }: Holder): string | undefined {
  if (!existsSync(join(root, path))) return `there is no ${path}`;
  const hasTests = files.some((file) => file.startsWith(path) && /\.ts$/.test(file));
  if (!hasTests) return `${path} has no tests`;
  return test === undefined || read(path).includes(test) ? undefined : `${path} has no test "${test}"`;
}

describe('The promises', () => {
  const titles = headings(design).filter((heading) => /^P\d+ /.test(heading));

  it('are P1 to P12', () => {
    expect(titles.map((title) => title.split(' ')[0])).toEqual(
      Array.from({ length: 12 }, (_, index) => `P${index + 1}`),
    );
  });

  it.each(titles)('%s: has a name, a sentence, and tests that exist or a word that it is not built', (title) => {
    const text = section(design, title);
    const [sentences = ''] = text.trim().split('\n\n');
    expect(title).toMatch(/^P\d+ \w+ \w+/);
    expect(sentences).toMatch(/^[A-Z].*\.$/s);
    expect(holders(text).map(missing).filter(Boolean)).toEqual([]);
    if (holders(text).length === 0) expect(sentences).toContain('Not built');
  });

  it('that the code and its tests name are promises', () => {
    const known = new Set(titles.map((title) => title.split(' ')[0]));
    const named = files
      .filter((file) => /\.(ts|md)$/.test(file))
      .flatMap((file) =>
        [...read(file).matchAll(/\((P\d+(?:, P\d+)*)\)/g)].map(([, list = '']) => [file, list] as const),
      );
    expect(named.length).toBeGreaterThan(50);
    for (const [file, list] of named)
      for (const name of list.split(', ')) expect(known, `${file}: ${name}`).toContain(name);
  });

  it('are missed where a test is not there', () => {
    expect(holders('`test/docs/design.test.ts` "are missed where", `test/docs`').map(missing)).toEqual([
      undefined,
      undefined,
    ]);
    expect(missing({ path: 'test/docs/none.test.ts', test: undefined })).toContain('there is no');
    expect(missing({ path: 'test/docs/pages.ts', test: 'a name that is not there' })).toContain('has no test');
  });
});

describe('The words', () => {
  const text = section(design, 'Words');
  const words = [...text.matchAll(/^- .*/gm)].flatMap(([line]) =>
    [...line.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word]) => word ?? ''),
  );
  const code = files
    .filter((file) => file.startsWith('src/') && file.endsWith('.ts'))
    .map((file) => read(file).replace(/\/\*[\s\S]*?\*\/|\/\/ .*/g, ''))
    .join('\n');

  /** As a word, or as the beginning or a later part of a name: `sight`, `sightOf`, `windowSight`. */
  function occurs(word: string): boolean {
    const [first = '', ...others] = word.split(/[- ]/);
    const upper = (part: string): string => `${part.charAt(0).toUpperCase()}${part.slice(1)}`;
    const joined = [first, ...others.map((other) => `(?:[- ]${other}|${upper(other)})`)].join('');
    const later = [first, ...others].map(upper).join('');
    return new RegExp(`\\b${joined}(?![a-z]{3})|\\B${later}(?![a-z]{3})`).test(code);
  }

  it('are our own words, each told once', () => {
    expect(words.length).toBeGreaterThan(40);
    expect(new Set(words).size).toBe(words.length);
  });

  it.each(words)('%s is a word of the code', (word) => {
    expect(occurs(word)).toBe(true);
  });

  it('are missed where the code does not have them', () => {
    expect(occurs('wishbone')).toBe(false);
    expect(occurs('changed locks')).toBe(false);
  });
});

describe('Pages', () => {
  it('are short enough to be read: DESIGN.md has at most 20 KB', () => {
    expect(Buffer.byteLength(read(design))).toBeLessThanOrEqual(20_000);
  });

  it('are all named where DESIGN.md says where to read on', () => {
    const text = section(design, 'Where to read on');
    for (const page of designPages) expect(text).toContain(`](${page})`);
  });

  it.each(pages)('%s has no table that is wider than a line of it', (page) => {
    const rows = read(page)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows.filter((row) => row.length > 120)).toEqual([]);
  });

  it.each(pages)('%s names files that exist, by a name that only one has', (page) => {
    const named = [
      ...proseLines(page)
        .join('\n')
        .matchAll(/`([\w./-]+\.(?:ts|mjs|js|md))`/g),
    ].map(([, name]) => name ?? '');
    for (const name of named) {
      const found = existsSync(join(root, name)) ? [name] : files.filter((file) => basename(file) === name);
      expect(found, name).toHaveLength(1);
    }
  });
});

describe('The house', () => {
  const house = section(design, 'The house');

  it('has the folders that there are', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const told = [...house.matchAll(/\bsrc\/(\w+) {2,}/g)].map(([, name]) => name);
    expect(told.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });

  it('draws arrows that the rules allow', () => {
    const arrows = [...house.replace(/\n/g, ' ').matchAll(/`(\w+(?: -> [\w, ]+)+)`/g)].flatMap(([, text = '']) => {
      const stops = text.split(' -> ');
      return stops.slice(1).flatMap((to, at) => to.split(', ').map((one) => [stops[at] ?? '', one] as const));
    });
    expect(arrows.length).toBeGreaterThan(6);
    for (const [from, to] of arrows) expect(importRules[from]?.folders, `${from} -> ${to}`).toContain(to);
  });

  it('tells the storeys of the data plane from below', () => {
    expect(listed(house)).toEqual(Object.keys(importRules.mysql?.storeys ?? {}));
  });

  it('tells the folders of the kinds, and in which folders they are', () => {
    const text = house.replace(/\n/g, ' ');
    const [, told = ''] = /In ([^.]*?) each kind/.exec(text) ?? [];
    const ofKinds = Object.entries(importRules).filter(([, { storeys = {} }]) => 'operation' in storeys);
    expect([...told.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted()).toEqual(
      ofKinds.map(([folder]) => folder).toSorted(),
    );
    const kinds = new Set(ofKinds.flatMap(([, { storeys = {} }]) => Object.keys(storeys)));
    for (const name of kinds) if (name !== '') expect(text).toContain(`\`${name}\``);
  });

  it('keeps in the sidecar the tables that the page tells', () => {
    const [schema = ''] = files.filter((file) => file.endsWith('sidecar/schema.ts'));
    const made = [...read(schema).matchAll(/CREATE TABLE IF NOT EXISTS _switchyard\.(\w+)/g)].map(([, name]) => name);
    expect(listed(section(design, 'What the sidecar holds')).toSorted()).toEqual([...new Set(made)].toSorted());
  });
});

describe('The SPECs', () => {
  const specs = files.filter((file) => basename(file) === 'SPEC.md');
  const kernel = 'src/lifecycle/operation/SPEC.md';
  const kinds = ['migration', 'move'] as const;

  /** Each with its number and the names of the tests that hold it. */
  function invariantsIn(spec: string): readonly { readonly number: string; readonly names: readonly string[] }[] {
    const entries = section(spec, 'Invariants').split(/\n(?=- )/);
    return entries.flatMap((entry) => {
      const [, number = '', names = ''] =
        /^- \*\*(\w+)\*\* .*: ([\w, /-]+)$/.exec(entry.trim().replace(/\s+/g, ' ')) ?? [];
      return number === '' ? [] : [{ number, names: names.split(', ') }];
    });
  }

  it('are those of the kernel and of each kind', () => {
    expect(specs.toSorted()).toEqual([...kinds, 'operation'].map((folder) => `src/lifecycle/${folder}/SPEC.md`));
  });

  it.each(specs)('%s names files that exist, and for each invariant tests that exist', (spec) => {
    const text = read(spec);
    const paths = [...text.matchAll(/(?<![\w./-])(?:src|test)\/[\w./-]*\w(?!\w*\/?<)/g)].map(([path]) => path);
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
    const folders = spec === kernel ? kinds : [basename(dirname(spec))];
    const invariants = invariantsIn(spec);
    expect(invariants.map(({ number }) => number)).toEqual(text.match(/(?<=^- \*\*)[A-Z]\d+/gm));
    for (const { number, names } of invariants) {
      for (const name of names.flatMap((one) => (one.includes('/') ? one : folders.map((kind) => `${kind}/${one}`)))) {
        expect(files, `${number}: ${name}`).toContain(`test/lifecycle/${name}.test.ts`);
      }
    }
  });

  it('have the invariants that the tests of the lifecycle name', () => {
    const numbers = specs.flatMap((spec) => invariantsIn(spec).map(({ number }) => number));
    const tests = files.filter((file) => file.startsWith('test/lifecycle/'));
    const cited = tests.flatMap((file) =>
      [...read(file).matchAll(/['`(]([KIM]\d+)\b/g)].map(([, number = '']) => number),
    );
    expect(cited.length).toBeGreaterThan(50);
    expect(cited.filter((number) => !numbers.includes(number))).toEqual([]);
  });

  it.each([
    [kernel, initialOperation, {}],
    ['src/lifecycle/migration/SPEC.md', initialMigration, initialOperation],
    ['src/lifecycle/move/SPEC.md', initialMove, initialOperation],
  ])('%s tells every field of the state, and no others', (spec, state, ofKernel) => {
    const own = Object.keys(state).filter((field) => !(field in ofKernel));
    expect(listed(section(spec, 'State')).toSorted()).toEqual(own.toSorted());
  });
});
