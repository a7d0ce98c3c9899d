/** Puts together what the page of an operation shows. Pure. */
import { migrationFacts } from '../../contract/migration/facts.js';
import { moveFacts } from '../../contract/move/facts.js';
import { commonFacts, type Facts } from '../../contract/operation/facts.js';
import type { OperationStatus } from '../../contract/operation/status.js';
import type { WriteLatency } from '../../domain/write-latency.js';
import type { Blocker } from '../../domain/attempt.js';
import type { Attempt, Fact, KeptSeries, ReportData, TableProgress, Verification } from '../data.js';
import { auditOf } from '../history/audit.js';
import { attemptsOf, intervalsOf } from '../history/course.js';
import { field, numberField, textsField, type Ran } from '../history/runs.js';
import { factsOf, type OperationFacts } from './facts.js';
import { leftOf } from './left.js';
import { nowOf } from './now.js';
import { settingsOf } from './settings.js';
import type { Sources } from './sources.js';

export function reportData(sources: Sources): ReportData {
  const { kind, workflowId, madeAt, records, pending, migration, move } = sources;
  const facts = factsOf(sources);
  const { events, ran, input, name, tables, outcome, startedAt, endedAt, operationId } = facts;
  const status: OperationStatus | null = migration.status ?? move.status;
  const attempts = attemptsOf(ran);
  const logged = records === null ? null : records.flatMap(({ audit }) => audit);
  const isRunning = outcome === 'running';
  const series = seriesOf(sources);
  return {
    ...{ madeAt, kind, name, workflowId, operationId, outcome, startedAt, endedAt, tables, attempts, series },
    phase: status?.phase ?? null,
    reason: status?.reason ?? null,
    nextStep: isRunning ? (status?.nextStep ?? null) : null,
    statement: kind === 'onlineDdl' ? (migration.status?.statement ?? textOf(input, 'statement')) : null,
    header: headerOf(sources, facts),
    error: errorOf(status, facts),
    warnings: status?.warnings ?? textsField(facts.prepared, 'warnings'),
    now: isRunning ? nowOf(pending, toldOf(sources)) : [],
    intervals: intervalsOf(ran),
    blockers: blockersOf(status, attempts),
    audit: auditOf(events, ran, logged),
    writeLatency: writeLatencyOf(facts),
    verification: verificationOf(sources, facts, status, series),
    settings: settingsOf(sources, input),
    plan: migration.plan?.steps ?? move.plan?.steps ?? [],
    ...leftOf(sources, facts),
    gaps: gapsOf(sources),
  };
}

/** What people read of its status. */
function toldOf({ migration, move }: Sources): Facts {
  if (migration.status !== null) return [...commonFacts(migration.status), ...migrationFacts(migration.status)];
  return move.status === null ? [] : [...commonFacts(move.status), ...moveFacts(move.status)];
}

function textOf(input: unknown, name: string): string | null {
  const value = field(input, name);
  return typeof value === 'string' ? value : null;
}

function headerOf({ kind, workflowId, runId, namespace, runs }: Sources, facts: OperationFacts): readonly Fact[] {
  const { places, operationId, startedBy } = facts;
  const titles = kind === 'onlineDdl' ? ['Cluster'] : ['From', 'To'];
  const where = places.map(({ cluster, database }, index) => ({
    name: titles[index] ?? '',
    value: kind === 'onlineDdl' ? cluster : `${cluster}, database ${database}`,
  }));
  return [
    ...where,
    { name: 'Operation', value: operationId ?? 'not prepared' },
    { name: 'Workflow', value: workflowId },
    { name: 'Run', value: runs.length > 1 ? `${runId} (the last of ${runs.length} that were read)` : runId },
    { name: 'Namespace', value: namespace },
    { name: 'Started by', value: startedBy },
  ];
}

function errorOf(status: OperationStatus | null, { problem, outcome }: OperationFacts): ReportData['error'] {
  if (status?.error != null) return status.error;
  // Of a cancel by Temporal there is no more to say than that.
  return problem === null || outcome === 'cancelled' ? null : { ...problem, remedy: '' };
}

function blockersOf(status: OperationStatus | null, attempts: readonly Attempt[]): readonly Blocker[] {
  const told = status?.blockers ?? [];
  return told.length > 0 ? told : (attempts.findLast(({ blockers }) => blockers.length > 0)?.blockers ?? []);
}

function writeLatencyOf(facts: OperationFacts): readonly WriteLatency[] {
  const all = [
    field(facts.result, 'writeLatency'),
    ...facts.ran.map(({ result }) => field(result, 'writeLatency')).reverse(),
  ];
  const told = all.find((one) => Array.isArray(one) && one.length > 0);
  return (told as readonly WriteLatency[] | undefined) ?? [];
}

function lastCopied({ ran, result }: OperationFacts): unknown {
  const isTold = (one: unknown): boolean => numberField(one, 'rowsCopied') !== null;
  return isTold(result) ? result : ran.map(({ result: of }: Ran) => of).findLast(isTold);
}

function verificationOf(
  { records, kind }: Sources,
  facts: OperationFacts,
  status: OperationStatus | null,
  series: readonly KeptSeries[],
): Verification {
  const told = status ?? lastCopied(facts);
  const verified = field(told, 'verified');
  const { error } = { error: errorOf(status, facts) };
  const compared = series.find(({ stage }) => stage === 'verifying')?.samples.at(-1)?.rows ?? null;
  // Of a move those of the target: the source has rows of the way back alone.
  const home = kind === 'onlineDdl' ? facts.places[0] : facts.places[1];
  const own = records?.find(({ cluster }) => cluster === home?.cluster);
  return {
    rowsCopied: numberField(told, 'rowsCopied'),
    verified: typeof verified === 'boolean' ? verified : null,
    notCompared: textsField(told, 'notCompared'),
    rowsCompared: compared,
    differences: error?.code === 'VERIFICATION_FAILED' ? error.message : null,
    tables: (own?.tables ?? []).map(({ tableNumber, ...progress }): TableProgress => ({
      table: facts.tables[tableNumber] ?? `table ${tableNumber}`,
      ...progress,
    })),
  };
}

/** In the order in which they began. */
function seriesOf({ records }: Sources): readonly KeptSeries[] {
  const all = (records ?? []).flatMap(({ cluster, series }) => series.map((one) => ({ ...one, keptOn: cluster })));
  const begin = ({ samples }: KeptSeries): number => samples[0]?.atMs ?? 0;
  return all.sort((one, other) => begin(one) - begin(other));
}

function gapsOf({ gaps, records }: Sources): readonly string[] {
  if (records !== null) return gaps;
  return [
    ...gaps,
    'The clusters were not asked, since no configuration of a worker was given (--config): rate, lag and write latency over time, the tables one by one, and whether the audit log has every line are missing.',
  ];
}
