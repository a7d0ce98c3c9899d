/** What the client is made of: a service that loads it gets no worker, no driver and nothing of the data plane. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** What is loaded when a file is: what it imports but for types. */
function loadedBy(file: string): readonly string[] {
  const { statements } = ts.createSourceFile(file, readFileSync(join(source, file), 'utf8'), ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier) || isOfTypes(statement)) return [];
    return [moduleSpecifier.text];
  });
}

/** `import type` as a whole. With `verbatimModuleSyntax` a list of nothing but types is loaded all the same. */
function isOfTypes(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** The packages and the folders of src that are loaded with a file. */
function reachOf(entry: string): { readonly packages: readonly string[]; readonly folders: readonly string[] } {
  const packages = new Set<string>();
  const files = new Set<string>();
  const walk = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of loadedBy(file)) {
      if (!specifier.startsWith('.')) packages.add(specifier);
      else walk(relative(source, resolve(source, dirname(file), specifier)).replace(/\.js$/, '.ts'));
    }
  };
  walk(entry);
  const folders = new Set([...files].map((file) => file.split('/')[0] ?? ''));
  return { packages: [...packages].sort(), folders: [...folders].sort() };
}

it('The client loads no worker and no driver', () => {
  const { packages, folders } = reachOf('client/index.ts');
  expect(packages).toEqual([
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/envconfig',
    'node:timers/promises',
    'zod',
  ]);
  expect(folders.filter((folder) => /mysql|binlog|activities|workflows|config|dev|router/.test(folder))).toEqual([]);
});

it('What is loaded is found through other files', () => {
  expect(reachOf('create-worker.ts').packages).toContain('@temporalio/worker');
});
