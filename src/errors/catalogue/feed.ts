import type { Catalogue } from '../entry.js';

/** What can be wrong with the change feed. `{event}`, `{file}` and `{position}` say where in the binlog it was found. */
export const feedErrors = {
  BINLOG_EVENT_NOT_DECODED: {
    kind: 'terminal',
    sentence: 'A binlog event cannot be decoded safely: {problem} ({event} in {file}, ending at {position}).',
    remedy: 'The original table is untouched. Report the event; start again once the cause is removed.',
  },
  BINLOG_EVENT_MALFORMED: {
    kind: 'terminal',
    sentence: 'A binlog event is not built as it must be: {problem} ({event} in {file}, ending at {position}).',
    remedy: 'The original table is untouched. Look at the event with mysqlbinlog; start again on a sound server.',
  },
  BINLOG_CHECKSUM_MISMATCH: {
    kind: 'retryable',
    sentence:
      'A binlog event was damaged on its way or on disk: its checksum is wrong ({event} in {file}, ending at {position}).',
    remedy:
      'It is read again. If that goes on, check the binlog file on the server with mysqlbinlog --verify-binlog-checksum.',
  },
  BINLOG_GTID_MISSING: {
    kind: 'terminal',
    sentence: 'A transaction in the binlog has no GTID ({event} in {file}, ending at {position}).',
    remedy: 'Set gtid_mode=ON and enforce_gtid_consistency=ON on the server, then start again.',
  },
  BINLOG_INCIDENT: {
    kind: 'terminal',
    sentence:
      'The server wrote an incident into its binlog, so changes may be missing from it: {problem} (in {file}, ending at {position}).',
    remedy: 'The original table is untouched. Find the incident in the server log, then start again.',
    unsaid: ['event'],
  },
  BINLOG_TABLE_CHANGED: {
    kind: 'terminal',
    sentence: 'The definition of {database}.{table} is not the one that the operation began with: {problem}.',
    remedy: 'Somebody else changed the table. The original table is untouched; start again with its new definition.',
    unsaid: ['event', 'file', 'position'],
  },
  BINLOG_KEY_NOT_IN_IMAGE: {
    kind: 'terminal',
    sentence:
      'A change of {database}.{table} was logged without its key column {column}, so the row is not known ({event} in {file}, ending at {position}).',
    remedy:
      'A session has binlog_row_image=MINIMAL, although the server has another, and leaves the key to its DEFAULT, or the key is not the one that the server logs. Use binlog_row_image=FULL in that session, then start again.',
  },
  BINLOG_KEY_IS_NULL: {
    kind: 'terminal',
    sentence:
      'A row of {database}.{table} has NULL in its key column {column} ({event} in {file}, ending at {position}).',
    remedy: 'The original table is untouched. Start again with a key whose columns are NOT NULL.',
  },
  GTID_SET_NOT_VALID: {
    kind: 'terminal',
    sentence: 'This is not a GTID set: {problem}.',
    remedy: 'A set looks like uuid:1-5:7,uuid:tag:1-3. If it comes from a checkpoint, start the operation again.',
  },
} as const satisfies Catalogue;
