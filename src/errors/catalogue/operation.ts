import type { Catalogue } from '../entry.js';

/** Ownership, fencing and the swap. */
export const operationErrors = {
  TABLE_BUSY: {
    kind: 'terminal',
    sentence: 'Table {table} already has an operation: workflow {owner}.',
    remedy:
      'Wait for that operation, or cancel it where it runs; one table has one operation at a time. Where its workflow was terminated, a reset to its last task brings it back (docs/deploy.md), or reconcile removes what it has left; of a move that is switched only the reset goes on.',
  },
  FENCED: {
    kind: 'terminal',
    sentence: 'This run of the work was replaced by a newer one (token {token}).',
    remedy: 'Nothing to do: the newer run goes on, and this one changed nothing more.',
  },
  UNKNOWN_OPERATION: {
    kind: 'terminal',
    sentence: 'The sidecar knows no operation {operation}.',
    remedy: 'Its rows were removed by hand; start the change again.',
  },
  SIDECAR_TOO_NEW: {
    kind: 'retryable',
    sentence: 'Writing to the sidecar database takes a worker that knows version {version}, this one knows {known}.',
    remedy:
      'It is tried again by itself, and goes on with a worker as new as the one that changed the sidecar: run one.',
  },
  SERVER_ERROR: {
    kind: 'retryable',
    sentence: 'The server of cluster {cluster} refused a statement of ours (MySQL error {errno}): {problem}.',
    remedy: 'It is tried again by itself. When it lasts, the message names what the server does not allow.',
  },
  SERVER_BUSY: {
    kind: 'retryable',
    sentence:
      'The server of cluster {cluster} could not do a statement of ours just now (MySQL error {errno}): {problem}.',
    remedy: 'It is tried again by itself. When it lasts, look at what else runs on the server.',
  },
  SERVER_NEEDS_ATTENTION: {
    kind: 'retryable',
    sentence: 'The server of cluster {cluster} does not let us work as it stands (MySQL error {errno}): {problem}.',
    remedy: '{advice} It is tried again until then, and goes on by itself.',
  },
  UNEXPECTED: {
    kind: 'retryable',
    sentence: 'Something happened that Switchyard did not expect: {problem}.',
    remedy: 'It is tried again by itself. When it lasts, report it with the log of the worker.',
  },
  FEED_ENDED: {
    kind: 'retryable',
    sentence: 'The change feed ended: {problem}.',
    remedy: 'It is opened again by itself from the last position; look at the server when it lasts.',
  },
  POSITION_PURGED: {
    kind: 'terminal',
    sentence: 'The binlogs that the change feed needs are gone from cluster {cluster}: {missing} was purged.',
    remedy: 'The original table is untouched. Raise binlog_expire_logs_seconds, then start again.',
  },
  POSITION_UNKNOWN: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} does not have transactions that the change feed has passed: {missing}.',
    remedy:
      'It is another server, or one that lost its last transactions. The original table is untouched; start again.',
  },
  TABLE_CHANGED: {
    kind: 'terminal',
    sentence: 'Table {table} of cluster {cluster} was changed by somebody else meanwhile: {problem}.',
    remedy: 'Start again; keep other schema changes away from the table while the operation runs.',
  },
  SHADOW_CHANGED: {
    kind: 'terminal',
    sentence: 'Table {table}, which belongs to the operation, was changed by somebody else: {problem}.',
    remedy:
      'The original table is untouched. Start again; nobody else may change tables whose names begin with _sw_, or take those names.',
  },
  STATEMENT_FORMAT: {
    kind: 'terminal',
    sentence: 'A session wrote with binlog_format=STATEMENT, so its changes cannot be followed: {problem}.',
    remedy: 'The original table is untouched. Let every session write in ROW format, then start again.',
  },
  XA_UNKNOWN: {
    kind: 'terminal',
    sentence: 'An XA transaction was committed that was prepared before the change feed began: {problem}.',
    remedy: 'The original table is untouched. Start again when XA RECOVER is empty.',
  },
  XA_TOO_LARGE: {
    kind: 'terminal',
    sentence: 'Prepared XA transactions changed {keys} rows of the table; at most {limit} can be waited for.',
    remedy: 'The original table is untouched. Commit or roll back the prepared transactions, then start again.',
  },
  OUTCOME_UNCLEAR: {
    kind: 'needsOperator',
    sentence: 'It cannot be told whether the swap of {table} happened: {problem}.',
    remedy: 'Look at the tables that are named, and put them right.',
  },
  SERVER_UNAVAILABLE: {
    kind: 'retryable',
    sentence: 'The server of cluster {cluster} does not answer: {problem}.',
    remedy: 'It is tried again by itself; look at the server when it lasts.',
  },
  NUMBERS_WOULD_BE_NEW: {
    kind: 'terminal',
    sentence:
      'Column {column} becomes AUTO_INCREMENT and has rows with 0, which would get new numbers in the order of copying.',
    remedy: 'Give these rows their numbers first, then start again.',
  },
  MOMENT_SHOWN_TWICE: {
    kind: 'terminal',
    sentence:
      'The row with key {key} has in column {column} a moment that the clock of the server shows twice (the end of summer time): a native ALTER TABLE would store another moment. The rows are converted in the time zone of the server, since the statement makes something of it.',
    remedy:
      'Make the changes that depend on the time zone in a statement of their own while no such moment is in the table, or set the time zone of the server to UTC, then start again.',
  },
  TIME_ZONE_MATTERS: {
    kind: 'terminal',
    sentence:
      'The key has a TIMESTAMP column, so the table is copied in UTC, but {column} {why}, which the server would do in time zone {timeZone}.',
    remedy: 'Make that change in a native ALTER, or change the key first.',
  },
} as const satisfies Catalogue;
