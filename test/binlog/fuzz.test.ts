import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { decodeAll, decoderFor, fixtureNames, readFixture } from './fixture.js';
import { withoutChecksums } from './synthetic.js';

const formatDescription = 15;

const fixtures = fixtureNames.map(readFixture);

const anEvent = fc.constantFrom(...fixtures).chain(({ fixture, events }) => {
  return fc.record({
    fixture: fc.constant(fixture),
    events: fc.constant(events),
    index: fc.integer({ min: 0, max: events.length - 1 }),
    /** Where in the event, as a fraction of it. */
    place: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
  });
});

function flipped(events: readonly Buffer[], index: number, place: number, bit: number): readonly Buffer[] {
  const event = Buffer.from(events[index]!);
  const at = Math.floor(place * event.length);
  event[at] = event[at]! ^ (1 << bit);
  return events.with(index, event);
}

function cut(events: readonly Buffer[], index: number, place: number): readonly Buffer[] {
  const event = events[index]!;
  return events.with(index, event.subarray(0, Math.floor(place * event.length)));
}

describe('a damaged stream', () => {
  it('with checksums stops by name at the damaged event, with nothing wrong before', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anEvent, fc.boolean(), ({ fixture, events, index, place, bit }, isCut) => {
        const isAlgorithm = events[index]![4] === formatDescription;
        // The byte that says that there are checksums cannot be held by them alone.
        fc.pre(isCut || !isAlgorithm || Math.floor(place * events[index]!.length) !== events[index]!.length - 5);
        const damaged = isCut ? cut(events, index, place) : flipped(events, index, place, bit);
        const { items, error } = decodeAll(decoderFor(fixture), damaged);
        const sound = decodeAll(decoderFor(fixture), events.slice(0, index));
        expect(items).toEqual(sound.items);
        expect(error).toBeInstanceOf(SwitchyardError);
      }),
      { numRuns: 500 },
    );
  });

  it('without checksums ends or stops by name, never otherwise', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anEvent, fc.boolean(), ({ fixture, events, index, place, bit }, isCut) => {
        const plain = withoutChecksums(events);
        const damaged = isCut ? cut(plain, index, place) : flipped(plain, index, place, bit);
        const { error } = decodeAll(decoderFor(fixture), damaged);
        if (error !== undefined) expect(error).toBeInstanceOf(SwitchyardError);
      }),
      { numRuns: 1_000 },
    );
  });
});
