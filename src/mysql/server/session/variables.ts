/**
 * The settings of our sessions, always explicit: what a server or a proxy presets must never change what a copy means.
 * A definition means another thing in another session, so there are three contexts, and each thing is said in one of them:
 * - *reading* (`controlVariables`): definitions are read, compared and said again by us, always alike;
 * - *statement* (`statementVariables`): the user's ALTER, as a client's session has it;
 * - *data* (`dataVariables`): rows are copied, applied, compared and indexed.
 */
import {
  idleSessionSeconds,
  metadataLockWaitSeconds,
  rowLockWaitSeconds,
  transferSilenceSeconds,
} from '../../../limits/mysql-server.js';
import type { SessionVariables } from './session.js';

/** How values are converted and compared while a migration works; fixed when it is prepared, kept in its plan. */
export interface ConversionSettings {
  /** sql_mode for the user's statement: the one that was asked for, else the server's own. */
  readonly statementSqlMode: string;
  /** sql_mode for copying: as a native ALTER would convert, but without modes that change how our own SQL is read. */
  readonly dataSqlMode: string;
  /** The server's time zone, in which a native ALTER would convert. */
  readonly timeZone: string;
  /** Start of the operation as UNIX seconds: DEFAULT CURRENT_TIMESTAMP of a new column stays the same on every write. */
  readonly timestampSeconds: number;
}

/** Modes that change how SQL text or CHAR values are read; our own statements are written without them. */
const readingModes = new Set([
  'ANSI',
  'ANSI_QUOTES',
  'NO_BACKSLASH_ESCAPES',
  'PAD_CHAR_TO_FULL_LENGTH',
  'PIPES_AS_CONCAT',
]);

/**
 * The modes for the statement and for the rows. Rows are never taken less strictly (P5), and zero stays zero in
 * AUTO_INCREMENT. @param sqlMode as the server spells it, combinations such as ANSI spelt out.
 */
export function sqlModes(sqlMode: string): Pick<ConversionSettings, 'statementSqlMode' | 'dataSqlMode'> {
  const modes = new Set(sqlMode.split(',').filter((mode) => mode !== '' && !readingModes.has(mode)));
  for (const mode of ['STRICT_TRANS_TABLES', 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO']) modes.add(mode);
  return { statementSqlMode: sqlMode, dataSqlMode: [...modes].join(',') };
}

/** Whatever a column or its default can hold may be said and written: zero dates, and dates such as 31 February. */
const exactSqlMode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';

/**
 * Behind SELECT or DELETE, for a statement that only finds rows in a session of the data: there the modes for what is
 * written refuse a zero date even where a key is merely compared with it (errors 1525 and 1292, tried on 9.7.4).
 */
export const anyDateHint = modeHint(exactSqlMode);

/**
 * The same for a statement that also converts values as the data are converted: all that is different is which dates there
 * are. What these modes refuse was refused when it was to be written, so no value that was is converted otherwise.
 */
export function anyDateHintFor({ dataSqlMode }: ConversionSettings): string {
  const modes = dataSqlMode.split(',').filter((mode) => !refusingDates.has(mode));
  return modeHint([...new Set([...modes, 'ALLOW_INVALID_DATES'])].join(','));
}

/** TRADITIONAL is a name for several modes, these among them. */
const refusingDates = new Set(['NO_ZERO_DATE', 'NO_ZERO_IN_DATE', 'TRADITIONAL']);

function modeHint(sqlMode: string): string {
  return `/*+ SET_VAR(sql_mode='${sqlMode}') */`;
}

/** Of a move, which converts nothing: what the source has in its definitions and rows, the target takes as it is. */
export const moveConversion: ConversionSettings = {
  statementSqlMode: exactSqlMode,
  dataSqlMode: exactSqlMode,
  timeZone: '+00:00',
  // The server's own clock.
  timestampSeconds: 0,
};

const common: SessionVariables = {
  transaction_isolation: 'READ-COMMITTED',
  transaction_read_only: 0,
  autocommit: 1,
  completion_type: 'NO_CHAIN',
  // What an error names is read from its words where there is no other way (a duplicate's key); they are shown to people.
  lc_messages: 'en_US',
  foreign_key_checks: 0,
  unique_checks: 1,
  sql_safe_updates: 0,
  sql_quote_show_create: 1,
  max_execution_time: 0,
  // Key lists must stay range scans however long they are.
  range_optimizer_max_mem_size: 0,
  information_schema_stats_expiry: 0,
  // A key is a key to us although it is invisible to the application's queries.
  optimizer_switch: 'use_invisible_indexes=on',
  wait_timeout: idleSessionSeconds,
  lock_wait_timeout: metadataLockWaitSeconds,
  innodb_lock_wait_timeout: rowLockWaitSeconds,
};

/**
 * Sidecar rows, look-ups, and definitions, which are read and said in it: in UTC, since the text of a TIMESTAMP default is
 * that of the zone, and without a mode that changes how text is read or refuses a default that is there.
 */
export const controlVariables: SessionVariables = { ...common, sql_mode: exactSqlMode, time_zone: '+00:00' };

/** Copying, applying and comparing rows. */
export function dataVariables(conversion: ConversionSettings): SessionVariables {
  return {
    ...common,
    sql_mode: conversion.dataSqlMode,
    time_zone: conversion.timeZone,
    timestamp: conversion.timestampSeconds,
    // Notes are what a native ALTER passes over; without them every counted warning is one that stops us (P5).
    sql_notes: 0,
  };
}

/**
 * What a client's session has for the user's statement; with it goes `SET NAMES utf8mb4`, since the collation of the
 * connection becomes that of an index on an expression. @param timeZone the server's own.
 */
export function statementVariables({ statementSqlMode, timeZone }: ConversionSettings): SessionVariables {
  return { sql_mode: statementSqlMode, time_zone: timeZone };
}

const transfer: SessionVariables = {
  ...common,
  sql_mode: exactSqlMode,
  // In UTC each TIMESTAMP has one text.
  time_zone: '+00:00',
  character_set_client: 'utf8mb4',
  character_set_results: 'utf8mb4',
  net_read_timeout: transferSilenceSeconds,
  net_write_timeout: transferSilenceSeconds,
};

/** Reading rows that go to another server (src/mysql/table/transfer), and nothing else. */
export const transferSourceVariables: SessionVariables = {
  ...transfer,
  // QUOTE converts bytes to the connection's character set: here there is nothing to convert and nothing to check (tried:
  // latin1 keeps all bytes too, and costs half as much again; utf8mb4 refuses bytes by error 3854).
  character_set_connection: 'binary',
  // What puts JSON values back is joined by GROUP_CONCAT, which cuts at this length.
  group_concat_max_len: 4_294_967_295,
};

/** Writing rows that come from another server. */
export const transferTargetVariables: SessionVariables = {
  ...transfer,
  character_set_connection: 'utf8mb4',
};
