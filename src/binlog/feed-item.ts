/** What goes into the decoder (which tables, which keys) and what comes out of it (feed items). */
import type { Key } from './key.js';

/**
 * How the values of a key column are written. All forms can be sent back to the server, and equal what it prints in a
 * session with time_zone '+00:00':
 * - `integer`: as CAST(c AS CHAR), but without the zeros of ZEROFILL. YEAR too, with four digits: 0000 is the year 0000
 *   with and without quotes, where '0' would be 2000.
 * - `decimal`: as CAST(c AS CHAR), all digits of the scale: -0.50
 * - `bytes` (CHAR, VARCHAR, BINARY, VARBINARY, TEXT, BLOB): as HEX(c), in the column's own character set
 * - `date`, `datetime`, `timestamp` (in UTC), `time`: as CAST(c AS CHAR), all digits of the precision
 * - `enum`, `set`, `bit`: the number, as CAST(c AS UNSIGNED)
 */
export type KeyKind =
  'integer' | 'decimal' | 'bytes' | 'date' | 'datetime' | 'timestamp' | 'time' | 'enum' | 'set' | 'bit';

export interface KeyColumn {
  readonly name: string;
  /** Position in the row image, from 0: the column's place among all columns of information_schema.COLUMNS. */
  readonly ordinal: number;
  readonly kind: KeyKind;
  /** Read for `integer` only. */
  readonly unsigned: boolean;
  /** The n of BINARY(n): the binlog leaves trailing zero bytes out, and they are put back. */
  readonly paddedLength?: number;
  /** What a new row has where a MINIMAL image leaves the column out: its DEFAULT. Absent where that is not known. */
  readonly defaultText?: string;
}

/** A table whose changed keys are wanted. */
export interface FollowedTable {
  readonly database: string;
  readonly table: string;
  /** All columns, generated and invisible ones too; not the hidden ones of functional indexes, which are not logged. */
  readonly columnCount: number;
  readonly keyColumns: readonly KeyColumn[];
}

/** What a statement in a Query event tells about itself. */
interface QueryFacts {
  readonly gtid: string;
  /** The session's default database; empty where there was none. */
  readonly database: string;
  /**
   * The databases that the server says it changes, also those that only a trigger or function of it changes. Null where
   * it does not say: more than 16, and TRUNCATE, ANALYZE, FLUSH, CREATE TABLE with LIKE or SELECT, EXCHANGE PARTITION …
   */
  readonly databases: readonly string[] | null;
}

/** Items come in this order for each transaction: begin, any of (keys, ddl, statement), perhaps xa, end. */
export type FeedItem =
  | {
      readonly kind: 'begin';
      /** `uuid:gno` or `uuid:tag:gno`. */
      readonly gtid: string;
      /** When this server committed it: milliseconds since 1970 with the microseconds as a fraction. */
      readonly committedAtMs: number;
      /** When the first server committed it. */
      readonly originatedAtMs: number;
    }
  | {
      /** Keys of rows that were inserted, updated or deleted; with repetitions; one item for each rows event. */
      readonly kind: 'keys';
      /** Index into the decoder's list of tables. */
      readonly table: number;
      readonly keys: readonly Key[];
    }
  | (QueryFacts & {
      /**
       * A statement of its own: CREATE, ALTER, DROP, TRUNCATE, RENAME, but also ANALYZE, FLUSH, GRANT … by whomever. Its
       * text may hold secrets (CREATE USER) and is for reading names only (P8).
       */
      readonly kind: 'ddl';
      readonly sql: string;
      /** False where `sql` holds text in a character set other than ASCII and UTF-8: names may be misspelt. */
      readonly sqlIsExact: boolean;
      /** The session's sql_mode had ANSI_QUOTES: "a" is a name. */
      readonly ansiQuotes: boolean;
      /** The session's sql_mode had NO_BACKSLASH_ESCAPES: a string ends at its quote, whatever stands before it. */
      readonly noBackslashEscapes: boolean;
    })
  | (QueryFacts & {
      /** A change of rows logged as a statement: which rows it changed cannot be known. Its text may hold values (P8). */
      readonly kind: 'statement';
      /** First word in upper case, such as UPDATE; empty where there is none. */
      readonly verb: string;
    })
  | {
      /**
       * `prepare`: the keys since `begin` belong to this XA transaction and show only after its `commit`. A one-phase
       * commit has no such item: it is a transaction like any other.
       */
      readonly kind: 'xa';
      readonly gtid: string;
      readonly action: 'prepare' | 'commit' | 'rollback';
      /** Both parts in hexadecimal and the format id, as XA COMMIT takes it: `X'6731',X'',1`. Equal text, same transaction. */
      readonly xid: string;
    }
  | {
      readonly kind: 'end';
      readonly gtid: string;
      /** Whether it changed rows of followed tables. */
      readonly touched: boolean;
      /** A guarded table that it changed rows of without the signature: somebody else's work. Absent where there is none. */
      readonly intruded?: string;
      /** Whether it changed rows, all of them in tables for which `isOwn` holds, and did nothing else. */
      readonly own: boolean;
    }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'rotate'; readonly file: string };

/** A statement of somebody that changes definitions. */
export type SeenDdl = Extract<FeedItem, { kind: 'ddl' }>;
