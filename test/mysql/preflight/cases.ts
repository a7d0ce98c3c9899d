import type { ErrorCode } from '../../../src/errors/switchyard-error.js';

interface ServerCase {
  readonly title: string;
  readonly code: ErrorCode;
  readonly mentions: readonly string[];
  readonly arrange: readonly string[];
  readonly reset: readonly string[];
}

/** Sets global variables, one after the other. */
export const globally = (...assignments: string[]): string[] =>
  assignments.map((assignment) => `SET GLOBAL ${assignment}`);

/** Settings of a server, made by root. */
export const serverCases: readonly ServerCase[] = [
  {
    title: 'a server that is read only',
    code: 'SERVER_READ_ONLY',
    mentions: ['read_only=ON'],
    arrange: globally('read_only = ON'),
    reset: globally('read_only = OFF'),
  },
  {
    title: 'a server that is read only for everybody',
    code: 'SERVER_READ_ONLY',
    mentions: ['read_only=ON', 'super_read_only=ON'],
    arrange: globally('super_read_only = ON'),
    reset: globally('read_only = OFF'),
  },
  {
    title: 'a group whose members all take writes',
    code: 'MULTI_PRIMARY',
    mentions: ['group_replication_single_primary_mode=OFF'],
    arrange: [
      "INSTALL PLUGIN group_replication SONAME 'group_replication.so'",
      ...globally('group_replication_single_primary_mode = OFF'),
    ],
    reset: ['UNINSTALL PLUGIN group_replication'],
  },
  {
    title: 'GTIDs that are not on for every transaction',
    code: 'GTID_OFF',
    mentions: ['gtid_mode=ON_PERMISSIVE', 'enforce_gtid_consistency=ON'],
    arrange: globally('gtid_mode = ON_PERMISSIVE'),
    reset: globally('gtid_mode = ON'),
  },
  {
    title: 'GTIDs that are off',
    code: 'GTID_OFF',
    mentions: ['gtid_mode=OFF', 'enforce_gtid_consistency=OFF'],
    arrange: globally(
      'gtid_mode = ON_PERMISSIVE',
      'gtid_mode = OFF_PERMISSIVE',
      'gtid_mode = OFF',
      'enforce_gtid_consistency = OFF',
    ),
    reset: globally(
      'enforce_gtid_consistency = ON',
      'gtid_mode = OFF_PERMISSIVE',
      'gtid_mode = ON_PERMISSIVE',
      'gtid_mode = ON',
    ),
  },
  {
    title: 'a binlog of statements',
    code: 'BINLOG_FORMAT_NOT_ROW',
    mentions: ['binlog_format=STATEMENT'],
    arrange: globally('binlog_format = STATEMENT'),
    reset: globally('binlog_format = ROW'),
  },
  {
    title: 'a binlog of rows only now and then',
    code: 'BINLOG_FORMAT_NOT_ROW',
    mentions: ['binlog_format=MIXED'],
    arrange: globally('binlog_format = MIXED'),
    reset: globally('binlog_format = ROW'),
  },
  {
    title: 'a binlog that is not written through',
    code: 'DURABILITY_TOO_LOW',
    mentions: ['sync_binlog=0', 'binlog_error_action=IGNORE_ERROR'],
    arrange: globally('sync_binlog = 0', 'binlog_error_action = IGNORE_ERROR'),
    reset: globally('sync_binlog = 1', 'binlog_error_action = ABORT_SERVER'),
  },
  {
    title: 'a redo log that is not written through',
    code: 'DURABILITY_TOO_LOW',
    mentions: ['innodb_flush_log_at_trx_commit=2'],
    arrange: globally('innodb_flush_log_at_trx_commit = 2'),
    reset: globally('innodb_flush_log_at_trx_commit = 1'),
  },
  {
    title: 'binlogs that are gone within minutes',
    code: 'BINLOG_RETENTION_TOO_SHORT',
    mentions: ['60 s', '600 s'],
    arrange: globally('binlog_expire_logs_seconds = 60'),
    reset: globally('binlog_expire_logs_seconds = DEFAULT'),
  },
];

interface TableCase {
  readonly title: string;
  readonly code: ErrorCode;
  readonly mentions: readonly string[];
  readonly make: readonly string[];
  readonly table: { readonly database: string; readonly table: string };
}

const refused = { database: 'shop', table: 'refused' };
const refusedTable = 'CREATE TABLE shop.refused (id INT PRIMARY KEY, other INT)';

/** Tables that are refused. */
export const tableCases: readonly TableCase[] = [
  {
    title: 'a table of the server',
    code: 'SYSTEM_TABLE',
    mentions: ['mysql.user'],
    make: [],
    table: { database: 'mysql', table: 'user' },
  },
  {
    title: 'a table of information_schema, which is a view too',
    code: 'SYSTEM_TABLE',
    mentions: ['information_schema.TABLES'],
    make: [],
    table: { database: 'information_schema', table: 'TABLES' },
  },
  {
    title: 'a table of the sidecar',
    code: 'OWN_TABLE',
    mentions: ['_switchyard.t'],
    make: ['CREATE DATABASE _switchyard', 'CREATE TABLE _switchyard.t (id INT PRIMARY KEY)'],
    table: { database: '_switchyard', table: 't' },
  },
  {
    title: 'a retained table',
    code: 'OWN_TABLE',
    mentions: ['shop._sw_0123456789_old'],
    make: ['CREATE TABLE shop._sw_0123456789_old (id INT PRIMARY KEY)'],
    table: { database: 'shop', table: '_sw_0123456789_old' },
  },
  {
    title: 'a view',
    code: 'VIEW_NOT_TABLE',
    mentions: ['shop.refused is a view'],
    make: ['CREATE VIEW shop.refused AS SELECT 1 AS one'],
    table: refused,
  },
  {
    title: 'a table without transactions',
    code: 'ENGINE_NOT_INNODB',
    mentions: ['MyISAM'],
    make: [`${refusedTable} ENGINE = MyISAM`],
    table: refused,
  },
  {
    title: 'a table with triggers',
    code: 'NOT_BUILT_YET',
    mentions: ['A table with triggers (after insert, before_update)'],
    make: [
      refusedTable,
      'CREATE TRIGGER shop.before_update BEFORE UPDATE ON shop.refused FOR EACH ROW SET @x = 1',
      'CREATE TRIGGER shop.`after insert` AFTER INSERT ON shop.refused FOR EACH ROW SET @x = 1',
    ],
    table: refused,
  },
  {
    title: 'a table with a foreign key',
    code: 'NOT_BUILT_YET',
    mentions: ['shop.to_orders: shop.refused to shop.parent'],
    make: [
      'CREATE TABLE shop.parent (id INT PRIMARY KEY)',
      `CREATE TABLE shop.refused (id INT PRIMARY KEY, CONSTRAINT to_orders FOREIGN KEY (id) REFERENCES shop.parent (id))`,
    ],
    table: refused,
  },
  {
    title: 'a table to which one of another database points',
    code: 'NOT_BUILT_YET',
    mentions: ['elsewhere.from_far: elsewhere.child to shop.refused'],
    make: [
      refusedTable,
      `CREATE TABLE elsewhere.child (
         id INT PRIMARY KEY, CONSTRAINT from_far FOREIGN KEY (id) REFERENCES shop.refused (id))`,
    ],
    table: refused,
  },
];
