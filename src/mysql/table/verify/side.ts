/**
 * How one side is read: digests of a key range, digests of single rows, digests of single columns. Every function is one
 * statement on one table, with no alias for it and no transaction of its own, so that the same reads work in a snapshot,
 * on another server, and under table locks. Nothing here compares.
 */
import { keyId, type Key } from '../../../binlog/key.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { quoteColumn, quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import type { KeyColumn } from '../../../schema/iteration-key.js';
import { ownAlias } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import { keyLists } from '../rows/key-lists.js';
import { displayKey, keyHint, keyLiteral, keyOfRow, keyRange, keySelectList } from '../rows/key-sql.js';
import type { Session } from '../../server/session/session.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { Comparison } from './compared-pairs.js';

/** `lower` is exclusive, `upper` inclusive; null is open. */
export interface KeyRange {
  readonly lower: Key | null;
  readonly upper: Key | null;
}

/** A table, and the key by which its rows are found. */
export interface KeyedTable {
  readonly table: TableName;
  readonly indexName: string;
  /** The key's columns under the names that they have on this side. */
  readonly keyColumns: readonly KeyColumn[];
  /** Behind each SELECT that finds rows by the key, see `keyHint`. */
  readonly hint: string;
}

export interface Side extends KeyedTable {
  /** For each compared value the arguments of CONCAT_WS that say it, in the same order on both sides. */
  readonly values: readonly string[];
}

export interface Sides {
  readonly source: Side;
  readonly copy: Side;
}

/** The two sides of a migration. */
export function sidesOf(plan: TablePlan, { pairs }: Comparison): Sides {
  const { columns, indexName } = plan.key;
  const hint = keyHint(columns, plan.conversion);
  return {
    source: { table: plan.source, indexName, keyColumns: columns, hint, values: pairs.map(({ source }) => source) },
    copy: {
      table: plan.copy,
      indexName: plan.copyKeyIndex,
      keyColumns: columns.map((column, index) => ({ ...column, name: plan.copyKey[index] ?? '' })),
      hint,
      values: pairs.map(({ copy }) => copy),
    },
  };
}

/** Equal for two ranges with the same rows, and, but for a chance of 2^-256, for no others. */
interface RangeDigest {
  readonly rows: number;
  readonly digest: string;
}

interface RowDigest {
  readonly key: Key;
  readonly digest: string;
}

/** Rows by key, in a form that is the same for both sides. */
export type RowDigests = ReadonlyMap<string, RowDigest>;

/** What every look at it reads from. */
export function from({ table, indexName }: KeyedTable): string {
  return `${quoteTable(table)} FORCE INDEX (${quoteIdentifier(indexName)})`;
}

/** By whole names: a key column may be called like one of the columns that we select. */
function inKeyOrder({ table, keyColumns }: Side): string {
  return `ORDER BY ${keyColumns.map(({ name }) => quoteColumn(table, name)).join(', ')}`;
}

/**
 * These values as bytes. NULL where they are longer than max_allowed_packet. The separator makes it bytes: the collations
 * of the values could not be mixed otherwise.
 */
function textOf(values: readonly string[]): string {
  return `CONCAT_WS(_binary',' COLLATE 'binary', ${values.join(', ')})`;
}

/**
 * Counts and hashes the rows of a range. SHA-256 and not a CRC: a CRC is linear, so that the same difference in two rows
 * would cancel out; it costs the server hardly more.
 */
export async function digestRange(session: Session, side: Side, { lower, upper }: KeyRange): Promise<RangeDigest> {
  // A row without a text must not pass unseen: it gets a hash that nothing is equal to.
  const hash = `UNHEX(SHA2(IFNULL(${textOf(side.values)}, UUID()), 256))`;
  const { _sw_rows: rows, _sw_digest: digest } = await session.row<{ _sw_rows: number | string; _sw_digest: string }>(
    `SELECT${side.hint} COUNT(*) AS _sw_rows, HEX(BIT_XOR(${hash})) AS _sw_digest FROM ${from(side)} WHERE ${keyRange(side.keyColumns, lower, upper)}`,
  );
  return { rows: Number(rows), digest };
}

/** The key of the row that is `rows` rows above the lower end, or null where the range has fewer. */
export async function keyAfter(
  session: Session,
  side: Side,
  { lower, upper }: KeyRange,
  rows: number,
): Promise<Key | null> {
  const { keyColumns } = side;
  const [row] = await session.rows(
    `SELECT${side.hint} ${keySelectList(keyColumns)} FROM ${from(side)} WHERE ${keyRange(keyColumns, lower, upper)}
      ${inKeyOrder(side)} LIMIT 1 OFFSET ${rows - 1}`,
  );
  return row === undefined ? null : keyOfRow(row, keyColumns);
}

/** The first `limit` rows of a range. @throws ROW_NOT_COMPARABLE. */
export function rowsOfRange(
  session: Session,
  side: Side,
  { lower, upper }: KeyRange,
  limit: number,
): Promise<RowDigests> {
  const { keyColumns } = side;
  return readRows(session, side, `${keyRange(keyColumns, lower, upper)} ${inKeyOrder(side)} LIMIT ${limit}`);
}

/** The rows that have one of these keys. @throws ROW_NOT_COMPARABLE. */
export async function rowsOfKeys(session: Session, side: Side, keys: readonly Key[]): Promise<RowDigests> {
  const digests = new Map<string, RowDigest>();
  for (const list of keyLists(keys)) {
    for (const [id, row] of await readRows(session, side, whereKeys(side, list))) digests.set(id, row);
  }
  return digests;
}

/**
 * Written out, and not by the SQL with which changes are applied: what goes wrong there must show here. (Tried: for a list
 * of several rows with an ENUM or a SET, `(a, b) IN (…)` finds nothing.)
 */
export function whereKeys({ keyColumns }: KeyedTable, keys: readonly Key[]): string {
  const isKey = (key: Key): string =>
    keyColumns
      .map((column, index) => `${quoteIdentifier(column.name)} = ${keyLiteral(column, key[index] ?? '')}`)
      .join(' AND ');
  return keys.map((key) => `(${isKey(key)})`).join(' OR ');
}

async function readRows(session: Session, side: Side, where: string): Promise<RowDigests> {
  const { keyColumns } = side;
  const rows = await session.rows<{ _sw_digest: string | null }>(
    `SELECT${side.hint} ${keySelectList(keyColumns)}, LEFT(SHA2(${textOf(side.values)}, 256), 32) AS _sw_digest FROM ${from(side)} WHERE ${where}`,
  );
  const digests = new Map<string, RowDigest>();
  for (const row of rows) {
    const key = keyOfRow(row, keyColumns);
    const { _sw_digest: digest } = row;
    if (digest === null) throw await notComparable(session, side, key);
    const id = rowId(keyColumns, key);
    // Where the index is not unique, two rows of one key must not pass for the one.
    const other = digests.get(id);
    digests.set(id, { key, digest: other === undefined ? digest : `${other.digest} and ${digest}` });
  }
  return digests;
}

async function notComparable(session: Session, side: Side, key: Key): Promise<SwitchyardError> {
  const { size } = await session.row<{ size: number | string }>('SELECT @@max_allowed_packet AS size');
  return new SwitchyardError('ROW_NOT_COMPARABLE', {
    table: `${side.table.database}.${side.table.table}`,
    key: displayKey(side.keyColumns, key),
    maxAllowedPacket: Number(size),
  });
}

/** A key that is the same on both sides, although one of them may show numbers with ZEROFILL. */
function rowId(columns: readonly KeyColumn[], key: Key): string {
  return keyId(
    key.map((value, index) => {
      const kind = columns[index]?.kind;
      return kind === 'integer' || kind === 'decimal' ? value.replace(/^(-?)0+(?=\d)/, '$1') : value;
    }),
  );
}

function valueAlias(index: number): string {
  return ownAlias(`v${index}`);
}

/** A digest of each compared value of each of these rows. */
export async function columnDigests(
  session: Session,
  side: Side,
  keys: readonly Key[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { keyColumns, values } = side;
  const list = values.map((value, index) => `SHA2(${textOf([value])}, 256) AS ${valueAlias(index)}`);
  const rows = await session.rows<Record<string, string>>(
    `SELECT${side.hint} ${[keySelectList(keyColumns), ...list].join(', ')} FROM ${from(side)} WHERE ${whereKeys(side, keys)}`,
  );
  return new Map(
    rows.map((row) => [
      rowId(keyColumns, keyOfRow(row, keyColumns)),
      values.map((_value, index) => row[valueAlias(index)] ?? ''),
    ]),
  );
}
