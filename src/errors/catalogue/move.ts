import type { Catalogue } from '../entry.js';

/** The end and the traffic of a move: what is refused, and what a person has to decide. */
export const moveErrors = {
  SAME_SERVER: {
    kind: 'terminal',
    sentence: 'Clusters {source} and {target} are the same server.',
    remedy: 'Name two clusters; within one server RENAME TABLE moves a table in no time.',
  },
  TRIGGERS_NOT_ALLOWED: {
    kind: 'terminal',
    sentence:
      'Cluster {cluster} does not let our account make triggers, which refuse writes on the side that must not get them.',
    remedy: 'Set log_bin_trust_function_creators=ON there for the time of the move, or grant SUPER, then start again.',
  },
  NAMES_COMPARED_DIFFERENTLY: {
    kind: 'terminal',
    sentence: 'Clusters {source} and {target} compare names differently (lower_case_table_names {settings}).',
    remedy: 'Move to a server with the same lower_case_table_names.',
  },
  NO_TABLES: {
    kind: 'terminal',
    sentence: 'There are no tables to move in database {database} of cluster {cluster}.',
    remedy: 'Name the tables, or another database; views are not moved.',
  },
  UNKNOWN_DATABASE: {
    kind: 'terminal',
    sentence: 'There is no database {database} on cluster {cluster}.',
    remedy:
      'Correct the name, or make it there first, with the character set that its future tables are to have by default. A database is not seen by an account without any privilege on it; docs/servers.md has the grants.',
  },
  NO_ROUTER: {
    kind: 'terminal',
    sentence: 'The configuration of the worker names no router, which tells applications where moved tables are.',
    remedy:
      'Add a section router to the configuration, such as {"driver": "table", "cluster": "…"}, and restart the worker.',
  },
  NOT_SWITCHED: {
    kind: 'terminal',
    sentence: 'The {direction} stream of move {move} cannot begin: the journal knows no switch that it follows.',
    remedy: 'Rows of the sidecar were removed by hand. Nothing is done to the tables; look at where the traffic goes.',
  },
  TARGET_TABLE_EXISTS: {
    kind: 'terminal',
    sentence: 'Table {table} is there already on cluster {cluster}.',
    remedy: 'Nothing was changed. Rename or drop it, or move to another database.',
  },
  TARGET_DEFINITION_DIFFERS: {
    kind: 'terminal',
    sentence: 'Cluster {cluster} does not take table {table} as the source defines it: {problem}.',
    remedy: 'Nothing was left behind. Make both servers alike in what the message names, then start again.',
  },
  REASON_MISSING: {
    kind: 'terminal',
    sentence: '{command} needs a reason.',
    remedy: 'Nothing was changed. Send it again with {"reason": "…"}; the audit log keeps it.',
  },
  WRITES_NOT_SWITCHED: {
    kind: 'terminal',
    sentence: '{command} is not possible while the writes of the move go to the source.',
    remedy: 'Send switchTraffic first; or end the move with cancel, and with force where a server is gone.',
  },
  WRITES_ON_TARGET: {
    kind: 'terminal',
    sentence: '{command} is not possible: the writes of the move go to the target since {since}.',
    remedy: 'Send reverseTraffic first to give them back to the source, or complete to end the move.',
  },
  READS_NOT_SWITCHED: {
    kind: 'terminal',
    sentence: '{command} is not possible while the reads of the move go to the source.',
    remedy: 'Send switchTraffic with {"reads": true} first.',
  },
  SOURCE_UNREACHABLE: {
    kind: 'terminal',
    sentence: 'The source cannot be reached since {since}, so {command} is not possible: {problem}.',
    remedy:
      'Nothing was changed, and the target serves what was switched. Either wait until the source is back and send {command} again; or, where it is gone for good, send forceComplete with a reason, which skips the source and lists what stays behind there.',
  },
  SOURCE_ANSWERS: {
    kind: 'terminal',
    sentence: 'forceComplete is for a source that is gone, and this one answers: {problem}.',
    remedy:
      'Send complete. Where the move has to end although the source answers, send forceComplete with overrideReachableSource.',
  },
  TARGET_UNREACHABLE: {
    kind: 'needsOperator',
    sentence: 'The target, which has the writes, cannot be reached since {since}: {problem}.',
    remedy:
      'It goes on by itself once the target is back. Where it is gone for good, send reverseTraffic with acceptLoss and a reason: the source gets the writes, and what was written after the last reversed position ({position}) is lost.',
  },
  TARGET_ANSWERS: {
    kind: 'terminal',
    sentence: 'acceptLoss is for a target that is gone, and this one answers: {problem}.',
    remedy: 'Send reverseTraffic without acceptLoss: nothing is lost then.',
  },
  SERVERS_ANSWER: {
    kind: 'terminal',
    sentence: 'A forced cancel is for a server that is gone, and both answer.',
    remedy: 'Send cancel without force: it removes everything.',
  },
  TABLE_HELD: {
    kind: 'retryable',
    sentence:
      'A table on cluster {cluster} that is to be renamed or dropped, or to lose its fences, is held: {problem}.',
    remedy:
      'It is tried again by itself, and asks for the lock only briefly. End what holds the table, or wait for its end.',
  },
  GATE_LOST: {
    kind: 'retryable',
    sentence: 'The gate on cluster {cluster} was opened by somebody else while it was being shut.',
    remedy: 'Nothing was switched. What was begun is undone, and the next attempt begins anew.',
  },
  SWITCH_UNCLEAR: {
    kind: 'needsOperator',
    sentence:
      'It cannot be told whether traffic was switched to the {side}: {problem}. Writes are refused since {since}.',
    remedy: 'It is looked into again by itself every 10 s. {wayOut}',
  },
  SWITCH_LOST: {
    kind: 'needsOperator',
    sentence:
      'Cluster {cluster}, the {side}, answers, but does not know that it got the writes of the move: it is another server, or has lost transactions.',
    remedy:
      'Where the server that has them can be brought back, do that. Else the other side can get the writes, and what only this one was given since is lost: where it is the target, by reverseTraffic with acceptLoss and a reason, where it is the source, by forceComplete with acceptLoss and a reason.',
    unsaid: ['since'],
  },
  LOSS_NOT_ACCEPTED: {
    kind: 'terminal',
    sentence: 'The source may have writes that the target lacks, which forceComplete would give up.',
    remedy:
      'Nothing was changed. Wait for the source; or, where it is gone for good, send forceComplete with {"acceptLoss": true} and a reason: the target gets the writes, and what only the source has is lost.',
  },
} as const satisfies Catalogue;
