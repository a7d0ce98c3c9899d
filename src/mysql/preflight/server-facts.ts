/** The settings of a server that decide whether and how Switchyard can work on it. */
import type { Session } from '../server/session/session.js';

/** Global values. Null where this server has no such variable; ON and OFF are booleans. */
export interface ServerFacts {
  readonly version: string;
  /** Names the product and the build. */
  readonly versionComment: string;
  readonly serverUuid: string;
  readonly logBin: boolean | null;
  /** ON, OFF, or a step between them. */
  readonly gtidMode: string | null;
  readonly enforceGtidConsistency: string | null;
  readonly binlogFormat: string | null;
  readonly binlogRowImage: string | null;
  readonly binlogErrorAction: string | null;
  readonly syncBinlog: number | null;
  readonly innodbFlushLogAtTrxCommit: number | null;
  readonly logReplicaUpdates: boolean | null;
  /** How long the server keeps binlogs before it purges them by itself; null where it never does. */
  readonly binlogRetentionSeconds: number | null;
  readonly readOnly: boolean | null;
  readonly superReadOnly: boolean | null;
  readonly sqlMode: string;
  /** As it is set, so that it may be `SYSTEM`: then `systemTimeZone` says in words which one that is. */
  readonly timeZone: string;
  readonly systemTimeZone: string;
  /** 0: names of tables and databases are case-sensitive. */
  readonly lowerCaseTableNames: number;
  /** ON: `_` and `%` in the database names of grants are no wildcards. */
  readonly partialRevokes: boolean | null;
  /** Null without the group replication plugin. */
  readonly groupReplicationSinglePrimaryMode: boolean | null;
  /** Galera's switch. */
  readonly wsrepOn: boolean | null;
}

const variableNames = [
  'version',
  'version_comment',
  'server_uuid',
  'log_bin',
  'gtid_mode',
  'enforce_gtid_consistency',
  'binlog_format',
  'binlog_row_image',
  'binlog_error_action',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'log_replica_updates',
  'binlog_expire_logs_seconds',
  'binlog_expire_logs_auto_purge',
  'expire_logs_days',
  'max_binlog_cache_size',
  'read_only',
  'super_read_only',
  'sql_mode',
  'time_zone',
  'system_time_zone',
  'lower_case_table_names',
  'innodb_native_foreign_keys',
  'partial_revokes',
  'group_replication_single_primary_mode',
  'wsrep_on',
] as const;

type Variables = ReadonlyMap<string, string>;

/** Reads the facts in one statement; needs no privilege. @throws the driver's errors. */
export async function loadServerFacts(session: Session): Promise<ServerFacts> {
  const rows = await session.rows<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${variableNames.map(() => '?').join(', ')})`,
    variableNames,
  );
  const variables: Variables = new Map(rows.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value]));
  const text = (name: (typeof variableNames)[number]): string | null => variables.get(name) ?? null;
  const number = (name: (typeof variableNames)[number]): number | null => {
    const value = variables.get(name);
    return value === undefined ? null : Number(value);
  };
  const flag = (name: (typeof variableNames)[number]): boolean | null => {
    const value = variables.get(name);
    return value === undefined ? null : value === 'ON' || value === '1';
  };
  return {
    version: text('version') ?? '',
    versionComment: text('version_comment') ?? '',
    serverUuid: text('server_uuid') ?? '',
    logBin: flag('log_bin'),
    gtidMode: text('gtid_mode'),
    enforceGtidConsistency: text('enforce_gtid_consistency'),
    binlogFormat: text('binlog_format'),
    binlogRowImage: text('binlog_row_image'),
    binlogErrorAction: text('binlog_error_action'),
    syncBinlog: number('sync_binlog'),
    innodbFlushLogAtTrxCommit: number('innodb_flush_log_at_trx_commit'),
    logReplicaUpdates: flag('log_replica_updates'),
    binlogRetentionSeconds: retentionSeconds(
      flag('binlog_expire_logs_auto_purge') ?? true,
      number('binlog_expire_logs_seconds') ?? 0,
      number('expire_logs_days') ?? 0,
    ),
    readOnly: flag('read_only'),
    superReadOnly: flag('super_read_only'),
    sqlMode: text('sql_mode') ?? '',
    timeZone: text('time_zone') ?? 'SYSTEM',
    systemTimeZone: text('system_time_zone') ?? '',
    lowerCaseTableNames: number('lower_case_table_names') ?? 0,
    partialRevokes: flag('partial_revokes'),
    groupReplicationSinglePrimaryMode: flag('group_replication_single_primary_mode'),
    wsrepOn: flag('wsrep_on'),
  };
}

/** The server purges by seconds, or by days where those are 0, or never. */
function retentionSeconds(autoPurge: boolean, seconds: number, days: number): number | null {
  if (!autoPurge) return null;
  if (seconds > 0) return seconds;
  return days > 0 ? days * 86_400 : null;
}
