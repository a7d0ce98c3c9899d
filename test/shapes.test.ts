/**
 * A shape that crosses a wall of the house is declared once: folders that may not know each other used to declare it each
 * for itself, and it then had two names, and changed on one side. What both sides need is in src/domain.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

interface Shape {
  readonly folder: string;
  readonly name: string;
  /** Its fields with their types, in order of their names. */
  readonly fields: string;
}

/** The object types that a file declares, but for those of one field, which says too little. */
function shapesIn(file: string, text: string): readonly Shape[] {
  const [folder = ''] = file.split('/');
  const shapes: Shape[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node)) {
      const fields = node.members.filter(ts.isPropertySignature).map(fieldText).sort();
      const { parent } = node;
      const name = ts.isInterfaceDeclaration(node) ? node.name.text : nameOf(parent);
      if (fields.length > 1 && name !== undefined)
        shapes.push({ folder, name: `${file} ${name}`, fields: fields.join() });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return shapes;
}

/** What a type literal is: by its own name, or the variant of a union that has one. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isTypeAliasDeclaration(node)) return node.name.text;
  return ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node) ? nameOf(node.parent) : undefined;
}

function fieldText(field: ts.PropertySignature): string {
  const type = field.type?.getText().replace(/\breadonly\s|\s/g, '') ?? '';
  return `${field.name.getText()}${field.questionToken === undefined ? '' : '?'}:${type}`;
}

/** Those that are the same in several folders of src, each as the places where it is declared. */
function declaredTwice(shapes: readonly Shape[]): string[] {
  const same = new Map<string, Shape[]>();
  for (const shape of shapes) same.set(shape.fields, [...(same.get(shape.fields) ?? []), shape]);
  return [...same.values()]
    .filter((found) => new Set(found.map(({ folder }) => folder)).size > 1)
    .map((found) => found.map(({ name }) => name).join(' = '));
}

describe('Shapes', () => {
  it('are declared in one folder only', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const shapes = files.flatMap((file) => shapesIn(file, readFileSync(join(source, file), 'utf8')));
    expect(declaredTwice(shapes)).toEqual([]);
  });

  it('are found where they are declared twice, whatever they are called', () => {
    const ours = 'export interface Blocker { readonly id: number; readonly holds: readonly string[] }';
    const theirs = 'type Holder = { holds: string[]; id: number }; type Other = { holds?: string[]; id: number };';
    const union = "type Result = { outcome: 'done'; at: string } | { readonly id: number; readonly holds: string[] };";
    const shapes = [
      ...shapesIn('domain/a.ts', ours),
      ...shapesIn('mysql/b.ts', theirs),
      ...shapesIn('mysql/c.ts', union),
    ];
    expect(declaredTwice(shapes)).toEqual(['domain/a.ts Blocker = mysql/b.ts Holder = mysql/c.ts Result']);
    expect(declaredTwice(shapes.filter(({ folder }) => folder === 'mysql'))).toEqual([]);
  });
});
