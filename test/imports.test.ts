import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { importRules, rootFiles } from '../import-rules.js';

const source = resolve(import.meta.dirname, '../src');

interface FoundImport {
  readonly file: string;
  readonly specifier: string;
}

function listImports(): FoundImport[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(source, file), 'utf8'));
    return importedFiles.map(({ fileName }) => ({ file, specifier: fileName }));
  });
}

function packageAllowed(name: string, allowed: readonly string[]): boolean {
  return allowed.some((rule) => (rule.endsWith(':*') ? name.startsWith(rule.slice(0, -1)) : rule === name));
}

/** The imported file, of a specifier that begins with a dot. */
function targetOf({ file, specifier }: FoundImport): string {
  return relative(source, resolve(source, dirname(file), specifier)).replace(/\.js$/, '.ts');
}

/** Every circle that a walk along the imports runs into, as the files on it; imports of types count as others do. */
function listCircles(imports: readonly FoundImport[]): string[] {
  const inside = imports.filter(({ specifier }) => specifier.startsWith('.'));
  const circles: string[] = [];
  const walked = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].join(' > '));
    if (walked.has(file)) return;
    walked.add(file);
    for (const found of inside.filter((one) => one.file === file)) walk(targetOf(found), [...path, file]);
  };
  for (const { file } of inside) walk(file, []);
  return circles;
}

/** Those that hold something: a move may have left an empty one behind. */
function foldersIn(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = entries.map(({ name }) => name).filter((name) => readdirSync(join(path, name)).length > 0);
  return names.sort();
}

/** Why this import breaks the rules, or undefined where it keeps them. */
function violation({ file, specifier }: FoundImport): string | undefined {
  if (rootFiles.includes(file)) return undefined;
  const folder = file.split('/')[0] ?? '';
  const rules = importRules[folder];
  if (rules === undefined) return `${file}: folder ${folder} has no rules in import-rules.js`;
  if (!specifier.startsWith('.')) {
    return packageAllowed(specifier, rules.packages) ? undefined : `${file}: package ${specifier}`;
  }
  const target = targetOf({ file, specifier });
  const [targetFolder = ''] = target.split('/');
  if (![folder, ...rules.folders].includes(targetFolder)) return `${file}: folder ${targetFolder} (${specifier})`;
  return betweenStoreys(file.split('/'), target.split('/'));
}

/** What is wrong between the storeys of two files, in the same folder or in two that have them by the same names. */
function betweenStoreys(from: readonly string[], to: readonly string[]): string | undefined {
  const [folder = '', targetFolder = ''] = [from[0], to[0]];
  const [storey, target] = [storeyOf(from), storeyOf(to)];
  const { storeys } = importRules[targetFolder] ?? {};
  if (storeys === undefined) return undefined;
  const below = storeys[storey];
  // In another folder only a storey of the same name is told apart.
  if (folder !== targetFolder && (storey === '' || below === undefined)) return undefined;
  if (below === undefined) return `${from.join('/')}: ${storey || 'a file beside them'} is no storey of ${folder}`;
  return [storey, ...below].includes(target) ? undefined : `${from.join('/')}: storey ${target} (${to.join('/')})`;
}

/** The folder below the top one in which a file is; '' for a file beside those. */
function storeyOf(path: readonly string[]): string {
  return path.length > 2 ? (path[1] ?? '') : '';
}

/** The folders, side by side in the same one, between which an import goes; undefined where it stays in its folder. */
function arrow({ file, specifier }: FoundImport): { readonly from: string; readonly to: string } | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const from = dirname(file).split('/');
  const to = dirname(relative(source, resolve(source, dirname(file), specifier))).split('/');
  const common = from.findIndex((part, index) => part !== to[index]);
  if (common < 0 || common >= to.length) return undefined;
  return { from: from.slice(0, common + 1).join('/'), to: to.slice(0, common + 1).join('/') };
}

/** Pairs of folders side by side of which each imports the other. */
function mutual(imports: readonly FoundImport[]): readonly string[] {
  const arrows = new Set(imports.map(arrow).map((found) => found && `${found.from} -> ${found.to}`));
  return imports
    .map(arrow)
    .filter((found) => found !== undefined)
    .filter(({ from, to }) => from < to && arrows.has(`${from} -> ${to}`) && arrows.has(`${to} -> ${from}`))
    .map(({ from, to }) => `${from} <-> ${to}`)
    .filter((pair, index, all) => all.indexOf(pair) === index);
}

describe('imports', () => {
  it('go only the way import-rules.js allows', () => {
    expect(listImports().map(violation).filter(Boolean)).toEqual([]);
  });

  it('never go both ways between two folders side by side', () => {
    expect(mutual(listImports())).toEqual([]);
  });

  it('are caught when they go both ways', () => {
    const there = { file: 'mysql/table/copy/a.ts', specifier: '../verify/b.js' };
    const back = { file: 'mysql/table/verify/c.ts', specifier: '../copy/d.js' };
    expect(mutual([there, back])).toEqual(['mysql/table/copy <-> mysql/table/verify']);
  });

  it('are caught when they go another way', () => {
    expect(violation({ file: 'lifecycle/a.ts', specifier: '../mysql/session.js' })).toContain('folder mysql');
    expect(violation({ file: 'workflows/a.ts', specifier: 'mysql2' })).toContain('package mysql2');
    expect(violation({ file: 'workflows/a.ts', specifier: '../activities/index.js' })).toContain('folder activities');
    expect(violation({ file: 'dev/a.ts', specifier: '../workflows/index.js' })).toContain('folder workflows');
    const up = { file: 'mysql/table/copy/a.ts', specifier: '../../migration/b.js' };
    expect(violation(up)).toContain('storey migration');
    const across = { file: 'mysql/move/a.ts', specifier: '../migration/b.js' };
    expect(violation(across)).toContain('storey migration');
    expect(violation({ file: 'mysql/cellar/a.ts', specifier: '../server/b.js' })).toContain('no storey');
    expect(violation({ file: 'mysql/move/a.ts', specifier: '../server/session/b.js' })).toBeUndefined();
    expect(violation({ file: 'mysql/a.ts', specifier: './server/b.js' })).toContain('no storey');
    const kind = 'storey move';
    expect(violation({ file: 'lifecycle/operation/a.ts', specifier: '../move/state.js' })).toContain(kind);
    expect(violation({ file: 'workflows/migration/a.ts', specifier: '../../contract/move/a.js' })).toContain(kind);
    expect(violation({ file: 'activities/migration/a.ts', specifier: '../../mysql/move/a.js' })).toContain(kind);
    expect(violation({ file: 'workflows/move/a.ts', specifier: '../../contract/operation/a.js' })).toBeUndefined();
    expect(violation({ file: 'workflows/move/a.ts', specifier: '../../contract/a.js' })).toBeUndefined();
    expect(violation({ file: 'workflows/a.ts', specifier: './move/a.js' })).toBeUndefined();
  });

  it('never run in a circle', () => {
    expect(listCircles(listImports())).toEqual([]);
  });

  it('are caught when they run in a circle', () => {
    const imports = [
      { file: 'lifecycle/start.ts', specifier: './a.js' },
      { file: 'lifecycle/a.ts', specifier: '../errors/b.js' },
      { file: 'errors/b.ts', specifier: './c.js' },
      { file: 'errors/c.ts', specifier: '../lifecycle/a.js' },
      { file: 'lifecycle/start.ts', specifier: '../errors/c.js' },
    ];
    expect(listCircles(imports)).toEqual(['lifecycle/a.ts > errors/b.ts > errors/c.ts > lifecycle/a.ts']);
    expect(listCircles(imports.slice(0, 3))).toEqual([]);
  });

  it('have rules for folders that exist, and only for those', () => {
    const names = foldersIn(source);
    expect(Object.keys(importRules).sort()).toEqual(names);
    const allowed = Object.values(importRules).flatMap(({ folders }) => folders);
    expect(allowed.filter((name) => !names.includes(name))).toEqual([]);
    for (const [folder, { storeys }] of Object.entries(importRules)) {
      if (storeys === undefined) continue;
      const inside = Object.keys(storeys);
      expect(inside.filter((name) => name !== '').sort()).toEqual(foldersIn(join(source, folder)));
      expect(Object.values(storeys).flat()).toSatisfy((below: string[]) =>
        below.every((name) => inside.includes(name)),
      );
    }
  });
});
