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

/** Why this import breaks the rules, or undefined where it keeps them. */
function violation({ file, specifier }: FoundImport): string | undefined {
  if (rootFiles.includes(file)) return undefined;
  const folder = file.split('/')[0] ?? '';
  const rules = importRules[folder];
  if (rules === undefined) return `${file}: folder ${folder} has no rules in import-rules.js`;
  if (!specifier.startsWith('.')) {
    return packageAllowed(specifier, rules.packages) ? undefined : `${file}: package ${specifier}`;
  }
  const target = relative(source, resolve(source, dirname(file), specifier)).split('/')[0] ?? '';
  return [folder, ...rules.folders].includes(target) ? undefined : `${file}: folder ${target} (${specifier})`;
}

describe('imports', () => {
  it('go only the way import-rules.js allows', () => {
    expect(listImports().map(violation).filter(Boolean)).toEqual([]);
  });

  it('are caught when they go another way', () => {
    expect(violation({ file: 'lifecycle/a.ts', specifier: '../mysql/session.js' })).toContain('folder mysql');
    expect(violation({ file: 'workflows/a.ts', specifier: 'mysql2' })).toContain('package mysql2');
    expect(violation({ file: 'workflows/a.ts', specifier: '../activities/index.js' })).toContain('folder activities');
    expect(violation({ file: 'client/a.ts', specifier: '../workflows/index.js' })).toContain('folder workflows');
  });
});
