/** What is heavy waits for a place on its clusters, says so, and keeps nobody else waiting. */
import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/activities/operation/places.js';
import { Waits } from '../../../src/mysql/server/waits.js';

/** One piece of work that a test ends by hand. */
class Piece {
  readonly waits = new Waits();
  readonly stopped = new AbortController();
  hasBegun = false;
  #end: () => void = () => undefined;
  readonly ended: Promise<void>;

  constructor(places: Places, clusters: readonly string[]) {
    this.ended = places.during(clusters, { signal: this.stopped.signal, waits: this.waits }, () => {
      this.hasBegun = true;
      return new Promise<void>((resolve) => {
        this.#end = resolve;
      });
    });
    this.ended.catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#end();
    await this.ended;
    await settled();
  }

  get waitsFor(): readonly string[] {
    return this.waits.all.map(({ for: what }) => what);
  }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('the places of a process', () => {
  it('are as many as there are for a cluster; one that waits keeps no other cluster waiting', async () => {
    const places = new Places({ inAll: 3, perCluster: 1 });
    const [a, second, b] = [new Piece(places, ['a']), new Piece(places, ['a']), new Piece(places, ['b'])];
    expect([a.hasBegun, second.hasBegun, b.hasBegun]).toEqual([true, false, true]);
    expect([a.waitsFor, second.waitsFor, b.waitsFor]).toEqual([[], ['cluster'], []]);
    await b.end();
    expect(second.hasBegun).toBe(false);
    await a.end();
    expect([second.hasBegun, second.waitsFor]).toEqual([true, []]);
    await second.end();
  });

  it('are as many as there are in all', async () => {
    const places = new Places({ inAll: 1, perCluster: 1 });
    const [a, b] = [new Piece(places, ['a']), new Piece(places, ['b'])];
    expect(b.hasBegun).toBe(false);
    await a.end();
    expect(b.hasBegun).toBe(true);
    await b.end();
  });

  it('are taken on both clusters of a move, or on none, so that two never wait for each other', async () => {
    const places = new Places({ inAll: 9, perCluster: 1 });
    const [a, there, back] = [new Piece(places, ['a']), new Piece(places, ['a', 'b']), new Piece(places, ['b', 'c'])];
    expect([there.hasBegun, back.hasBegun]).toEqual([false, true]);
    await a.end();
    expect(there.hasBegun).toBe(false);
    await back.end();
    expect(there.hasBegun).toBe(true);
    await there.end();
    // On one server it is one place.
    const same = new Piece(places, ['a', 'a']);
    expect(same.hasBegun).toBe(true);
    await same.end();
  });

  it('are given back by work that fails, and not taken by what was stopped while it waited', async () => {
    const places = new Places({ inAll: 9, perCluster: 1 });
    const waits = new Waits();
    const { signal } = new AbortController();
    const failing = places.during(['a'], { signal, waits }, () => Promise.reject(new Error('it failed')));
    const stopped = new Piece(places, ['a']);
    stopped.stopped.abort(new Error('stopped'));
    await expect(failing).rejects.toThrow('it failed');
    await expect(stopped.ended).rejects.toThrow('stopped');
    expect(stopped.hasBegun).toBe(false);
    const next = new Piece(places, ['a']);
    expect(next.hasBegun).toBe(true);
    await next.end();
  });

  it('are without number where nothing says how many', async () => {
    const places = new Places();
    const pieces = ['a', 'a', 'a'].map((name) => new Piece(places, [name]));
    expect(pieces.map(({ hasBegun }) => hasBegun)).toEqual([true, true, true]);
    for (const piece of pieces) await piece.end();
  });
});
