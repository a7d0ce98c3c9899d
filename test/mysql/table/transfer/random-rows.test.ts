/** Random rows with every type at once, in random chunks, by both methods. SEED in the environment repeats a run. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TwoServers } from './two-servers.js';

let servers: TwoServers;

beforeAll(async () => {
  servers = await TwoServers.start();
});

afterAll(() => servers.stop());

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32 */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = generator(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
const hex = (bytes: Uint8Array): string => `x'${Buffer.from(bytes).toString('hex')}'`;
const bytes = (max: number): Uint8Array =>
  Uint8Array.from({ length: below(max) }, () =>
    random() < 0.4 ? pick([0, 9, 10, 13, 26, 39, 44, 78, 92]) : below(256),
  );
const characters = ["'", '\\', '\n', '\t', ',', '\0', '\x1a', 'N', 'U', 'L', ' ', 'é', 'ß', '漢', '表', '\u{1F600}'];
const text = (max: number, set = characters): string =>
  `_utf8mb4 ${hex(Buffer.from(Array.from({ length: below(max) }, () => pick(set)).join(''), 'utf8'))}`;
const bits = (count: number): string =>
  BigInt.asUintN(count, BigInt(Math.floor(random() * 2 ** 32)) * 4_294_967_297n + BigInt(below(99))).toString();
const real = (): string => {
  const double = new DataView(new ArrayBuffer(8));
  for (let index = 0; index < 8; index += 1) double.setUint8(index, below(256));
  const value = double.getFloat64(0);
  return Number.isFinite(value) ? `'${value}'` : "'-0'";
};
const digits = (count: number): string => Array.from({ length: count }, () => below(10)).join('');
const two = (limit: number): string => String(below(limit)).padStart(2, '0');
const clock = (): string => `${two(24)}:${two(60)}:${two(60)}.${digits(6)}`;
const date = (): string => `${digits(4)}-${two(13)}-${two(29)}`;
const json = (depth = 0): unknown => {
  if (depth > 3) return pick([null, true, 0.1, -5, 'x\n\'\\"', 1e300]);
  return pick<() => unknown>([
    () => random() * 10 ** below(30),
    () => below(1e9),
    () => Array.from({ length: below(5) }, () => json(depth + 1)),
    () => Object.fromEntries(Array.from({ length: below(5) }, () => [pick(characters) + below(9), json(depth + 1)])),
    () => Array.from({ length: below(9) }, () => pick(characters)).join(''),
  ])();
};

const columns: readonly (readonly [type: string, value: () => string])[] = [
  ['INT', () => String(below(2 ** 32) - 2 ** 31)],
  ['BIGINT UNSIGNED ZEROFILL', () => bits(64)],
  ['DECIMAL(40,20)', () => `${pick(['', '-'])}${digits(20)}.${digits(20)}`],
  ['FLOAT', () => String(Math.fround((random() - 0.5) * 10 ** below(30)))],
  ['DOUBLE', real],
  ['DOUBLE', () => String((random() - 0.5) * 10 ** (below(40) - 20))],
  ['DOUBLE(30,7)', () => String((random() - 0.5) * 10 ** below(15))],
  ['BIT(13)', () => bits(13)],
  ['BIT(64)', () => bits(64)],
  ['YEAR', () => pick(['0', '1901', '2155'])],
  ['DATE', () => `'${date()}'`],
  ['DATETIME(6)', () => `'${date()} ${clock()}'`],
  ['TIMESTAMP(6) NULL', () => `'20${two(38)}-${two(12).replace('00', '12')}-1${below(9)} ${clock()}'`],
  ['TIME(6)', () => `'${pick(['', '-'])}${below(800)}:${two(60)}:${two(60)}.${digits(6)}'`],
  ['CHAR(30)', () => text(20)],
  ['VARCHAR(60) CHARACTER SET utf16', () => text(50)],
  ['VARCHAR(60) CHARACTER SET sjis', () => text(50, ["'", '\\', '表', 'ソ', '能', '\n'])],
  ['VARCHAR(60) CHARACTER SET gbk', () => text(50, ["'", '\\', '表', '漢', '\t'])],
  ['TEXT CHARACTER SET latin1', () => `_latin1 ${hex(bytes(300))}`],
  ['MEDIUMTEXT', () => text(3_000)],
  ['BINARY(20)', () => hex(bytes(20))],
  ['VARBINARY(200)', () => hex(bytes(200))],
  ['MEDIUMBLOB', () => hex(bytes(30_000))],
  ["ENUM('a','','b','2')", () => String(below(5))],
  [`SET(${Array.from({ length: 64 }, (_, index) => `'s${index}'`).join(',')})`, () => bits(64)],
  ['JSON', () => `CONVERT(${`_utf8mb4 ${hex(Buffer.from(JSON.stringify(json())))}`} USING utf8mb4)`],
  ['POINT', () => `POINT(${random()}, ${-random() * 1e9})`],
  ['VECTOR(4)', () => `TO_VECTOR('[${[random(), -random(), below(9), random() * 1e9].join(',')}]')`],
];

it(`carries random rows (SEED=${seed})`, async () => {
  const rows = 400;
  const definition = columns.map(([type], index) => `c${index} ${type}`).join(', ');
  const value = (make: () => string): string => (random() < 0.1 ? 'NULL' : make());
  const inserts = Array.from(
    { length: rows },
    (_, id) => `(${id}, ${columns.map(([, make]) => value(make)).join(', ')})`,
  );
  const statements = (name: string): string[] =>
    Array.from(
      { length: rows / 20 },
      (_, part) => `INSERT INTO ${name} VALUES ${inserts.slice(part * 20, part * 20 + 20).join(', ')}`,
    );
  for (const method of ['load', 'insert'] as const) {
    const name = `random_${method}`;
    const table = await servers.make(name, `id INT PRIMARY KEY, ${definition}`, ...statements(name));
    for (let lower = -1; lower < rows;) {
      const upper = lower + 1 + below(100);
      await servers.move(table, method, `id > ${lower} AND id <= ${upper}`);
      lower = upper;
    }
    expect(await servers.countOnTarget(name)).toBe(rows);
    const [source, target] = await servers.contents(table, 'HEX(CAST(? AS BINARY))');
    expect(target).toEqual(source);
    const [sums, targetSums] = await servers.checksums(name);
    expect(targetSums).toBe(sums);
  }
});
