/** Every privilege that Switchyard's account needs on a cluster, and why; docs/servers.md, "Grants" has this list. */
import { quoteTable } from '../../schema/identifier.js';

/**
 * `database`: the database of the table that is changed; `sidecar`: the database `_switchyard`; `ownDatabases`: those that
 * shadow and retained table of a table with named CHECK constraints are in.
 */
export type PrivilegeScope = 'global' | 'performance_schema' | 'database' | 'sidecar' | 'ownDatabases';

export interface RequiredPrivilege {
  readonly scope: PrivilegeScope;
  /** As in a GRANT statement. */
  readonly privilege: string;
  readonly reason: string;
  /** Null where no statement can tell. */
  readonly probe: Probe | null;
}

/** A statement that the server refuses with error `deniedAs` without the privilege, and that changes nothing with it. */
export interface Probe {
  readonly deniedAs: number;
  /** For databases of tables it is about a table that does not exist, and would fail or find nothing to do if it did. */
  readonly statement: (database: string) => string;
}

/** The server's words for "access denied": to a table, to a database, to a statement, and to XA RECOVER. */
const deniedTable = 1142;
const deniedDatabase = 1044;
const deniedStatement = 1227;
const deniedXaRecover = 1401;

/** Not a name that an operation gives, so that it never exists. */
const probeTable = '_sw_privileges';

function on(statement: (table: string) => string, deniedAs = deniedTable): Probe {
  return { deniedAs, statement: (database) => statement(quoteTable({ database, table: probeTable })) };
}

const probes = {
  SELECT: on((table) => `SELECT 1 FROM ${table} LIMIT 0`),
  INSERT: on((table) => `INSERT INTO ${table} SELECT 1 WHERE FALSE`),
  UPDATE: on((table) => `UPDATE ${table} SET x = 1 WHERE FALSE`),
  DELETE: on((table) => `DELETE FROM ${table} WHERE FALSE`),
  CREATE: on((table) => `CREATE TABLE ${table} (twice INT, twice INT)`),
  // The shortest that needs DROP alone and can never drop anything.
  DROP: on((table) => `ALTER TABLE ${table} TRUNCATE PARTITION x`),
  ALTER: on((table) => `ALTER TABLE ${table} ALTER COLUMN x DROP DEFAULT`),
  'LOCK TABLES': on((table) => `LOCK TABLES ${table} READ`, deniedDatabase),
  // CREATE TRIGGER asks for SUPER first where there is a binlog.
  TRIGGER: null,
} as const;

function inDatabase(
  scope: 'database' | 'sidecar' | 'ownDatabases',
  reasons: Partial<Record<keyof typeof probes, string>>,
): readonly RequiredPrivilege[] {
  return (Object.keys(reasons) as (keyof typeof probes)[]).map((privilege) => ({
    scope,
    privilege,
    reason: reasons[privilege] ?? '',
    probe: probes[privilege],
  }));
}

/** None of them changes a setting of the server; the session variables that we set need no privilege. */
export const requiredPrivileges: readonly RequiredPrivilege[] = [
  {
    scope: 'global',
    privilege: 'REPLICATION SLAVE',
    reason: 'reads the binlog; sees which replicas are attached',
    probe: { deniedAs: deniedStatement, statement: () => 'SHOW REPLICAS' },
  },
  {
    scope: 'global',
    privilege: 'REPLICATION CLIENT',
    reason: 'sees what the binlog leaves out, and whether the server is a replica',
    probe: { deniedAs: deniedStatement, statement: () => 'SHOW REPLICA STATUS' },
  },
  {
    scope: 'global',
    privilege: 'PROCESS',
    reason: 'sees transactions of others, and foreign keys in databases of others',
    // Only looked at when the table is really read.
    probe: { deniedAs: deniedStatement, statement: () => 'SELECT 1 FROM information_schema.innodb_trx LIMIT 1' },
  },
  {
    scope: 'global',
    privilege: 'XA_RECOVER_ADMIN',
    reason: 'sees prepared XA transactions, which block without a session',
    probe: { deniedAs: deniedXaRecover, statement: () => 'XA RECOVER' },
  },
  {
    scope: 'performance_schema',
    privilege: 'SELECT',
    reason: 'names the sessions that block a cut-over',
    probe: {
      deniedAs: deniedTable,
      statement: () => `SELECT 1 FROM performance_schema.metadata_locks, performance_schema.threads,
        performance_schema.events_statements_current, performance_schema.setup_instruments,
        performance_schema.replication_group_members LIMIT 0`,
    },
  },
  ...inDatabase('database', {
    SELECT: 'copies, re-reads changed rows, verifies',
    INSERT: 'fills the copy',
    UPDATE: 'sees which row of the copy a changed one meets (ON DUPLICATE KEY UPDATE); changes none',
    DELETE: 'removes changed rows from the copy before they are written again',
    CREATE: 'makes the copy',
    DROP: 'swaps the tables; drops what Switchyard made',
    ALTER: 'runs the statement on the copy; adds indexes behind its rows; swaps the tables',
    'LOCK TABLES': 'holds writes back during the swap',
    TRIGGER: 'sees the triggers of the table, which are invisible without it',
  }),
  ...inDatabase('sidecar', {
    SELECT: 'reads its records',
    INSERT: 'writes its records',
    UPDATE: 'writes its records',
    DELETE: 'removes its records',
    CREATE: 'makes the database and its tables',
    DROP: 'changes its tables with a new version of Switchyard',
    ALTER: 'changes its tables with a new version of Switchyard',
  }),
];

/** What a table with named CHECK constraints needs besides. */
export const ownDatabasePrivileges: readonly RequiredPrivilege[] = inDatabase('ownDatabases', {
  SELECT: 'copies, re-reads changed rows, verifies',
  INSERT: 'fills the copy',
  UPDATE: 'sees which row of the copy a changed one meets (ON DUPLICATE KEY UPDATE); changes none',
  DELETE: 'removes changed rows from the copy before they are written again',
  CREATE: 'makes the databases and the copy',
  DROP: 'swaps the tables; drops the tables and their databases',
  ALTER: 'runs the statement on the copy; adds indexes behind its rows; swaps the tables',
  'LOCK TABLES': 'holds writes back during the swap',
});
