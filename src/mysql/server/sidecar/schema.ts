/**
 * The sidecar database: what Switchyard must remember on the cluster it works on. The epoch of an operation is a row of
 * its own (`operations`), apart from position and progress, since every chunk holds a shared lock on it
 * (docs/design/copy-and-follow.md, "Fenced transactions").
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { transactionRepeatsMax } from '../../../limits/mysql.js';
import { existingTables } from '../introspect/load-table.js';
import { errorNumbers, isRepeatable, serverErrorNumber } from '../session/server-errors.js';
import type { Session } from '../session/session.js';

export const sidecarDatabase = '_switchyard';

const options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

const tables = [
  `CREATE TABLE IF NOT EXISTS _switchyard.schema_version (
     id TINYINT NOT NULL PRIMARY KEY, version INT NOT NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.operations (
     operation_id CHAR(10) NOT NULL PRIMARY KEY,
     kind VARCHAR(20) NOT NULL,
     workflow_id VARCHAR(512) NOT NULL,
     run_id VARCHAR(64) NOT NULL,
     database_name VARCHAR(64) NOT NULL,
     table_name VARCHAR(64) NOT NULL,
     epoch BIGINT UNSIGNED NOT NULL,
     state VARCHAR(20) NOT NULL,
     plan LONGTEXT NULL,
     created_at DATETIME(6) NOT NULL,
     closed_at DATETIME(6) NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.table_locks (
     database_name VARCHAR(64) NOT NULL,
     table_name VARCHAR(64) NOT NULL,
     operation_id CHAR(10) NOT NULL,
     PRIMARY KEY (database_name, table_name)) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.owned_tables (
     database_name VARCHAR(64) NOT NULL,
     table_name VARCHAR(64) NOT NULL,
     operation_id CHAR(10) NOT NULL,
     role VARCHAR(20) NOT NULL,
     of_table VARCHAR(64) NOT NULL,
     recorded_at DATETIME(6) NOT NULL,
     PRIMARY KEY (database_name, table_name), KEY (operation_id)) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.streams (
     operation_id CHAR(10) NOT NULL PRIMARY KEY,
     position LONGTEXT NOT NULL,
     updated_at DATETIME(6) NOT NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.progress (
     operation_id CHAR(10) NOT NULL PRIMARY KEY,
     watermark LONGTEXT NULL,
     upper_bound LONGTEXT NULL,
     rows_copied BIGINT UNSIGNED NOT NULL DEFAULT 0,
     copied_at DATETIME(6) NULL,
     indexed_at DATETIME(6) NULL,
     verified_at DATETIME(6) NULL,
     updated_at DATETIME(6) NOT NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.cut_overs (
     operation_id CHAR(10) NOT NULL,
     attempt INT UNSIGNED NOT NULL,
     session_id BIGINT UNSIGNED NOT NULL,
     started_at DATETIME(6) NOT NULL,
     locked_at DATETIME(6) NULL,
     position LONGTEXT NULL,
     ended_at DATETIME(6) NULL,
     outcome VARCHAR(20) NULL,
     blocked_ms DOUBLE NULL,
     PRIMARY KEY (operation_id, attempt)) ${options}`,
  `CREATE TABLE IF NOT EXISTS _switchyard.audit_log (
     id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
     operation_id CHAR(10) NOT NULL,
     at DATETIME(6) NOT NULL,
     command VARCHAR(50) NOT NULL,
     via VARCHAR(20) NOT NULL,
     asked_by VARCHAR(200) NULL,
     reason VARCHAR(1000) NULL,
     outcome VARCHAR(20) NOT NULL,
     message TEXT NOT NULL,
     UNIQUE KEY once (operation_id, at, command, via)) ${options}`,
];

interface Step {
  readonly version: number;
  readonly sql: string | readonly string[];
  /**
   * A worker that does not know of it goes on writing, and nothing goes wrong: a table, a column that may be empty. Every
   * step should be made so, since a roll-out has workers of both versions, and one that is taken back has them again.
   */
  readonly additive?: true;
}

/** What came after version 1: columns of tables that exist already, and tables. What a step once made is never edited. */
const steps: readonly Step[] = [
  {
    version: 2,
    sql: `ALTER TABLE _switchyard.progress ADD COLUMN not_compared LONGTEXT NULL,
            ADD COLUMN changes_not_compared BIGINT UNSIGNED NOT NULL DEFAULT 0`,
  },
  {
    version: 3,
    sql: `ALTER TABLE _switchyard.progress ADD COLUMN table_number SMALLINT UNSIGNED NOT NULL DEFAULT 0 AFTER operation_id,
            DROP PRIMARY KEY, ADD PRIMARY KEY (operation_id, table_number)`,
  },
  {
    version: 4,
    sql: `CREATE TABLE IF NOT EXISTS _switchyard.switch_journal (
            operation_id CHAR(10) NOT NULL,
            direction VARCHAR(10) NOT NULL,
            attempt INT UNSIGNED NOT NULL,
            outcome VARCHAR(10) NOT NULL,
            token BIGINT UNSIGNED NOT NULL,
            position LONGTEXT NULL,
            at DATETIME(6) NOT NULL,
            PRIMARY KEY (operation_id, direction, attempt)) ${options}`,
  },
  {
    version: 5,
    sql: [
      `CREATE TABLE IF NOT EXISTS _switchyard.routing_moves (
         move_number BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
         operation_id CHAR(10) NOT NULL,
         move_name VARCHAR(512) NOT NULL,
         version BIGINT UNSIGNED NOT NULL,
         applied_at DATETIME(6) NOT NULL,
         UNIQUE KEY (operation_id)) ${options}`,
      `CREATE TABLE IF NOT EXISTS _switchyard.routing_rules (
         operation_id CHAR(10) NOT NULL,
         cluster_name VARCHAR(100) NOT NULL,
         database_name VARCHAR(64) NOT NULL,
         table_name VARCHAR(64) NOT NULL,
         reads_cluster VARCHAR(100) NOT NULL,
         reads_database VARCHAR(64) NOT NULL,
         writes_cluster VARCHAR(100) NOT NULL,
         writes_database VARCHAR(64) NOT NULL,
         PRIMARY KEY (operation_id, cluster_name, database_name, table_name)) ${options}`,
    ],
  },
  { version: 6, sql: 'ALTER TABLE _switchyard.progress ADD COLUMN comparison LONGTEXT NULL' },
  {
    version: 7,
    sql: `ALTER TABLE _switchyard.operations ADD COLUMN namespace VARCHAR(255) NULL,
            ADD COLUMN temporal_cluster VARCHAR(255) NULL`,
  },
  { version: 8, sql: 'ALTER TABLE _switchyard.progress ADD COLUMN compared_tables TEXT NULL' },
  {
    version: 9,
    sql: [
      `CREATE TABLE IF NOT EXISTS _switchyard.write_probes (
         probe_id CHAR(16) NOT NULL PRIMARY KEY,
         sent_ms BIGINT UNSIGNED NOT NULL,
         written_at DATETIME(6) NOT NULL) ${options}`,
      `CREATE TABLE IF NOT EXISTS _switchyard.write_latencies (
         operation_id CHAR(10) NOT NULL,
         cluster_name VARCHAR(100) NOT NULL,
         span VARCHAR(10) NOT NULL,
         counts LONGTEXT NOT NULL,
         recorded_at DATETIME(6) NOT NULL,
         PRIMARY KEY (operation_id, cluster_name, span)) ${options}`,
    ],
  },
  { version: 10, sql: 'ALTER TABLE _switchyard.schema_version ADD COLUMN newest INT NULL', additive: true },
  {
    version: 11,
    sql: `CREATE TABLE IF NOT EXISTS _switchyard.samples (
            operation_id CHAR(10) NOT NULL,
            stage VARCHAR(20) NOT NULL,
            series LONGTEXT NOT NULL,
            updated_at DATETIME(6) NOT NULL,
            PRIMARY KEY (operation_id, stage)) ${options}`,
    additive: true,
  },
];

/** Version of the tables with all steps. */
const schemaVersion = Math.max(...steps.map(({ version }) => version));

/** What a sidecar says of itself. */
interface Versions {
  /** What a worker has to know that writes to it: the last step that is not additive. */
  readonly version: number;
  /** The last step of all; absent before there were additive ones. */
  readonly newest?: number | null;
}

/**
 * Makes the sidecar where it is missing, and brings an older one up to date; safe to call from several workers at once.
 * @throws SIDECAR_TOO_NEW when a newer Switchyard has changed it in a way that this one would have to know.
 */
export async function ensureSidecar(session: Session): Promise<void> {
  for (let repeat = 1; ; repeat += 1) {
    try {
      return await bringUpToDate(session);
    } catch (error) {
      // Several that make the first tables at once can be in a deadlock, although each statement allows for the others.
      if (!isRepeatable(error) || repeat === transactionRepeatsMax) throw error;
    }
  }
}

async function bringUpToDate(session: Session): Promise<void> {
  // DDL waits for a backup, also where it makes nothing: a router must hear of a switch meanwhile.
  if (!(await isMade(session))) {
    await session.run(`CREATE DATABASE IF NOT EXISTS _switchyard DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    for (const statement of tables) await session.run(statement);
    await session.run('INSERT IGNORE INTO _switchyard.schema_version (id, version) VALUES (1, 1)');
  }
  await updateSidecar(session);
}

/** Whether all of its first tables are there, and it says which version it has. */
async function isMade(session: Session): Promise<boolean> {
  const names = tables.map((statement) => /_switchyard\.(\w+)/.exec(statement)?.[1] ?? '');
  const found = await existingTables(session, sidecarDatabase, names);
  if (names.some((name) => !found.has(name))) return false;
  return (await session.rows('SELECT 1 FROM _switchyard.schema_version')).length > 0;
}

/**
 * Brings one that is there up to date, for an operation that an earlier version has begun.
 * @throws SIDECAR_TOO_NEW when a newer Switchyard has changed it in a way that this one would have to know.
 */
export async function updateSidecar(session: Session): Promise<void> {
  const { version, newest } = await session.row<Versions>('SELECT * FROM _switchyard.schema_version');
  if (version > schemaVersion) throw new SwitchyardError('SIDECAR_TOO_NEW', { version, known: schemaVersion });
  const taken = Math.max(version, newest ?? 0);
  for (const step of steps) if (step.version > taken) await takeStep(session, step);
}

async function takeStep(session: Session, { version, sql, additive }: Step): Promise<void> {
  try {
    for (const statement of [sql].flat()) await session.run(statement);
  } catch (error) {
    // Another worker was quicker.
    if (serverErrorNumber(error) !== errorNumbers.duplicateColumn) throw error;
  }
  const column = additive === true ? 'newest' : 'version';
  await session.run(`UPDATE _switchyard.schema_version SET ${column} = ? WHERE COALESCE(${column}, 0) < ?`, [
    version,
    version,
  ]);
}

/** `newer`: in a way that this version would have to know. */
export interface SidecarState {
  readonly state: 'absent' | 'older' | 'current' | 'newer';
  /** The last step that it has; of a newer one, what a worker would have to know. 0 where there is none, or only a part. */
  readonly version: number;
  /** What this version makes of it. */
  readonly known: number;
  /** Whether workers that know no more than what there is can go on writing to what this version makes of it. */
  readonly isAdditive: boolean;
}

/** Which version of the sidecar there is, without making or changing it. @throws the driver's errors. */
export async function sidecarState(session: Session): Promise<SidecarState> {
  if (!(await isMade(session))) {
    const isBegun = await sidecarExists(session);
    return { state: isBegun ? 'older' : 'absent', version: 0, known: schemaVersion, isAdditive: true };
  }
  const { version, newest } = await session.row<Versions>('SELECT * FROM _switchyard.schema_version');
  const taken = Math.max(version, newest ?? 0);
  const left = steps.filter((step) => step.version > taken);
  const state = version > schemaVersion ? 'newer' : left.length > 0 ? 'older' : 'current';
  const isAdditive = left.every(({ additive }) => additive === true);
  return { state, version: state === 'newer' ? version : taken, known: schemaVersion, isAdditive };
}

/** Whether the sidecar is there, without making it. */
export async function sidecarExists(session: Session): Promise<boolean> {
  const rows = await session.rows(`SELECT 1 FROM information_schema.tables WHERE table_schema = '_switchyard'
     AND table_name = 'audit_log'`);
  return rows.length > 0;
}
