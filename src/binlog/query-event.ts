/**
 * Reads Query events: what the server logs as a statement. Most are marks (BEGIN, COMMIT, XA START …); the others are
 * DDL, or changes of rows that were logged as statements and so cannot be followed.
 */
import { ByteReader } from './bytes.js';
import { malformed } from './event-problem.js';

/** Where the parts of a Query event are. */
export interface QueryEvent {
  readonly buffer: Buffer;
  readonly database: string;
  readonly variablesStart: number;
  readonly sqlStart: number;
  readonly sqlEnd: number;
}

/**
 * Reads a Query event.
 * @param reader stands after the fixed part, which begins at `fixedAt`: thread id u32, execution time u32, length of the
 * database's name u8, error code u16, length of the status variables u16.
 */
export function readQuery(reader: ByteReader, fixedAt: number): QueryEvent {
  const databaseBytes = reader.buffer[fixedAt + 8]!;
  const variablesStart = reader.skip(reader.buffer.readUInt16LE(fixedAt + 11));
  const database = reader.text(databaseBytes);
  reader.skip(1); // NUL
  return { buffer: reader.buffer, database, variablesStart, sqlStart: reader.position, sqlEnd: reader.end };
}

/** What a Query event does to the transaction it is in, by the server's own words for it. */
type QueryRole =
  | { readonly kind: 'begin' | 'commit' | 'rollback' | 'other' }
  | { readonly kind: 'savepoint'; readonly sql: string }
  | { readonly kind: 'xaStart' | 'xaEnd' | 'xaCommit' | 'xaRollback'; readonly xid: string };

const roles = {
  begin: { kind: 'begin' },
  commit: { kind: 'commit' },
  rollback: { kind: 'rollback' },
  other: { kind: 'other' },
} as const satisfies Record<string, QueryRole>;

/** Longer than any mark: the two parts of an XA id have at most 64 bytes each, a savepoint's name 64 characters. */
const markBytesMax = 600;

const xaPattern = /^XA (START|END|COMMIT|ROLLBACK) (X'(?:[0-9A-F]{2})*',X'(?:[0-9A-F]{2})*',\d+)$/i;
const xaKinds = { START: 'xaStart', END: 'xaEnd', COMMIT: 'xaCommit', ROLLBACK: 'xaRollback' } as const;

/** Recognises the marks in the server's exact words; everything else is `other`, so that nothing is taken for a mark. */
export function queryRole(query: QueryEvent): QueryRole {
  if (query.sqlEnd - query.sqlStart > markBytesMax) return roles.other;
  const sql = query.buffer.toString('latin1', query.sqlStart, query.sqlEnd);
  if (sql === 'BEGIN') return roles.begin;
  if (sql === 'COMMIT') return roles.commit;
  if (sql === 'ROLLBACK') return roles.rollback;
  if (/^(?:SAVEPOINT|ROLLBACK TO|RELEASE SAVEPOINT) `/i.test(sql)) return { kind: 'savepoint', sql };
  if (!/^XA /i.test(sql)) return roles.other;
  const xa = xaPattern.exec(sql);
  if (xa === null) throw malformed('an XA statement has a form that is not known');
  return { kind: xaKinds[xa[1]!.toUpperCase() as keyof typeof xaKinds], xid: normalXid(xa[2]!) };
}

/** The spelling that all statements about one transaction have in common. */
function normalXid(xid: string): string {
  return xid.toLowerCase().replaceAll("x'", "X'");
}

/** Whether the statement is the one that a CREATE TABLE … SELECT begins with: its rows follow in the same transaction. */
export function beginsWithItsRows(query: QueryEvent): boolean {
  const { buffer, sqlStart, sqlEnd } = query;
  const head = buffer.toString('latin1', sqlStart, Math.min(sqlEnd, sqlStart + 40));
  const tail = buffer.toString('latin1', Math.max(sqlStart, sqlEnd - 40), sqlEnd);
  return /^CREATE TABLE /i.test(head) && /\bSTART TRANSACTION$/i.test(tail);
}

const verbPattern = /^(?:\s|\(|\/\*[^*]*\*\/)*([a-z]+)/i;
const verbSearchBytes = 1_000;

/** The statement's first word, in upper case; comments before it are passed over. */
export function queryVerb({ buffer, sqlStart, sqlEnd }: QueryEvent): string {
  const head = buffer.toString('latin1', sqlStart, Math.min(sqlEnd, sqlStart + verbSearchBytes));
  return verbPattern.exec(head)?.[1]?.toUpperCase() ?? '';
}

/** The status variables of a Query event that matter here. */
interface QueryVariables {
  readonly ansiQuotes: boolean;
  readonly noBackslashEscapes: boolean;
  /** Id of the client's collation; 0 where it is not said. */
  readonly clientCollation: number;
  readonly databases: readonly string[] | null;
}

/** Codes of status variables (Q_…_CODE of the server) with a fixed length, and that length in bytes. */
const fixedVariableBytes: ReadonlyMap<number, number> = new Map([
  [0, 4], // flags
  [1, 8], // sql_mode
  [3, 4], // auto_increment
  [4, 6], // charsets
  [7, 2], // lc_time_names
  [8, 2], // database collation
  [9, 8], // table map for update
  [10, 4], // master data written
  [13, 3], // microseconds
  [16, 1], // explicit_defaults_for_timestamp
  [17, 8], // xid of a DDL
  [18, 2], // default_collation_for_utf8mb4
  [19, 1], // sql_require_primary_key
  [20, 1], // default_table_encryption
]);
const sqlModeCode = 1;
const charsetCode = 4;
const invokerCode = 11;
const databasesCode = 12;
const countedTextCodes: readonly number[] = [5, 6]; // time_zone, catalog
const ansiQuotesMode = 4;
const noBackslashEscapesMode = 0x10_0000;
/** The server's count for "more than I list". */
const databasesNotListed = 254;

function readDatabases(reader: ByteReader): string[] | null {
  const count = reader.u8();
  if (count === databasesNotListed) return null;
  return Array.from({ length: count }, () => {
    const end = reader.buffer.indexOf(0, reader.position);
    if (end < 0 || end >= reader.end) throw malformed('a database name has no end');
    const name = reader.text(end - reader.position);
    reader.skip(1);
    return name;
  });
}

/** Reads the status variables, up to the first one that is not known: the server does so too. */
export function readVariables(query: QueryEvent): QueryVariables {
  const databaseBytes = Buffer.byteLength(query.database);
  const reader = new ByteReader(query.buffer, query.variablesStart, query.sqlStart - databaseBytes - 1);
  let sqlMode = 0;
  let clientCollation = 0;
  let databases: readonly string[] | null = null;
  while (reader.position < reader.end) {
    const code = reader.u8();
    const fixedBytes = fixedVariableBytes.get(code);
    if (fixedBytes !== undefined) {
      const at = reader.skip(fixedBytes);
      if (code === sqlModeCode) sqlMode = reader.buffer.readUInt32LE(at);
      if (code === charsetCode) clientCollation = reader.buffer.readUInt16LE(at);
    } else if (countedTextCodes.includes(code)) {
      reader.skip(reader.u8());
    } else if (code === invokerCode) {
      reader.skip(reader.u8());
      reader.skip(reader.u8());
    } else if (code === databasesCode) {
      databases = readDatabases(reader);
    } else {
      break;
    }
  }
  const ansiQuotes = (sqlMode & ansiQuotesMode) !== 0;
  const noBackslashEscapes = (sqlMode & noBackslashEscapesMode) !== 0;
  return { ansiQuotes, noBackslashEscapes, clientCollation, databases };
}

/** Whether a collation id is one of utf8mb3 or utf8mb4. */
function isUtf8(collation: number): boolean {
  return [33, 45, 46, 76, 83].includes(collation) || (collation >= 192 && collation <= 247) || collation >= 255;
}

/** The statement's text, and whether it is surely what the client meant. */
export function querySql(
  { buffer, sqlStart, sqlEnd }: QueryEvent,
  clientCollation: number,
): { readonly sql: string; readonly sqlIsExact: boolean } {
  const bytes = buffer.subarray(sqlStart, sqlEnd);
  const sqlIsExact = isUtf8(clientCollation) || bytes.every((byte) => byte < 0x80);
  return { sql: bytes.toString(sqlIsExact ? 'utf8' : 'latin1'), sqlIsExact };
}
