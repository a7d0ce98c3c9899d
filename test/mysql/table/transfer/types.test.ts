import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoServers } from './two-servers.js';
import { typeValues } from './type-values.js';

let servers: TwoServers;

beforeAll(async () => {
  servers = await TwoServers.start();
});

afterAll(() => servers.stop());

const named = typeValues.map(([type, ...values], index) => ({ name: `t${index}`, type, values }));

describe.each(['load', 'insert'] as const)('every type by %s', (method) => {
  it.each(named)('$type'.slice(0, 60), async ({ name, type, values }) => {
    const table = `${name}_${method}`;
    const rows = ['NULL', ...values].map((value, index) => `(${index}, ${value})`);
    const moved = await servers.make(
      table,
      `id INT PRIMARY KEY, v ${type}`,
      ...rows.map((row) => `INSERT INTO ${table} VALUES ${row}`),
    );
    expect(await servers.move(moved, method)).toBe(rows.length);
    const [source, target] = await servers.contents(moved, 'HEX(CAST(? AS BINARY))');
    expect(target).toEqual(source);
    const [ofSource, ofTarget] = await servers.checksums(table);
    expect(ofTarget).toBe(ofSource);
  });
});
