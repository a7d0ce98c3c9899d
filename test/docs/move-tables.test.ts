/** What docs/move-tables.md and docs/force-complete.md say of inputs, commands, phases, fields and errors is what there is. */
import { describe, expect, it } from 'vitest';
import { parseMoveTablesInput } from '../../src/activities/move/parse-input.js';
import { decodePayload } from '../../src/contract/decode.js';
import { moveCommandSchemas } from '../../src/contract/move/commands.js';
import { moveTablesInputSchema, moveTablesOptionsSchema } from '../../src/contract/move/input.js';
import { catalogue } from '../../src/errors/switchyard-error.js';
import { moveCommandNames } from '../../src/lifecycle/move/command.js';
import { movePhases } from '../../src/lifecycle/move/phase.js';
import { initialState } from '../../src/lifecycle/move/state.js';
import { moveStatusOf } from '../../src/workflows/move/status.js';
import { blocks, examplesIn, listed, read, section } from './pages.js';

const movePage = 'docs/move-tables.md';
const forcePage = 'docs/force-complete.md';
const page = read(movePage);
const json = blocks(movePage, 'json').map((block) => JSON.parse(block) as Record<string, unknown>);

describe(movePage, () => {
  it('has a whole input that is valid and has every option, and explains every field', () => {
    const input = json.find((value) => 'options' in value) ?? {};
    const { options } = parseMoveTablesInput(input);
    expect(parseMoveTablesInput(input)).toEqual(input);
    const names = Object.keys(moveTablesOptionsSchema.shape);
    expect(Object.keys(options ?? {}).toSorted()).toEqual(names.toSorted());
    const limits = Object.keys(options?.switch ?? {}).map((name) => `switch.${name}`);
    expect(limits).toEqual(
      Object.keys(moveTablesOptionsSchema.shape.switch.unwrap().shape).map((name) => `switch.${name}`),
    );
    const fields = [
      ...Object.keys(moveTablesInputSchema.shape),
      ...names.filter((name) => name !== 'switch'),
      ...limits,
    ];
    expect(listed(section(movePage, 'Input')).toSorted()).toEqual(fields.toSorted());
  });

  it('shows a status with exactly the fields that there are, and explains each', () => {
    const place = { cluster: 'commerce', database: 'shop' };
    const real = Object.keys(moveStatusOf({ name: 'orders', source: place, target: place }, null, initialState));
    expect(Object.keys(json.find((value) => 'pauseReasons' in value) ?? {}).toSorted()).toEqual(real.toSorted());
    const explained = listed(section(movePage, 'Watching').split('### ')[0] ?? '');
    expect(explained.toSorted()).toEqual(real.filter((field) => field !== 'version').toSorted());
  });

  it('draws and explains the phases of the lifecycle, and no others', () => {
    const text = section(movePage, 'Phases');
    const [diagram = ''] = /```text\n([\s\S]*?)```/.exec(text)?.slice(1) ?? [];
    const words = diagram.replace(/before writes are switched:|anywhere:/g, '').match(/\w+/g) ?? [];
    expect([...new Set(words)].toSorted()).toEqual([...movePhases].toSorted());
    expect(listed(text).toSorted()).toEqual([...movePhases].toSorted());
  });

  it('draws the diagram of the lifecycle', () => {
    const diagram = (text: string): string | undefined => /^queued -> [\s\S]*?(?=^```)/m.exec(text)?.[0];
    expect(diagram(page)).toBe(diagram(read('src/lifecycle/move/SPEC.md')));
  });

  it('names every command, with an example input that fits', () => {
    const rows = examplesIn(section(movePage, 'Commands'));
    expect(rows.map(([name]) => name).toSorted()).toEqual([...moveCommandNames].toSorted());
    for (const [name, input] of rows) {
      const schema = moveCommandSchemas[name as keyof typeof moveCommandSchemas];
      expect(decodePayload<unknown>(schema, JSON.parse(input)), name).toMatchObject({ fits: true });
    }
  });
});

describe(forcePage, () => {
  it('shows payloads of forceComplete that fit', () => {
    const payloads = blocks(forcePage, 'json').map((block) => JSON.parse(block) as unknown);
    expect(payloads.length).toBeGreaterThan(2);
    for (const payload of payloads) {
      expect(decodePayload<unknown>(moveCommandSchemas.forceComplete, payload)).toMatchObject({ fits: true });
    }
  });
});

describe('Errors in both pages', () => {
  it.each([movePage, forcePage])('%s names only codes of the catalogue', (name) => {
    const codes = [...read(name).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code]) => code ?? '');
    expect(codes.length).toBeGreaterThan(4);
    for (const code of codes) expect(Object.keys(catalogue), code).toContain(code);
  });
});
