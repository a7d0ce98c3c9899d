import { describe, expect, it } from 'vitest';
import { ChangedKeys } from '../../../../src/mysql/table/follow/changed-keys.js';

describe('ChangedKeys', () => {
  it('holds each key once, until it is taken', () => {
    const changed = new ChangedKeys();
    changed.add([['1'], ['2']]);
    changed.add([['2'], ['1', '2']]);
    expect(changed.take()).toEqual({ keys: [['1'], ['2'], ['1', '2']], givenUp: 0 });
    expect(changed.take()).toEqual({ keys: [], givenUp: 0 });
  });

  it('counts what it cannot hold, and goes on with what comes then', () => {
    const changed = new ChangedKeys(3);
    changed.add([['1'], ['2'], ['3']]);
    changed.add([['3'], ['4']]);
    changed.add([['5']]);
    expect(changed.take()).toEqual({ keys: [['5']], givenUp: 4 });
  });
});
