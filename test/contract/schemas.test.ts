/**
 * schemas/ has the contract as JSON Schema, for programs in other languages. Where this fails, the contract has changed:
 * `npx vitest run --project alone test/contract/schemas.test.ts -u` writes the schemas anew. What changes in them is seen
 * by those programs: fields are added, never taken away.
 */
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  moveCommandDescriptions,
  moveCommandSchemas,
  moveTablesInputSchema,
  noticeSchema,
  onlineDdlCommandDescriptions,
  onlineDdlCommandSchemas,
  onlineDdlInputSchema,
  planDdlInputSchema,
  reconcileInputSchema,
  tableCleanupCommandDescriptions,
  tableCleanupCommandSchemas,
} from '../../src/contract/index.js';
import { windowsSchema } from '../../src/contract/operation/attempt-window.js';
import { blocks, examplesIn, read, root } from '../docs/pages.js';
import { typeSchemas, type Json } from '../support/schema-of-type.js';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** Of what a program sends. */
function inputSchema(schema: z.ZodType): Json {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if ((zodSchema as unknown) === windowsSchema) Object.assign(jsonSchema, windows());
      // It is there to be refused by name.
      if (jsonSchema.properties !== undefined) delete jsonSchema.properties['forceAfter'];
    },
  });
  const { $schema: _dialect, ...rest } = made;
  return rest;
}

/** One window, several, or null for none: what the schema makes of it says only that it is a list. */
function windows(): Json {
  const { anyOf = [] } = z.toJSONSchema(windowsSchema, { io: 'output' });
  const list = anyOf.find(({ type }) => type === 'array');
  if (list === undefined) throw new Error('windows are no list');
  return { anyOf: [list.items, list, { type: 'null' }] };
}

/** A definition for each command, by its name. */
function commandSchemas(
  schemas: Readonly<Record<string, z.ZodType>>,
  descriptions: Readonly<Record<string, string>>,
): Json {
  const commands = Object.entries(schemas).filter(([name]) => name !== 'forceCutOver');
  const defs = commands.map(([name, schema]) => [name, { description: descriptions[name], ...inputSchema(schema) }]);
  return { $defs: Object.fromEntries(defs) as Json };
}

const inputs: Readonly<Record<string, () => Json>> = {
  'online-ddl.input': () => inputSchema(onlineDdlInputSchema),
  'online-ddl.commands': () => commandSchemas(onlineDdlCommandSchemas, onlineDdlCommandDescriptions),
  'move-tables.input': () => inputSchema(moveTablesInputSchema),
  'move-tables.commands': () => commandSchemas(moveCommandSchemas, moveCommandDescriptions),
  'table-cleanup.commands': () => commandSchemas(tableCleanupCommandSchemas, tableCleanupCommandDescriptions),
  'plan-ddl.input': () => inputSchema(planDdlInputSchema),
  'reconcile.input': () => inputSchema(reconcileInputSchema),
  notice: () => inputSchema(noticeSchema),
};

/** What workflows show and return, by the names of their types. */
const outputs: Readonly<Record<string, string>> = {
  'command-answer': 'CommandAnswer',
  'online-ddl.status': 'OnlineDdlStatus',
  'online-ddl.plan': 'OnlineDdlPlan',
  'online-ddl.result': 'OnlineDdlResult',
  'move-tables.status': 'MoveTablesStatus',
  'move-tables.plan': 'MoveTablesPlan',
  'move-tables.doctor': 'MoveTablesDoctor',
  'move-tables.result': 'MoveTablesResult',
  'table-cleanup.status': 'TableCleanupStatus',
  'table-cleanup.result': 'TableCleanupResult',
  'plan-ddl.result': 'DdlPlan',
  'reconcile.result': 'ReconcileResult',
};

const schemas = new Map<string, Json>();
beforeAll(() => {
  const ofType = typeSchemas();
  for (const [name, make] of Object.entries(inputs)) schemas.set(name, make());
  for (const [name, type] of Object.entries(outputs)) schemas.set(name, ofType(type));
});

function accepts(name: string, value: unknown, part?: string): boolean {
  const schema = schemas.get(name) ?? {};
  const chosen = part === undefined ? schema : (schema['$defs'] as Readonly<Record<string, Json>>)[part];
  return z.fromJSONSchema({ $schema: dialect, ...chosen } as never).safeParse(value).success;
}

describe('schemas/', () => {
  it.each([...Object.keys(inputs), ...Object.keys(outputs)])('%s.json is what the contract says', async (name) => {
    const text = JSON.stringify({ $schema: dialect, title: name, ...schemas.get(name) }, null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(root, `schemas/${name}.json`));
  });

  it('fit what the documents show, and nothing that is misspelt', () => {
    for (const [kind, page] of [
      ['online-ddl', 'docs/online-ddl.md'],
      ['move-tables', 'docs/move-tables.md'],
    ] as const) {
      const shown = blocks(page, 'json').map((text) => JSON.parse(text) as Json);
      const input = shown.find((value) => 'options' in value);
      expect(accepts(`${kind}.input`, input)).toBe(true);
      expect(accepts(`${kind}.input`, { ...input, optinos: {} })).toBe(false);
      const status = shown.find((value) => 'pauseReasons' in value);
      expect(accepts(`${kind}.status`, status)).toBe(true);
      expect(accepts(`${kind}.status`, { ...status, phase: 'asleep' })).toBe(false);
      expect(accepts(`${kind}.status`, { ...status, fieldOfLater: 1 })).toBe(true);
      const result = shown.find((value) => 'outcome' in value && 'writeLatency' in value);
      expect(accepts(`${kind}.result`, result)).toBe(true);
      for (const [name, example] of examplesIn(read(page))) {
        expect(accepts(`${kind}.commands`, JSON.parse(example), name), name).toBe(true);
        expect(accepts(`${kind}.commands`, { reasn: 'a' }, name), name).toBe(false);
      }
    }
    expect(accepts('online-ddl.commands', { window: { from: '22:00', to: '04:00' } }, 'setLimits')).toBe(true);
    expect(accepts('online-ddl.commands', { window: { from: '22:00' } }, 'setLimits')).toBe(false);
  });
});
