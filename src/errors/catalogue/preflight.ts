import type { Catalogue } from '../entry.js';

/** What a server or a table must be like before anything is made. */
export const preflightErrors = {
  UNKNOWN_TABLE: {
    kind: 'terminal',
    sentence: 'There is no table {table} on cluster {cluster}.',
    remedy:
      'Correct the name of the database or the table; names are compared as the server compares them, and a table is not seen by an account without any privilege on it.',
  },
  SERVER_NOT_MYSQL: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} is {product} ({version}), not MySQL.',
    remedy: 'Use a MySQL server, 8.0.28 or newer: the binlog, GTIDs and locks of {product} work differently.',
  },
  SERVER_TOO_OLD: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} runs MySQL {version}; at least {needed} is needed.',
    remedy: 'Upgrade the server.',
  },
  SERVER_READ_ONLY: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} is read only: {settings}.',
    remedy: 'Name the primary in the configuration, not a replica of it; or set the variables to OFF on the primary.',
  },
  MULTI_PRIMARY: {
    kind: 'terminal',
    sentence: 'Other servers of cluster {cluster} take writes too ({settings}), and a table lock does not stop those.',
    remedy: 'Switch the group to single-primary mode, then start again.',
  },
  BINLOG_OFF: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} writes no binlog, so changes cannot be followed.',
    remedy: 'Start the server with log_bin (the default), gtid_mode=ON and enforce_gtid_consistency=ON.',
  },
  GTID_OFF: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} does not give every transaction a GTID: {settings}.',
    remedy:
      'Set enforce_gtid_consistency=ON, then gtid_mode to OFF_PERMISSIVE, ON_PERMISSIVE and ON, one after the other; all of it works on a running server.',
  },
  BINLOG_FORMAT_NOT_ROW: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} has binlog_format={format}, so changes do not show the rows that they changed.',
    remedy: 'SET PERSIST binlog_format = ROW; sessions that are open keep the old format until they connect again.',
  },
  BINLOG_FILTERED: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} leaves databases out of its binlog, so changes may be missing from it: {filters}.',
    remedy:
      'Start the server without binlog-do-db and binlog-ignore-db; what replicas shall not have is better filtered there.',
  },
  BINLOG_RETENTION_TOO_SHORT: {
    kind: 'terminal',
    sentence:
      'Cluster {cluster} keeps its binlogs for {retentionSeconds} s; at least {neededSeconds} s are needed, or a restart of a worker would end the change.',
    remedy: 'SET PERSIST binlog_expire_logs_seconds to some days, such as 259200.',
  },
  DURABILITY_TOO_LOW: {
    kind: 'terminal',
    sentence:
      'Cluster {cluster} may lose, or not log, transactions that it has acknowledged ({settings}); after a crash it could use a GTID again that was already followed.',
    remedy: 'SET PERSIST {needed}, at least until the change is completed.',
  },
  REPLICA_UPDATES_NOT_LOGGED: {
    kind: 'terminal',
    sentence:
      'Cluster {cluster} replicates from {sources} with log_replica_updates=OFF, so changes from there are not in its binlog.',
    remedy: 'Name the primary in the configuration, or start the server with log_replica_updates=ON (the default).',
  },
  MISSING_PRIVILEGES: {
    kind: 'terminal',
    sentence: 'Account {account} lacks privileges on cluster {cluster}: {missing}.',
    remedy:
      'Run as an administrator: {statements} Where a role has them, make it a default role of the account (SET DEFAULT ROLE).',
  },
  XA_PREPARED: {
    kind: 'terminal',
    sentence:
      'Cluster {cluster} has prepared XA transactions, which nobody has committed for {waitedSeconds} s: {xids}.',
    remedy:
      'Let the transaction manager finish them, or XA COMMIT or XA ROLLBACK them by hand (XA RECOVER CONVERT XID lists them), then start again.',
  },
  SYSTEM_TABLE: {
    kind: 'terminal',
    sentence: 'Table {table} belongs to the server.',
    remedy: 'Only tables of applications can be changed this way.',
  },
  OWN_TABLE: {
    kind: 'terminal',
    sentence: 'Table {table} belongs to Switchyard itself.',
    remedy: 'Name the table of the application; a copy or a retained table goes away with its operation.',
  },
  VIEW_NOT_TABLE: {
    kind: 'terminal',
    sentence: '{table} is a view, not a table.',
    remedy: 'Name the table below it, or change the view itself with ALTER VIEW.',
  },
  ENGINE_NOT_INNODB: {
    kind: 'terminal',
    sentence: 'Table {table} has the engine {engine}; only InnoDB can be copied while it is written to.',
    remedy: 'Convert the table to InnoDB first (a native ALTER TABLE … ENGINE=InnoDB blocks writes).',
  },
} as const satisfies Catalogue;
