/**
 * What a worker shows of itself: its log, and its metrics where the configuration asks for them. The SDK's own metrics
 * leave by the same way as ours, so that one endpoint has both.
 */
import { Client } from '@temporalio/client';
import type { MetricMeter } from '@temporalio/common';
import { Runtime, type RuntimeOptions, type WorkerPlugin } from '@temporalio/worker';
import {
  besideMetrics,
  declaredMetrics,
  firstSeries,
  measure,
  operationMetrics,
  unknownCluster,
  workMetrics,
  type DeclaredMetric,
} from '../contract/operation/metrics.js';
import type { SeeWork } from '../domain/work-seen.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { seeingFailedTries } from './failed-tries.js';
import { Gauges, serverReadings } from './gauges.js';
import { createLogger, type LogSettings } from './logger.js';
import { OpenOperations } from './open-operations.js';
import { RunningWork } from './running-work.js';

/** Where metrics go. */
type MetricsSettings =
  | { readonly exporter: 'prometheus'; readonly address: string }
  | {
      readonly exporter: 'otlp';
      readonly url: string;
      readonly protocol: 'grpc' | 'http';
      readonly headers: Readonly<Record<string, string>>;
      readonly intervalMs: number;
    };

export interface TelemetrySettings {
  readonly logs: LogSettings;
  readonly metrics?: MetricsSettings | undefined;
  /** Their names are labels. */
  readonly clusters: ReadonlyMap<string, unknown>;
}

interface Telemetry {
  readonly seeWork: SeeWork;
  /** For every worker of this process. */
  readonly plugin: WorkerPlugin;
}

/**
 * Installs Temporal's runtime, once in a process and before anything else of it is used.
 * @param signals end the workers. @throws METRICS_REFUSED.
 */
export function installTelemetry(settings: TelemetrySettings, signals: NodeJS.Signals[]): Telemetry {
  const { metricMeter: meter } = installed(settings, signals);
  const work = new RunningWork((rows, labels) => measure(meter, workMetrics.rowsCopied, rows, labels));
  const gauges = new Gauges(meter, () => [...work.readings, ...serverReadings()]);
  const clusters = [...settings.clusters.keys()];
  beginAtZero(meter, workMetrics, clusters, () => ({}));
  const plugin: WorkerPlugin = {
    name: 'switchyard-telemetry',
    configureWorker(options) {
      const { connection, namespace = 'default', taskQueue = 'default', interceptors, workflowBundle } = options;
      if (connection !== undefined) gauges.lookAt(() => new OpenOperations(new Client({ connection, namespace })));
      // Of the one worker of the process that runs workflows, which count them with the labels that the SDK adds there.
      if (workflowBundle !== undefined) {
        const ofSdk = (workflowType: string) => ({ namespace, taskQueue, workflowType });
        beginAtZero(meter, operationMetrics, [...clusters, unknownCluster], ofSdk);
        beginAtZero(meter, besideMetrics, clusters, ofSdk);
      }
      const activity = [seeingFailedTries(meter), ...(interceptors?.activity ?? [])];
      return { ...options, interceptors: { ...interceptors, activity } };
    },
    runWorker: (worker, next) => (settings.metrics === undefined ? next(worker) : gauges.during(() => next(worker))),
  };
  return { seeWork: work.see, plugin };
}

function installed({ logs, metrics }: TelemetrySettings, signals: NodeJS.Signals[]): Runtime {
  const exporter = metrics === undefined ? {} : { metrics: exporterOf(metrics) };
  try {
    return Runtime.install({
      logger: createLogger(logs, (line) => process.stderr.write(line)),
      // The native part of the SDK would write lines of its own among ours.
      telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} }, ...exporter },
      shutdownSignals: signals,
    });
  } catch (error) {
    if (metrics === undefined) throw error;
    const address = metrics.exporter === 'prometheus' ? metrics.address : metrics.url;
    const problem = error instanceof Error ? error.message : String(error);
    throw new SwitchyardError('METRICS_REFUSED', { address, problem }, { cause: error });
  }
}

type Exporter = NonNullable<NonNullable<RuntimeOptions['telemetryOptions']>['metrics']>;

/** The SDK's metrics keep the names that they have in Temporal's own dashboards. */
function exporterOf(metrics: MetricsSettings): Exporter {
  const histogramBucketOverrides: Record<string, number[]> = {};
  for (const { name, buckets } of declaredMetrics)
    if (buckets !== undefined) histogramBucketOverrides[name] = [...buckets];
  if (metrics.exporter === 'prometheus') {
    return { prometheus: { bindAddress: metrics.address, histogramBucketOverrides } };
  }
  const { url, protocol, headers, intervalMs } = metrics;
  const otel = { url, http: protocol === 'http', headers: { ...headers }, metricsExportInterval: intervalMs };
  return { otel: { ...otel, histogramBucketOverrides } };
}

/** What is 0 from the start on. @param more the labels that the SDK adds, by the type of workflow. */
function beginAtZero(
  meter: MetricMeter,
  metrics: Readonly<Record<string, DeclaredMetric>>,
  clusters: readonly string[],
  more: (kind: string) => Readonly<Record<string, string>>,
): void {
  for (const metric of Object.values(metrics).filter(({ fromStart }) => fromStart === true)) {
    for (const labels of firstSeries(metric, clusters)) {
      measure(meter, metric, 0, { ...labels, ...more(metric.countedBy ?? labels['kind'] ?? '') });
    }
  }
}
