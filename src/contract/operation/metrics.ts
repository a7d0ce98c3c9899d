/**
 * All metrics of ours: what a worker shows of itself beside those of Temporal's SDK. A contract, since dashboards and
 * alerts know the names (ops/, docs/observe.md). Base units, which are in the names, and labels of few values: no names of
 * tables, databases, operations or people.
 */
import type { MetricMeter } from '@temporalio/common';

/** The values that a label may have, where they are known; `clusters`: those of the configuration; `open`: a few others. */
type Values = readonly string[] | 'clusters' | 'open';

export interface DeclaredMetric<Label extends string = string> {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** Empty for a number of things. */
  readonly unit: '' | 's';
  readonly help: string;
  readonly labels: Readonly<Record<Label, Values>>;
  /** Of a histogram. */
  readonly buckets?: readonly number[];
  /** The type of the workflow that counts it, where that is not the label `kind`. */
  readonly countedBy?: string;
  /** It is 0 from the start of a worker on: an alert looks for an increase, and sees none in a first value. */
  readonly fromStart?: true;
}

/** By the type of its workflow. */
export const operationKinds = ['onlineDdl', 'moveTables'] as const;
const kind = operationKinds;
/** In the place of a cluster before the preparation: a name that somebody has mistyped would be a label. */
export const unknownCluster = 'unknown';
/** Of an operation: where its tables are; of a move, where they come from. */
const ofOperation = { kind, cluster: 'clusters' } as const;
/** And of the clean-up of its retained tables, which goes on for itself. */
const ofOperationOrCleanup = { kind: [...kind, 'tableCleanup'], cluster: 'clusters' } as const;
const outcomes = ['completed', 'cancelled', 'failed'] as const;

function counter<Label extends string>(
  name: string,
  labels: Readonly<Record<Label, Values>>,
  help: string,
): DeclaredMetric<Label> {
  return { name, kind: 'counter', unit: '', help, labels };
}

function gauge<Label extends string>(
  name: string,
  unit: '' | 's',
  labels: Readonly<Record<Label, Values>>,
  help: string,
): DeclaredMetric<Label> {
  return { name, kind: 'gauge', unit, help, labels };
}

function fromStart<Label extends string>(metric: DeclaredMetric<Label>): DeclaredMetric<Label> {
  return { ...metric, fromStart: true };
}

/** It is 0 from the start on, as what `beside` counts is seldom. */
function countedBy<Label extends string>(beside: string, metric: DeclaredMetric<Label>): DeclaredMetric<Label> {
  return { ...fromStart(metric), countedBy: beside };
}

/** Counted by workflows, each time that something is news (src/lifecycle/operation/news.ts). */
export const operationMetrics = {
  phaseChanges: counter(
    'switchyard_phase_changes_total',
    { ...ofOperationOrCleanup, phase: 'open' },
    'Changes of phase, by the phase that begins.',
  ),
  commands: counter(
    'switchyard_commands_total',
    { ...ofOperationOrCleanup, command: 'open', outcome: ['done', 'accepted', 'refused', 'tooLate'] },
    'Commands that were answered, also those that the system gave itself.',
  ),
  attempts: counter(
    'switchyard_attempts_total',
    { ...ofOperation, outcome: 'open' },
    'Attempts to cut over or to switch that have ended: done, or why they came to nothing.',
  ),
  blocked: {
    ...{ name: 'switchyard_blocked_seconds', kind: 'histogram', unit: 's', labels: ofOperation },
    help: 'How long writers have waited for an attempt.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  } satisfies DeclaredMetric,
  switches: fromStart(
    counter(
      'switchyard_switches_total',
      { ...ofOperation, direction: ['forward', 'reverse'] },
      'Swaps of tables and switches of writes, and switches back.',
    ),
  ),
  retries: fromStart(
    counter('switchyard_retries_total', ofOperationOrCleanup, 'Failures of work that is tried again by itself.'),
  ),
  waits: fromStart(
    counter('switchyard_waits_total', ofOperation, 'Times that work had waited for seconds: for a lock, the throttle.'),
  ),
  needsOperator: fromStart(
    counter('switchyard_needs_operator_total', ofOperation, 'Times that an operation began to wait for a person.'),
  ),
  postponedBySystem: fromStart(
    counter('switchyard_postponed_by_system_total', ofOperation, 'Times that all attempts were used up.'),
  ),
  writesRefused: fromStart(
    counter(
      'switchyard_writes_refused_total',
      ofOperation,
      'Times that neither side of a move took the writes, as far as anybody could tell.',
    ),
  ),
  ended: fromStart(
    counter('switchyard_operations_ended_total', { ...ofOperation, outcome: outcomes }, 'Operations that have ended.'),
  ),
} as const;

/** Counted by the workflows beside operations. */
export const besideMetrics = {
  retainedTables: countedBy(
    'tableCleanup',
    counter(
      'switchyard_retained_tables_total',
      { cluster: 'clusters', outcome: ['dropped', 'alreadyGone', 'kept'] },
      'Tables that were kept for a while and came to their end: dropped, found to be gone, or kept for good.',
    ),
  ),
  routerCalls: countedBy(
    'tellRouter',
    counter(
      'switchyard_router_calls_total',
      { outcome: ['applied', 'newer', 'refused', 'notTold'] },
      'Calls of the activity that tells the router, by how they have ended.',
    ),
  ),
  residuals: countedBy(
    'reconcile',
    counter(
      'switchyard_residuals_total',
      { cluster: 'clusters', outcome: ['removed', 'removable', 'refused', 'inUse', 'kept'] },
      'What reconcile has found on a cluster, one for each operation, by what became of it.',
    ),
  ),
} as const;

/** Of the work in a process, and of what is open. */
export const workMetrics = {
  rowsCopied: fromStart(counter('switchyard_rows_copied_total', ofOperation, 'Rows that were copied.')),
  operations: gauge(
    'switchyard_operations',
    '',
    { kind, phase: 'open' },
    'Operations that are open, of all workers, by their phase: each worker shows the same, as Temporal lists it.',
  ),
  running: gauge(
    'switchyard_running_work',
    '',
    { ...ofOperation, stage: 'open' },
    'Activities that work on tables in this process, by what they do.',
  ),
  lag: fromStart(
    gauge(
      'switchyard_follow_lag_seconds',
      's',
      ofOperation,
      'How old the oldest change is that is not applied yet: of those that follow in this process, the worst.',
    ),
  ),
  writeLatency: fromStart(
    gauge(
      'switchyard_write_latency_seconds',
      's',
      { cluster: 'clusters' },
      'What a small write of our own takes now while tables are copied or compared; 0 while none is measured.',
    ),
  ),
  sessions: fromStart(
    gauge('switchyard_sessions', '', { cluster: 'clusters' }, 'Connections of this process to MySQL.'),
  ),
  failedTries: counter(
    'switchyard_activity_failures_total',
    { activity: 'open', code: 'open' },
    'Tries of activities that have failed, by the code of the error (docs/errors.md).',
  ),
} as const;

export const declaredMetrics: readonly DeclaredMetric[] = [
  ...Object.values<DeclaredMetric>(operationMetrics),
  ...Object.values<DeclaredMetric>(besideMetrics),
  ...Object.values<DeclaredMetric>(workMetrics),
];

/** Adds, sets or records a value. @param meter of a workflow, of an activity or of the worker. */
export function measure<Label extends string>(
  meter: MetricMeter,
  { name, kind: what, unit, help }: DeclaredMetric<Label>,
  value: number,
  labels: Readonly<Record<Label, string>>,
): void {
  if (what === 'counter') meter.createCounter(name, unit, help).add(value, labels);
  else if (what === 'gauge') meter.createGauge(name, 'float', unit, help).set(value, labels);
  else meter.createHistogram(name, 'float', unit, help).record(value, labels);
}

/** The series that a counter has from the start on. @param clusters those of the configuration. */
export function firstSeries(
  { labels }: DeclaredMetric,
  clusters: readonly string[],
): readonly Readonly<Record<string, string>>[] {
  let series: readonly Readonly<Record<string, string>>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    const known = values === 'clusters' ? clusters : values === 'open' ? [] : values;
    series = series.flatMap((one) => known.map((value) => ({ ...one, [label]: value })));
  }
  return series;
}
