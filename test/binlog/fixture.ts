/**
 * Recorded binlog files and what a server said about them: the bytes are the server's, and so are the expected keys,
 * GTIDs and statements (record-fixtures.ts took them by SELECT, SHOW BINLOG EVENTS and XA RECOVER, never from the
 * decoder).
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTransactionDecoder, type TransactionDecoder } from '../../src/binlog/decoder.js';
import type { FeedItem, FollowedTable } from '../../src/binlog/feed-item.js';
import { keyId, type Key } from '../../src/binlog/key.js';

/** What one transaction is known to have done. */
export interface ExpectedTransaction {
  readonly gtid: string;
  /** The server's clock before and after the statement, in microseconds since 1970. */
  readonly committedBetweenUs: readonly [number, number];
  /** For each followed table, by index: the keys of the rows that differ, before and after. */
  readonly keys: Readonly<Record<string, readonly Key[]>>;
  readonly own: boolean;
  /** Texts of DDL, as SHOW BINLOG EVENTS prints them. */
  readonly ddl: readonly string[];
  /** First words of the changes that were logged as statements. */
  readonly statements: readonly string[];
  readonly xa: { readonly action: string; readonly xid: string } | null;
}

export interface Fixture {
  readonly name: string;
  readonly serverVersion: string;
  /** `gtid_executed` when the file began. */
  readonly previousGtids: string;
  readonly tables: readonly FollowedTable[];
  /** Name of the table that stands for those that the operation writes itself. */
  readonly ownTable: string | null;
  readonly transactions: readonly ExpectedTransaction[];
  /** Code of the error at which the decoder must stop, after the transactions. */
  readonly stopsWith: string | null;
}

const folder = join(import.meta.dirname, 'fixtures');
const magicBytes = 4;

export const fixtureNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.binlog'))
  .map((name) => name.slice(0, -'.binlog'.length))
  .sort();

/** The events of a binlog file, one after the other. */
function* walkEvents(file: Buffer): Generator<Buffer, void> {
  for (let at = magicBytes; at < file.length;) {
    const size = file.readUInt32LE(at + 9);
    yield file.subarray(at, at + size);
    at += size;
  }
}

export function readFixture(name: string): { readonly fixture: Fixture; readonly events: readonly Buffer[] } {
  const fixture = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Fixture;
  return { fixture, events: [...walkEvents(readFileSync(join(folder, `${name}.binlog`)))] };
}

export function decoderFor({ tables, ownTable }: Pick<Fixture, 'tables' | 'ownTable'>): TransactionDecoder {
  return createTransactionDecoder({
    tables,
    checksum: 'crc32',
    lowerCaseTableNames: 0,
    isOwn: (_database, table) => table === ownTable,
  });
}

/** All items up to the end or to the first error. */
export function decodeAll(
  decoder: TransactionDecoder,
  events: Iterable<Buffer>,
): { readonly items: readonly FeedItem[]; readonly error: unknown } {
  const items: FeedItem[] = [];
  try {
    for (const event of events) items.push(...decoder.push(event));
  } catch (error) {
    return { items, error };
  }
  return { items, error: undefined };
}

type ItemOf<K extends FeedItem['kind']> = Extract<FeedItem, { kind: K }>;

/** The items of one transaction, from `begin` to `end`. */
export interface DecodedTransaction {
  readonly begin: ItemOf<'begin'>;
  readonly keys: ReadonlyMap<number, readonly Key[]>;
  readonly keyItemCount: number;
  readonly ddl: readonly ItemOf<'ddl'>[];
  readonly statements: readonly ItemOf<'statement'>[];
  readonly xa: readonly ItemOf<'xa'>[];
  readonly end: ItemOf<'end'>;
}

function ofKind<K extends FeedItem['kind']>(items: readonly FeedItem[], kind: K): ItemOf<K>[] {
  return items.filter((item): item is ItemOf<K> => item.kind === kind);
}

function transactionOf(items: readonly FeedItem[]): DecodedTransaction {
  const [begin] = ofKind(items, 'begin');
  const [end] = ofKind(items, 'end');
  if (begin === undefined || end === undefined) throw new Error('a transaction without begin or end');
  const keys = new Map<number, Key[]>();
  for (const item of ofKind(items, 'keys')) keys.set(item.table, [...(keys.get(item.table) ?? []), ...item.keys]);
  return {
    begin,
    end,
    keys,
    keyItemCount: ofKind(items, 'keys').length,
    ddl: ofKind(items, 'ddl'),
    statements: ofKind(items, 'statement'),
    xa: ofKind(items, 'xa'),
  };
}

/** Cuts the items of a stream into its transactions; what stands outside of them is left out. */
export function transactionsOf(items: readonly FeedItem[]): readonly DecodedTransaction[] {
  const starts = items.flatMap((item, index) => (item.kind === 'begin' ? [index] : []));
  const ends = items.flatMap((item, index) => (item.kind === 'end' ? [index + 1] : []));
  return starts.flatMap((start, index) =>
    ends[index] === undefined ? [] : [transactionOf(items.slice(start, ends[index]))],
  );
}

/** Keys as a sorted list without repetitions, for comparing. */
export function sortedKeys(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [keyId(key), key])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key);
}
