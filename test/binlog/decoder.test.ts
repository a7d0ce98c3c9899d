import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../src/binlog/event.js';
import {
  decodeAll,
  decoderFor,
  fixtureNames,
  readFixture,
  sortedKeys,
  transactionsOf,
  type DecodedTransaction,
} from './fixture.js';

/** What was decoded, in the form of what is expected. */
function summary({ begin, end, keys, ddl, statements, xa }: DecodedTransaction): unknown {
  return {
    gtid: begin.gtid,
    keys: Object.fromEntries([...keys].map(([table, list]) => [String(table), sortedKeys(list)])),
    own: end.own,
    ddl: ddl.map(({ sql }) => sql),
    statements: statements.map(({ verb }) => verb),
    xa: xa.map(({ action, xid }) => ({ action, xid }))[0] ?? null,
  };
}

describe.each(fixtureNames)('the binlog file %s', (name) => {
  const { fixture, events } = readFixture(name);
  const { items, error } = decodeAll(decoderFor(fixture), events);
  const transactions = transactionsOf(items);

  it('gives the transactions, keys, statements and DDL that the server said', () => {
    const expected = fixture.transactions.map(({ committedBetweenUs: _, ...rest }) => rest);
    expect(transactions.map(summary)).toEqual(expected);
  });

  it('stops where it must and nowhere else', () => {
    expect((error as { code?: string } | undefined)?.code ?? null).toBe(fixture.stopsWith);
  });

  it('says of every transaction when it was committed and whether it touched followed tables', () => {
    transactions.forEach(({ begin, end, keys }, index) => {
      const [afterUs, beforeUs] = fixture.transactions[index]!.committedBetweenUs;
      expect(begin.committedAtMs * 1000).toBeGreaterThanOrEqual(afterUs - 1);
      expect(begin.committedAtMs * 1000).toBeLessThanOrEqual(beforeUs + 1);
      expect(end).toMatchObject({ gtid: begin.gtid, touched: keys.size > 0 });
    });
  });
});

it('the binlog files have every event in them that a server of today writes on its own', () => {
  const recorded = new Set(fixtureNames.flatMap((name) => readFixture(name).events.map((event) => event[4])));
  const others = Object.entries(eventTypes).filter(([, type]) => !recorded.has(type));
  expect(others.map(([name]) => name)).toEqual([
    'STOP', // at shutdown
    'APPEND_BLOCK', // in LOAD DATA of long files as a statement
    'DELETE_FILE', // when that fails
    'WRITE_ROWS_V1', // old servers
    'UPDATE_ROWS_V1',
    'DELETE_ROWS_V1',
    'INCIDENT', // when the binlog is damaged
    'HEARTBEAT', // only on the wire
    'IGNORABLE', // never
    'ANONYMOUS_GTID', // without GTIDs
    'TRANSACTION_CONTEXT', // group replication
    'VIEW_CHANGE',
    'HEARTBEAT_V2', // only on the wire
  ]);
});
