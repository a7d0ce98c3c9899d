import { describe, expect, it } from 'vitest';
import { GtidSet } from '../../../../src/binlog/gtid-set.js';
import { advance, PlaceTracker } from '../../../../src/mysql/table/follow/feed-position.js';

describe('a position that advances', () => {
  it('keeps the older place where no newer one is known', () => {
    const place = { file: 'bin.000001', offset: 4 };
    const position = { gtids: GtidSet.empty(), place, committedAtMs: 5 };
    const advanced = advance(position, { gtids: GtidSet.empty(), place: undefined, committedAtMs: null });
    expect(advanced).toEqual(position);
  });
});

describe('a tracker of places', () => {
  const eventEndingAt = (offset: number): Buffer => {
    const event = Buffer.alloc(19);
    event.writeUInt32LE(offset, 13);
    return event;
  };

  it('knows no place behind 4 GB of a file', () => {
    const tracker = new PlaceTracker();
    expect(tracker.behind(eventEndingAt(100))).toBeUndefined();
    tracker.enter('bin.000001');
    expect(tracker.behind(eventEndingAt(0xffff_fff0))).toEqual({ file: 'bin.000001', offset: 0xffff_fff0 });
    expect(tracker.behind(eventEndingAt(200))).toBeUndefined();
    expect(tracker.behind(eventEndingAt(300))).toBeUndefined();
    tracker.enter('bin.000002');
    expect(tracker.behind(eventEndingAt(200))).toEqual({ file: 'bin.000002', offset: 200 });
  });
});
