/**
 * What is declared is read: a field that is only ever written is weight that nobody dares to remove, and an option that
 * nobody reads is a promise that is not kept. By name and without types, which takes a second instead of a compilation: a
 * name that is read anywhere in src passes for all fields of that name.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** Read by somebody else than src: by name, who that is. */
const readElsewhere: Readonly<Record<string, string>> = {
  ca: 'the driver, as part of its TLS settings',
  cert: 'the driver, as part of its TLS settings',
  checkedAt: 'scripts, in the JSON of the doctor',
  closedAt: 'programs, in the list of operations',
  configuration: 'scripts, in the JSON of the doctor',
  fixes: 'scripts, in the JSON of the doctor',
  looks: 'people, in the doctor of a move',
  moves: 'applications that watch routes',
  pair: 'the types of the checks, which choose by it what a check gets',
  startTLS: 'the driver, when it goes over to TLS',
  staleSince: 'applications that watch routes',
  steps: 'people, in the status',
  throttleRevision: 'the comparison of what runs with what shall run, which looks at all fields',
  unsaid: 'the types of the facts, and test/docs/errors.test.ts',
};

interface Names {
  readonly declared: readonly string[];
  readonly read: readonly string[];
}

/** The names of the fields that a file declares in its types and its input schemas, and of those that it reads. */
function namesIn(text: string): Names {
  const declared: string[] = [];
  const read: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isDeclaredField(node)) declared.push(node.name.text);
    const name = readName(node);
    if (name !== undefined) read.push(name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return { declared, read };
}

function isDeclaredField(node: ts.Node): node is ts.Node & { readonly name: ts.Identifier } {
  const isField = ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || isSchemaField(node);
  return isField && node.name !== undefined && ts.isIdentifier(node.name);
}

/** Of `z.strictObject({ … })` and the like. */
function isSchemaField(node: ts.Node): node is ts.PropertyAssignment {
  if (!ts.isPropertyAssignment(node) || !ts.isCallExpression(node.parent.parent)) return false;
  return /^z\.\w*[oO]bject$/.test(node.parent.parent.expression.getText());
}

/** The name of the field that is read here: `a.name`, `a['name']`, `{ name } = a`, `{ name: b } = a`. */
function readName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return isWritten(node) ? undefined : node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return isWritten(node) ? undefined : node.argumentExpression.text;
  }
  if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return undefined;
  const name = node.propertyName ?? node.name;
  return ts.isIdentifier(name) ? name.text : undefined;
}

function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** Declared in one of these and read in none, except where somebody else reads it. */
function unread(files: readonly Names[]): string[] {
  const read = new Set([...files.flatMap((file) => file.read), ...Object.keys(readElsewhere)]);
  return [...new Set(files.flatMap(({ declared }) => declared.filter((name) => !read.has(name))))].sort();
}

function listNames(): readonly Names[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.map((file) => namesIn(readFileSync(join(source, file), 'utf8')));
}

describe('Fields', () => {
  it('are read where they are declared', () => {
    expect(unread(listNames())).toEqual([]);
  });

  it('are missed where they are only written', () => {
    const text = `
      interface Plan { readonly used: number; taken: number; readonly unread: number; renamed: number; kept: number }
      const schema = z.strictObject({ option: z.number(), deaf: z.number() });
      const plan: Plan = { used: 1, taken: 1, unread: 1, renamed: 1, kept: 1 };
      plan.kept = plan.used + plan['taken'];
      const { renamed: other } = plan;
      work(input.option);
    `;
    expect(unread([namesIn(text)])).toEqual(['deaf', 'kept', 'unread']);
  });
});
