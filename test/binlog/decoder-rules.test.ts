import { describe, expect, it } from 'vitest';
import { createTransactionDecoder, type TransactionDecoder } from '../../src/binlog/decoder.js';
import type { FeedItem, FollowedTable } from '../../src/binlog/feed-item.js';
import { decodeAll, decoderFor, readFixture, transactionsOf, type Fixture } from './fixture.js';
import {
  asVersion1,
  bodyOf,
  knowingVersion1,
  makeEvent,
  makePayload,
  makeQuery,
  patched,
  withoutChecksums,
} from './synthetic.js';

const ignorable = 0x80;
const types = { gtid: 33, query: 2, tableMap: 19, writeRows: 30, xid: 16, payload: 40 } as const;

/** FORMAT_DESCRIPTION, PREVIOUS_GTIDS, and the first transaction: GTID, BEGIN, TABLE_MAP, WRITE_ROWS, XID. */
const { fixture, events } = readFixture('transactions');
const [format, previousGtids, gtid, begin, tableMap, writeRows] = events as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const xid = events.find((event) => event[4] === types.xid)!;
const opened = [format, previousGtids, gtid, begin];

function decode(stream: readonly Buffer[], options: Partial<Fixture> = {}) {
  return decodeAll(decoderFor({ ...fixture, ...options }), stream);
}

function codeOf(stream: readonly Buffer[], options: Partial<Fixture> = {}): unknown {
  return (decode(stream, options).error as { code?: unknown } | undefined)?.code;
}

function kinds(stream: readonly Buffer[]): readonly string[] {
  const { items, error } = decode(stream);
  expect(error).toBeUndefined();
  return items.map(({ kind }) => kind);
}

function only<K extends FeedItem['kind']>(stream: readonly Buffer[], kind: K): Extract<FeedItem, { kind: K }> {
  const found = decode(stream).items.filter((item): item is Extract<FeedItem, { kind: K }> => item.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('an event that cannot be followed', () => {
  it.each([
    ['an unknown event inside a transaction', [...opened, makeEvent(99)], 'BINLOG_EVENT_NOT_DECODED'],
    ['an unknown event between transactions', [format, makeEvent(99)], 'BINLOG_EVENT_NOT_DECODED'],
    ['a MariaDB event', [format, makeEvent(162)], 'BINLOG_EVENT_NOT_DECODED'],
    ['an incident', [format, makeEvent(26, Buffer.from([1, 0, 3, 98, 97, 100]))], 'BINLOG_INCIDENT'],
    ['a transaction without GTID', [format, makeEvent(34, bodyOf(gtid))], 'BINLOG_GTID_MISSING'],
    ['a statement without GTID', [format, makeQuery('DROP TABLE a')], 'BINLOG_GTID_MISSING'],
    ['rows without GTID', [format, tableMap], 'BINLOG_GTID_MISSING'],
    ['values for a statement without GTID', [format, makeEvent(5, Buffer.alloc(9))], 'BINLOG_GTID_MISSING'],
    ['a transaction before the format is known', [gtid], 'BINLOG_EVENT_MALFORMED'],
    ['a GTID inside a transaction', [...opened, gtid], 'BINLOG_EVENT_MALFORMED'],
    ['the end of a file inside a transaction', [...opened, events.at(-1)!], 'BINLOG_EVENT_MALFORMED'],
    ['a new format inside a transaction', [...opened, format], 'BINLOG_EVENT_MALFORMED'],
    ['a commit that was not begun', [format, gtid, xid], 'BINLOG_EVENT_MALFORMED'],
    ['rows of a table that was not described', [...opened, writeRows], 'BINLOG_EVENT_MALFORMED'],
    ['values without their statement', [...opened, makeEvent(5, Buffer.alloc(9)), xid], 'BINLOG_EVENT_MALFORMED'],
    ['an XA statement of another form', [format, gtid, makeQuery('XA COMMIT 0x6731')], 'BINLOG_EVENT_MALFORMED'],
    ['a prepare outside of XA', [...opened, makeEvent(38, Buffer.alloc(15))], 'BINLOG_EVENT_MALFORMED'],
    ['rows that go on after the last one', [...opened, tableMap, patchedRows()], 'BINLOG_EVENT_MALFORMED'],
  ])('stops the decoder: %s', (_name, stream, code) => {
    expect(codeOf(stream)).toBe(code);
  });

  function patchedRows(): Buffer {
    return makeEvent(types.writeRows, Buffer.concat([bodyOf(writeRows), Buffer.from([0])]));
  }

  it('says where it was found', () => {
    const { error } = decode([...opened, makeEvent(99)]);
    expect(error).toMatchObject({ facts: { event: 'event type 99', position: 4711 } });
    expect((error as Error).message).toContain('(event type 99 in (unknown file), ending at 4711)');
  });

  it('leaves the decoder without any further answer', () => {
    const decoder = decoderFor(fixture);
    const first = decodeAll(decoder, [...opened, makeEvent(99)]).error;
    expect(decodeAll(decoder, [format]).error).toBe(first);
  });

  it('is passed over where the server says that it may be, in a transaction and between', () => {
    expect(kinds([format, makeEvent(99, '', ignorable), gtid, begin, makeEvent(99, '', ignorable), xid])).toEqual([
      'begin',
      'end',
    ]);
  });
});

describe('a table map', () => {
  it('holds for its own transaction only', () => {
    const again = [gtid, begin, writeRows];
    expect(codeOf([...opened, tableMap, writeRows, xid, ...again])).toBe('BINLOG_EVENT_MALFORMED');
  });

  it('may name another table under the same number later', () => {
    const renamed = patched(tableMap, (body) => {
      body.write('z', body.indexOf('\0\x01a\0') + 2);
    });
    const { items } = decode([...opened, tableMap, writeRows, xid, gtid, begin, renamed, writeRows, xid]);
    expect(transactionsOf(items).map(({ end }) => end.touched)).toEqual([true, false]);
  });

  it.each([
    ['another number of columns', { columnCount: 3 }],
    ['a key column of another type', { keyColumns: [{ name: 'id', ordinal: 0, kind: 'bytes', unsigned: false }] }],
    ['fewer columns than the key needs', { keyColumns: [{ name: 'x', ordinal: 2, kind: 'integer', unsigned: false }] }],
  ] satisfies [string, Partial<FollowedTable>][])('of a followed table stops the decoder: %s', (_name, change) => {
    const tables = fixture.tables.map((table) => ({ ...table, ...change }));
    expect(codeOf([...opened, tableMap], { tables })).toBe('BINLOG_TABLE_CHANGED');
    expect(codeOf([...opened, tableMap], { tables: [] })).toBeUndefined();
  });

  it('with a column type that is not known stops the decoder only for a followed table', () => {
    const typesAt = bodyOf(tableMap).indexOf('\0\x02\x03\x03') + 2;
    const strange = patched(tableMap, (body) => {
      body[typesAt + 1] = 99;
    });
    expect(codeOf([...opened, strange])).toBe('BINLOG_EVENT_NOT_DECODED');
    expect(codeOf([...opened, strange], { tables: [] })).toBeUndefined();
  });

  it('is matched by exact name, or without case where the server does so', () => {
    const upper = fixture.tables.map((table) => ({ ...table, table: table.table.toUpperCase() }));
    const touched = (lowerCaseTableNames: number): boolean => {
      const decoder = createTransactionDecoder({
        tables: upper,
        lowerCaseTableNames,
        checksum: 'crc32',
        isOwn: () => false,
      });
      return transactionsOf(decodeAll(decoder, [...opened, tableMap, writeRows, xid]).items)[0]!.end.touched;
    };
    expect([0, 1, 2].map(touched)).toEqual([false, true, true]);
  });
});

describe('row events', () => {
  it('of the old version give the same keys, where the server says that it has them', () => {
    const old = events.map((event) => (event[4]! >= 30 && event[4]! <= 32 ? asVersion1(event) : event));
    expect(decode([knowingVersion1(format), ...old.slice(1)]).items).toEqual(decode(events).items);
    expect(codeOf(old)).toBe('BINLOG_EVENT_NOT_DECODED');
  });

  it('without rows, which only end a statement, do nothing', () => {
    const dummy = Buffer.alloc(11, 0xff);
    expect(kinds([...opened, makeEvent(types.writeRows, dummy), xid])).toEqual(['begin', 'end']);
  });

  it('with a longer fixed part are read all the same', () => {
    const lengthsAt = 57;
    const wider = patched(format, (body) => {
      body[lengthsAt + types.writeRows - 1] = 12;
    });
    const body = bodyOf(writeRows);
    const longer = makeEvent(
      types.writeRows,
      Buffer.concat([body.subarray(0, 10), Buffer.alloc(2), body.subarray(10)]),
    );
    expect(decode([wider, gtid, begin, tableMap, longer, xid]).items).toEqual(
      decode([...opened, tableMap, writeRows, xid]).items,
    );
  });

  it('with NULL in a key column stop the decoder', () => {
    const columnsAt = 10 + 1 + 1; // fixed part, column count, bitmap of columns; then the null bits of the first row
    const withNull = patched(writeRows, (body) => {
      body[columnsAt] = 1;
    });
    const { error } = decode([...opened, tableMap, withNull]);
    expect(error).toMatchObject({ code: 'BINLOG_KEY_IS_NULL', facts: { table: 'a', column: 'id' } });
  });

  it('are passed over unread where the table is not followed', () => {
    const broken = makeEvent(types.writeRows, bodyOf(writeRows).subarray(0, 11));
    expect(codeOf([...opened, tableMap, broken, xid])).toBe('BINLOG_EVENT_MALFORMED');
    expect(codeOf([...opened, tableMap, broken, xid], { tables: [] })).toBeUndefined();
  });
});

describe('the start of a transaction', () => {
  it('has the time of its commit on this server, also where it came from another one', () => {
    const timeAt = 42;
    const body = bodyOf(gtid);
    const replicated = Buffer.concat([body.subarray(0, timeAt + 7), Buffer.alloc(7, 1), body.subarray(timeAt + 7)]);
    replicated[timeAt + 6] = replicated[timeAt + 6]! | 0x80;
    const begin = only([format, gtid], 'begin');
    expect(begin).toMatchObject({ originatedAtMs: expect.closeTo(begin.committedAtMs, 3) as number });
    const originatedAtMs = 0x0101_0101_0101_01 / 1000;
    expect(only([format, makeEvent(types.gtid, replicated)], 'begin')).toEqual({ ...begin, originatedAtMs });
  });
});

describe('the end of a transaction', () => {
  const own = { ownTable: 'a' };
  const endOf = (stream: readonly Buffer[]) => transactionsOf(decode(stream, own).items)[0]!.end;

  it('calls it our own when it only changed rows of our own tables', () => {
    expect(endOf([...opened, tableMap, writeRows, xid])).toMatchObject({ own: true, touched: true });
    expect(endOf([...opened, tableMap, xid])).toMatchObject({ own: false, touched: false });
    expect(endOf([...opened, tableMap, writeRows, makeQuery('UPDATE t SET v = 1'), xid])).toMatchObject({ own: false });
  });
});

describe('checksums', () => {
  it('that the stream does not have are not looked for', () => {
    expect(decode(withoutChecksums(events)).items).toEqual(decode(events).items);
  });

  it('of events before the format are those of the session', () => {
    const rotate = events.at(-1)!;
    const first = (checksum: 'none' | 'crc32', stream: readonly Buffer[]) =>
      decodeAll(createTransactionDecoder({ tables: [], lowerCaseTableNames: 0, isOwn: () => false, checksum }), stream);
    const [plainRotate] = withoutChecksums([rotate]);
    expect(first('none', [plainRotate!, format]).items).toEqual(first('crc32', [rotate, format]).items);
    expect(first('crc32', [plainRotate!]).error).toMatchObject({ code: 'BINLOG_CHECKSUM_MISMATCH', kind: 'retryable' });
  });

  it('of a file that is still being written are right without the mark for that', () => {
    const inUse = Buffer.from(format);
    inUse[17] = inUse[17]! | 1;
    expect(codeOf([inUse])).toBeUndefined();
  });
});

describe('statements', () => {
  const sqlMode = (mode: number): number[] => [1, mode, 0, 0, 0, 0, 0, 0, 0];
  const charset = (id: number): number[] => [4, id, 0, id, 0, id, 0];
  const ddlOf = (sql: Buffer | string, ...variables: readonly number[][]) =>
    only([format, gtid, makeQuery(sql, variables.flat())], 'ddl');

  it.each([
    ['ASCII whatever the client has', 'DROP TABLE a', 28, true, 'DROP TABLE a'],
    ['UTF-8', Buffer.from('DROP TABLE größe'), 255, true, 'DROP TABLE größe'],
    ['another character set', Buffer.from('DROP TABLE gr\xf6\xdfe', 'latin1'), 8, false, 'DROP TABLE größe'],
  ])('are exact where their text is %s', (_name, sql, collation, sqlIsExact, text) => {
    expect(ddlOf(sql, charset(collation))).toMatchObject({ sqlIsExact, sql: text });
  });

  it('say their databases, their default database and how names are quoted', () => {
    const [catalog, timeZone, invoker] = [
      [6, 3, 115, 116, 100],
      [5, 1, 90],
      [11, 1, 117, 0],
    ];
    const names = [12, 2, ...Buffer.from('one\0two\0')];
    const all = ddlOf('DROP TABLE a', sqlMode(4), catalog, timeZone, invoker, names);
    expect(all).toMatchObject({
      database: 'shop',
      databases: ['one', 'two'],
      ansiQuotes: true,
      noBackslashEscapes: false,
    });
    expect(ddlOf('DROP TABLE a', sqlMode(3), [12, 254])).toMatchObject({ databases: null, ansiQuotes: false });
    const noEscapes = { ansiQuotes: false, noBackslashEscapes: true };
    expect(ddlOf('DROP TABLE a', [1, 0, 0, 16, 0, 0, 0, 0, 0])).toMatchObject(noEscapes);
    expect(ddlOf('DROP TABLE a', [77, 12, 1, 97, 0])).toMatchObject({ databases: null });
  });

  it('inside a transaction are changes that cannot be followed, whatever they look like', () => {
    const verbOf = (sql: string): string => only([...opened, makeQuery(sql), xid], 'statement').verb;
    const sqls = ['/* a */ (select 1)', 'commit work', 'BEGIN ', 'SAVEPOINT a', ' xa end', '42'];
    expect(sqls.map(verbOf)).toEqual(['SELECT', 'COMMIT', 'BEGIN', 'SAVEPOINT', 'XA', '']);
  });

  it('that create a table from a query begin with it and end with its rows', () => {
    const create = makeQuery('CREATE TABLE `c` (`id` int) START TRANSACTION');
    expect(kinds([...opened, create, xid])).toEqual(['begin', 'ddl', 'end']);
    expect(kinds([format, gtid, create, tableMap, writeRows, xid])).toEqual(['begin', 'ddl', 'keys', 'end']);
  });
});

describe('a compressed transaction', () => {
  const inner = [begin, tableMap, writeRows, xid];

  it('whose payload is not compressed is read like any other', () => {
    expect(decode([format, gtid, makePayload(inner)]).items).toEqual(decode([format, gtid, ...inner]).items);
  });

  it.each([
    ['has no end', [format, gtid, makePayload([begin, tableMap, writeRows])]],
    ['has another one in it', [format, gtid, makePayload([...inner, gtid, ...inner])]],
    ['comes without a GTID', [format, makePayload(inner)]],
    ['has a payload in it', [format, gtid, makePayload([begin, makePayload(inner)])]],
    ['is longer than it says', [format, gtid, makePayload(inner, { payloadBytes: 1 })]],
    ['is unpacked to more than it says', [format, gtid, makePayload(inner, { uncompressedBytes: 1 })]],
    ['ends in an event that is cut off', [format, gtid, makePayload(inner, { rest: Buffer.alloc(9) })]],
  ])('stops the decoder where it %s', (_name, stream) => {
    expect(decode(stream).error).toMatchObject({ code: expect.stringMatching(/^BINLOG_/) as string });
  });

  it('must be taken whole before the next event', () => {
    const decoder: TransactionDecoder = decoderFor(fixture);
    decodeAll(decoder, [format, gtid]);
    decoder.push(makePayload(inner));
    expect(() => decoder.push(xid)).toThrow(/before all items/);
  });

  it('gives its keys piece by piece', () => {
    const packed = readFixture('compressed');
    const decoder = decoderFor(packed.fixture);
    const largest = packed.events.reduce((a, b) => (b[4] === types.payload && b.length > a.length ? b : a), gtid);
    decodeAll(decoder, [packed.events[0]!, gtid]);
    let taken = 0;
    for (const item of decoder.push(largest)) {
      if (item.kind === 'end') expect(taken).toBeGreaterThan(100);
      taken += 1;
    }
  });

  it('with a window that is too large is refused before memory is taken for it', () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0, 0]);
    const fields = Buffer.from([2, 1, 0, 3, 1, 100, 1, 1, frame.length, 0]);
    const { error } = decode([format, gtid, makeEvent(types.payload, Buffer.concat([fields, frame]))]);
    expect((error as Error).message).toMatch(/window of 2199023255552 bytes/);
  });
});

describe('a heartbeat and a rotation', () => {
  it('are items, between transactions and without them', () => {
    const heartbeats = [makeEvent(27, 'bin.000001'), makeEvent(41)];
    const rotate = makeEvent(4, Buffer.concat([Buffer.alloc(8), Buffer.from('bin.000007')]));
    const { items } = decode([rotate, ...heartbeats, format, ...heartbeats]);
    expect(items).toEqual([{ kind: 'rotate', file: 'bin.000007' }, ...Array(4).fill({ kind: 'heartbeat' })]);
  });
});
