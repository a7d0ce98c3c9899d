import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learn, movesIn, placeOf, type KnownMove, type KnownMoves } from '../../src/router/known-moves.js';
import { ruleSetOf } from '../../src/router/rule-set.js';
import type { Place } from '../../src/domain/routing.js';
import { rulesOf, someMove, toSource, toTarget } from './rules.js';

function known(...moves: readonly KnownMove[]): KnownMoves {
  return new Map(moves.map((move) => [move.operationId, move]));
}

describe('the rules of a move', () => {
  it('say the old place of each table, and where its reads and its writes go', () => {
    const source = { cluster: 'commerce', database: 'shop' };
    const target = { cluster: 'customer', database: 'crm' };
    const move = { operationId: 'abc', move: 'orders', source, target, tables: ['orders', 'lines'] };
    const traffic = { version: 3, reads: 'target', writes: 'source' } as const;
    expect(ruleSetOf(move, traffic)).toEqual({
      operationId: 'abc',
      move: 'orders',
      version: 3,
      rules: [
        { ...source, table: 'orders', reads: target, writes: source },
        { ...source, table: 'lines', reads: target, writes: source },
      ],
    });
  });
});

describe('where a table is', () => {
  const move = someMove();
  const home = { ...move.source, table: 'orders' };

  it('is at home without a rule of this cluster, database and table', () => {
    const moves = known({ number: 1, ...rulesOf(move, 1, toTarget) });
    for (const other of [
      { ...home, cluster: 'other' },
      { ...home, database: 'other' },
      { ...home, table: 'Orders' },
    ]) {
      expect(placeOf(moves, other, 'writes')).toEqual({ cluster: other.cluster, database: other.database });
    }
    expect(placeOf(moves, home, 'writes')).toEqual(move.target);
  });

  it('is told for reads and writes apart', () => {
    const moves = known({ number: 1, ...rulesOf(move, 1, { reads: 'target', writes: 'source' }) });
    expect(placeOf(moves, home, 'reads')).toEqual(move.target);
    expect(placeOf(moves, home, 'writes')).toEqual(move.source);
  });

  /** One move after the other: where to, and whether it was completed or given up after a while on the target. */
  const course = fc.array(fc.record({ to: fc.integer({ min: 0, max: 3 }), completed: fc.boolean() }), {
    maxLength: 12,
  });

  it('follows from every place that it once had, whatever moves came after another', () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    const places: readonly Place[] = ['a', 'b', 'c', 'd'].map((cluster) => ({ cluster, database: `shop_${cluster}` }));
    const place = (index: number): Place => places[index] ?? expect.unreachable();
    fc.assert(
      fc.property(course, (moves) => {
        let at = 0;
        let all: KnownMoves = new Map();
        const homes = new Set([at]);
        const expectAt = (index: number): void => {
          for (const from of homes) {
            const table = { ...place(from), table: 'orders' };
            expect(placeOf(all, table, 'writes'), `from ${from}`).toEqual(place(index));
          }
        };
        for (const [index, { to, completed }] of moves.entries()) {
          if (to === at) continue;
          const step = someMove({ operationId: `m${index}`, source: place(at), target: place(to) });
          const tell = (version: number, traffic: typeof toSource | typeof toTarget): void => {
            all = learn(all, known({ number: index + 1, ...rulesOf(step, version, traffic) }));
          };
          tell(1, toSource);
          expectAt(at);
          tell(2, toTarget);
          expectAt(to);
          if (completed) {
            at = to;
            homes.add(at);
            continue;
          }
          tell(3, toSource);
          expectAt(at);
          all = learn(all, known({ number: index + 1, ...rulesOf({ ...step, tables: [] }, 4, toSource) }));
          expectAt(at);
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});

it('takes the newest of several moves from one place, since those between may have no rules any more', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((cluster) => ({ cluster, database: 'shop' }));
  if (a === undefined || b === undefined || c === undefined) return expect.unreachable();
  const first = { number: 1, ...rulesOf(someMove({ source: a, target: b }), 2, toTarget) };
  const back = { number: 2, ...rulesOf(someMove({ source: b, target: a, tables: [] }), 3, toTarget) };
  const last = { number: 3, ...rulesOf(someMove({ source: a, target: c }), 2, toTarget) };
  for (const order of [
    [first, back, last],
    [last, back, first],
  ]) {
    expect(placeOf(known(...order), { ...a, table: 'orders' }, 'writes')).toEqual(c);
  }
});

describe('what is read', () => {
  const row = { number: '7', operationId: 'm', move: 'orders', version: '3', database: 'd', table: 't' };
  const rule = { cluster: 'c', readsCluster: 'r', readsDatabase: 'rd', writesCluster: 'w', writesDatabase: 'wd' };

  it('is put together by moves; one without rules is known, too', () => {
    const rows = [
      { ...row, ...rule },
      { ...row, ...rule, table: 'u' },
      { ...row, ...rule, operationId: 'n', number: 8, version: 1, cluster: null },
    ];
    const { cluster, database } = { cluster: 'c', database: 'd' };
    const [reads, writes] = [
      { cluster: 'r', database: 'rd' },
      { cluster: 'w', database: 'wd' },
    ];
    expect([...movesIn(rows).values()]).toEqual([
      {
        number: 7,
        operationId: 'm',
        move: 'orders',
        version: 3,
        rules: [
          { cluster, database, table: 't', reads, writes },
          { cluster, database, table: 'u', reads, writes },
        ],
      },
      { number: 8, operationId: 'n', move: 'orders', version: 1, rules: [] },
    ]);
  });

  it('changes nothing where it is older, the same, or not there at all', () => {
    const move = someMove();
    const now = known({ number: 1, ...rulesOf(move, 10, toTarget) });
    for (const version of [9, 10]) {
      expect(learn(now, known({ number: 1, ...rulesOf(move, version, toSource) }))).toBe(now);
    }
    expect(learn(now, known())).toBe(now);
    const other = known({ number: 2, ...rulesOf(someMove(), 1, toSource) });
    expect(learn(now, other).size).toBe(2);
  });
});
