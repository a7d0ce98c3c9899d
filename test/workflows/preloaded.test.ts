/** What all workflows of a worker share keeps nothing of one of them (src/workflows/preloaded.ts). */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** It and all files that it imports, also by way of others. */
function reached(file: string, found = new Map<string, ts.SourceFile>()): ReadonlyMap<string, ts.SourceFile> {
  const name = relative(source, file);
  if (found.has(name)) return found;
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  found.set(name, tree);
  for (const { fileName } of ts.preProcessFile(tree.text).importedFiles) {
    if (fileName.startsWith('.')) reached(join(dirname(file), fileName.replace(/\.js$/, '.ts')), found);
  }
  return found;
}

const collections = ['Map', 'Set', 'WeakMap', 'WeakSet'];

/** What a statement of a module keeps that can change: a variable, or something that is filled later. */
function kept(statement: ts.Statement): readonly string[] {
  if (!ts.isVariableStatement(statement)) return [];
  const { flags, declarations } = statement.declarationList;
  return declarations
    .filter(({ initializer, type }) => {
      if ((flags & ts.NodeFlags.Const) === 0) return true;
      // What is made with its content, or is said to be read only, is not filled later.
      const isReadonly = type !== undefined && /^(readonly|Readonly)/.test(type.getText());
      if (initializer === undefined || isReadonly) return false;
      if (ts.isArrayLiteralExpression(initializer)) return initializer.elements.length === 0;
      if (!ts.isNewExpression(initializer) || !collections.includes(initializer.expression.getText())) return false;
      return (initializer.arguments ?? []).length === 0;
    })
    .map((declaration) => declaration.name.getText());
}

it('no module of it has a variable, or something that is filled later', () => {
  const modules = reached(join(source, 'workflows/preloaded.ts'));
  expect([...modules.keys()]).toEqual(
    expect.arrayContaining(['contract/move/commands.ts', 'lifecycle/move/decide.ts']),
  );
  const found = [...modules].flatMap(([file, { statements }]) =>
    statements.flatMap(kept).map((name) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

it('no module of it knows a workflow', () => {
  const modules = reached(join(source, 'workflows/preloaded.ts'));
  const knowing = [...modules].filter(([, { text }]) => /^import (?!type).*'@temporalio\/workflow'/m.test(text));
  expect(knowing.map(([file]) => file)).toEqual([]);
});
