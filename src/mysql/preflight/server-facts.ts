/** The settings of a server that decide whether and how Switchyard can work on it. */
import { placeholders } from '../server/introspect/in-sets.js';
import type { Session } from '../server/session/session.js';

/** How one fact is read; a value is undefined where this server has no such variable. */
interface Reading<Fact> {
  readonly variables: readonly string[];
  readonly read: (...values: readonly (string | undefined)[]) => Fact;
}

/** A fact is a line here. Global values; null where this server has no such variable. */
const readings = {
  version: word('version'),
  /** Names the product and the build. */
  versionComment: word('version_comment'),
  serverUuid: word('server_uuid'),
  logBin: flag('log_bin'),
  /** ON, OFF, or a step between them. */
  gtidMode: wordIfAny('gtid_mode'),
  enforceGtidConsistency: wordIfAny('enforce_gtid_consistency'),
  binlogFormat: wordIfAny('binlog_format'),
  binlogRowImage: wordIfAny('binlog_row_image'),
  binlogErrorAction: wordIfAny('binlog_error_action'),
  syncBinlog: numberIfAny('sync_binlog'),
  innodbFlushLogAtTrxCommit: numberIfAny('innodb_flush_log_at_trx_commit'),
  logReplicaUpdates: flag('log_replica_updates'),
  /** How long the server keeps binlogs before it purges them by itself; null where it never does. */
  binlogRetentionSeconds: {
    variables: ['binlog_expire_logs_auto_purge', 'binlog_expire_logs_seconds', 'expire_logs_days'],
    read: (autoPurge = 'ON', seconds, days): number | null =>
      isOn(autoPurge) ? retentionSeconds(Number(seconds ?? 0), Number(days ?? 0)) : null,
  },
  readOnly: flag('read_only'),
  superReadOnly: flag('super_read_only'),
  sqlMode: word('sql_mode'),
  /** As it is set, so that it may be `SYSTEM`: then `systemTimeZone` says in words which one that is. */
  timeZone: { variables: ['time_zone'], read: (value = 'SYSTEM'): string => value },
  systemTimeZone: word('system_time_zone'),
  /** 0: names of tables and databases are case-sensitive. */
  lowerCaseTableNames: { variables: ['lower_case_table_names'], read: (value): number => Number(value ?? 0) },
  /** ON: `_` and `%` in the database names of grants are no wildcards. */
  partialRevokes: flag('partial_revokes'),
  /** Null without the group replication plugin. */
  groupReplicationSinglePrimaryMode: flag('group_replication_single_primary_mode'),
  /** Galera's switch. */
  wsrepOn: flag('wsrep_on'),
} satisfies Record<string, Reading<unknown>>;

type Readings = typeof readings;

export type ServerFacts = { readonly [Fact in keyof Readings]: ReturnType<Readings[Fact]['read']> };

/** Reads the facts in one statement; needs no privilege. @throws the driver's errors. */
export async function loadServerFacts(session: Session): Promise<ServerFacts> {
  const all: [string, Reading<unknown>][] = Object.entries(readings);
  const names = all.flatMap(([, { variables }]) => variables);
  const rows = await session.rows<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN ${placeholders(names)}`,
    names,
  );
  const values = new Map(rows.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value]));
  const facts = all.map(([fact, { variables, read }]) => [fact, read(...variables.map((name) => values.get(name)))]);
  return Object.fromEntries(facts) as ServerFacts;
}

function word(variable: string): Reading<string> {
  return { variables: [variable], read: (value = '') => value };
}

function wordIfAny(variable: string): Reading<string | null> {
  return { variables: [variable], read: (value) => value ?? null };
}

function numberIfAny(variable: string): Reading<number | null> {
  return { variables: [variable], read: (value) => (value === undefined ? null : Number(value)) };
}

function flag(variable: string): Reading<boolean | null> {
  return { variables: [variable], read: (value) => (value === undefined ? null : isOn(value)) };
}

function isOn(value: string): boolean {
  return value === 'ON' || value === '1';
}

/** The server purges by seconds, or by days where those are 0, or never. */
function retentionSeconds(seconds: number, days: number): number | null {
  if (seconds > 0) return seconds;
  return days > 0 ? days * 86_400 : null;
}
