import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GtidSet } from '../../src/binlog/gtid-set.js';
import { fixtureNames, readFixture } from './fixture.js';

const u = '11a81ff0-e55f-11f1-b27f-02fc00000001';
const v = '21a81ff0-e55f-11f1-b27f-02fc00000001';

/** What MySQL 9.7.4 answered to SELECT GTID_SUBTRACT(text, ''). */
const normalForms: readonly (readonly [text: string, normal: string])[] = [
  ['', ''],
  [' \n', ''],
  [`${u}:1-3:2-5:7`, `${u}:1-5:7`],
  [` ${v.toUpperCase()} : 1 - 3 , ,${u}:4,`, `${u}:4,\n${v}:1-3`],
  [`${u}:tAg_a:1-3:5:1-2`, `${u}:tag_a:1-3:5`],
  [`${u}:1-3:b:1:a:2:b:9`, `${u}:1-3:a:2:b:1:9`],
  [`${u}:b:1,${u}:3,${u}:a:1,${v}:z:4`, `${u}:3:a:1:b:1,\n${v}:z:4`],
  [`${u}:1-9223372036854775806`, `${u}:1-9223372036854775806`],
  [`${u}:_:1`, `${u}:_:1`],
  [`${u}:1,,${u}:3:2`, `${u}:1-3`],
  [`${u}:01-003`, `${u}:1-3`],
];

const invalidTexts: readonly string[] = [
  u,
  `${u}:`,
  `${u}:0`,
  `${u}:5-3`,
  `${u}:1-`,
  `${u}:1 2`,
  `${u}:+5`,
  `${u}:-5`,
  `${u}::5`,
  `${u}:1:`,
  `${u}:9a:1`,
  `${u}:a`,
  `${u}:1:a`,
  `${u}:a23456789012345678901234567890123:1`,
  `${u}:9223372036854775807`,
  `${u.slice(1)}:1`,
  'nonsense',
];

describe('a GTID set', () => {
  it.each(normalForms)('prints %j as the server does', (text, normal) => {
    expect(GtidSet.parse(text).toString()).toBe(normal);
  });

  it.each(invalidTexts)('refuses %j', (text) => {
    expect(() => GtidSet.parse(text)).toThrow(expect.objectContaining({ code: 'GTID_SET_NOT_VALID' }));
  });

  it.each(fixtureNames)('is encoded as the server encodes it in the PREVIOUS_GTIDS event of %s', (name) => {
    const { fixture, events } = readFixture(name);
    const event = events.find((each) => each[4] === 35)!;
    expect(GtidSet.parse(fixture.previousGtids).encode()).toEqual(event.subarray(19, -4));
  });

  it('is encoded in both forms in the fixtures, and empty as eight zero bytes', () => {
    const isTagged = (name: string): boolean => /:[a-z_]\w*:/.test(readFixture(name).fixture.previousGtids);
    expect(new Set(fixtureNames.map(isTagged))).toEqual(new Set([true, false]));
    expect(GtidSet.empty().encode()).toEqual(Buffer.alloc(8));
  });

  it('grows by single transactions and by whole sets, and leaves its clones alone', () => {
    const set = GtidSet.parse(`${u}:1-3`);
    const clone = set.clone();
    set.add(u, '', 4n);
    set.add(u.toUpperCase(), 'Tag', 1n);
    set.addText(`${u}:6`);
    set.addText(`${u}:tag:2,${v}:9`);
    expect(set.toString()).toBe(`${u}:1-4:6:tag:1-2,\n${v}:9`);
    expect(clone.toString()).toBe(`${u}:1-3`);
    expect(() => set.add(u, '', 0n)).toThrow(/transaction number/);
  });
});

const sources = [`${u}`, `${u}:a`, `${u}:b`, `${v}`, `${v}:a`];
const interval = fc.tuple(fc.constantFrom(...sources), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 6 }));
const intervals = fc.array(interval, { maxLength: 12 });
type Intervals = readonly (readonly [string, number, number])[];

function setOf(list: Intervals): GtidSet {
  return GtidSet.parse(list.map(([source, start, more]) => `${source}:${start}-${start + more}`).join(','));
}

/** The same as a plain set of texts. */
function modelOf(list: Intervals): ReadonlySet<string> {
  return new Set(
    list.flatMap(([source, start, more]) => Array.from({ length: more + 1 }, (_, n) => `${source}:${start + n}`)),
  );
}

function setOfModel(model: Iterable<string>): GtidSet {
  const set = GtidSet.empty();
  for (const gtid of model) set.addText(gtid);
  return set;
}

describe('GTID sets, compared with plain sets of texts,', () => {
  it('print the same however they were built, and read what they print', () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const text = setOf(list).toString();
        expect(setOfModel(modelOf(list)).toString()).toBe(text);
        expect(GtidSet.parse(text).toString()).toBe(text);
      }),
    );
  });

  it('join, subtract, contain and compare alike', () => {
    fc.assert(
      fc.property(intervals, intervals, interval, (a, b, [source, gno]) => {
        const [modelA, modelB] = [modelOf(a), modelOf(b)];
        const [setA, setB] = [setOf(a), setOf(b)];
        expect(setA.union(setB).toString()).toBe(setOfModel([...modelA, ...modelB]).toString());
        const difference = [...modelA].filter((gtid) => !modelB.has(gtid));
        expect(setA.subtract(setB).toString()).toBe(setOfModel(difference).toString());
        expect(setA.isSubsetOf(setB)).toBe(difference.length === 0);
        expect(setA.subtract(setB).isEmpty()).toBe(difference.length === 0);
        expect(setA.contains(`${source}:${gno}`)).toBe(modelA.has(`${source}:${gno}`));
        expect(setA.toString()).toBe(setOf(a).toString());
      }),
    );
  });
});
