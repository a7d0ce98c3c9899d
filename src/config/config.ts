/**
 * The configuration of a worker: a YAML file, checked and normalised, with `${ENV}` filled in for secrets. Nothing else
 * in Switchyard reads it, and nothing of it goes into a workflow but the names of clusters (P8).
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { joinProblems, schemaProblem } from '../errors/schema-problem.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { NoticeEvent } from '../domain/notice.js';
import { queueOf, workKinds } from '../domain/work-kinds.js';
import { notifySchema } from './notify-config.js';
import { routerSchema } from './router-config.js';
import { logsSchema, metricsSchema, type LogsConfig, type MetricsConfig } from './telemetry-config.js';
import { readTls, tlsSchema, type TlsConfig } from './tls-config.js';
import { workerSchema } from './worker-config.js';

const nameSchema = z.string().min(1).max(100);

const serverFields = {
  host: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65_535).default(3306),
  tls: tlsSchema.optional(),
};

/** What is not given of user, password and TLS is that of the cluster, whose accounts are replicated as a rule. */
const replicaSchema = z.strictObject({
  ...serverFields,
  user: z.string().min(1).optional(),
  password: z.string().optional(),
});

const clusterSchema = z.strictObject({
  ...serverFields,
  user: z.string().min(1),
  password: z.string().default(''),
  /** Whose lag the throttle can look at, by names that people see. */
  replicas: z.record(nameSchema, replicaSchema).optional(),
});

const configSchema = z.strictObject({
  clusters: z.record(nameSchema, clusterSchema),
  taskQueue: z.string().min(1).default('switchyard'),
  router: routerSchema.optional(),
  notify: notifySchema.optional(),
  worker: workerSchema,
  metrics: metricsSchema.optional(),
  logs: logsSchema.default({ level: 'info', format: 'text' }),
});

/** One server with everything filled in; TLS files are read. */
interface ServerConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls?: TlsConfig;
}

interface ClusterConfig extends ServerConfig {
  readonly replicas?: readonly ServerConfig[];
}

/** Who is told where tables live. */
type RouterConfig =
  | { readonly driver: 'table'; readonly cluster: ClusterConfig }
  | { readonly driver: 'webhook'; readonly url: string; readonly secret: string; readonly timeoutMs: number }
  | {
      readonly driver: 'activity';
      readonly taskQueue: string;
      readonly activityType: string;
      readonly timeoutMs: number;
    };

/** Who is told of operations. */
type NotifyConfig = { readonly events: readonly NoticeEvent[]; readonly timeoutMs: number } & (
  | {
      readonly driver: 'webhook';
      readonly url: string;
      readonly secret?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly driver: 'activity'; readonly taskQueue: string; readonly activityType: string }
);

export interface Config {
  /** Those that the worker works on. */
  readonly clusters: ReadonlyMap<string, ClusterConfig>;
  readonly taskQueue: string;
  readonly router?: RouterConfig;
  readonly notify?: NotifyConfig;
  readonly worker: Pick<z.infer<typeof workerSchema>, 'serves' | 'slots' | 'shutdownGraceMs'>;
  /** Absent: none are shown. */
  readonly metrics?: MetricsConfig;
  readonly logs: LogsConfig;
}

/** Reads a configuration file. @throws INVALID_CONFIGURATION naming the file and the field. */
export function loadConfig(file: string, environment: Readonly<Record<string, string | undefined>>): Config {
  const fail = (problem: string): never => {
    throw new SwitchyardError('INVALID_CONFIGURATION', { file, problem });
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const document = parseDocument(text);
  const [yamlError] = document.errors;
  if (yamlError !== undefined) return fail(yamlError.message.split('\n')[0] ?? 'it is no YAML');
  const given = interpolate(document.toJS(), environment, fail) ?? undefined;
  const parsed = configSchema.safeParse(given, { error: schemaProblem });
  if (!parsed.success) return fail(joinProblems(parsed.error.issues.map(({ message }) => message)));
  return normalise(parsed.data, (path) => readFileSync(resolve(dirname(file), path), 'utf8'), fail);
}

/** Replaces `${NAME}` in texts by the environment; a name that is not set is an error, never an empty password. */
function interpolate(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  fail: (problem: string) => never,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)\}/g, (_match, name: string) => {
      return environment[name] ?? fail(`the environment variable ${name} is not set`);
    });
  }
  if (Array.isArray(value)) return value.map((item) => interpolate(item, environment, fail));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolate(item, environment, fail)] as const),
  );
}

function normalise(
  { clusters: given, taskQueue, router, notify, worker, metrics, logs }: z.infer<typeof configSchema>,
  read: (path: string) => string,
  fail: (problem: string) => never,
): Config {
  const entries = Object.entries(given).map(([name, { replicas, ...cluster }]) => {
    const server = normaliseServer(name, cluster, `clusters.${name}.tls`, read, fail);
    if (replicas === undefined) return [name, server] as const;
    const all = Object.entries(replicas).map(([replica, given]) => {
      const { user = cluster.user, password = cluster.password } = given;
      const field = `clusters.${name}.replicas.${replica}.tls`;
      const own = normaliseServer(replica, { ...given, user, password }, field, read, fail);
      return given.tls === undefined && server.tls !== undefined ? { ...own, tls: server.tls } : own;
    });
    return [name, { ...server, replicas: all }] as const;
  });
  const all = new Map<string, ClusterConfig>(entries);
  const { clusters: own = [...all.keys()], ...settings } = worker;
  const missing = own.find((name) => !all.has(name));
  if (missing !== undefined) fail(`worker.clusters: ${missing} is none of the clusters; there are: ${namesOf(all)}`);
  return {
    clusters: new Map(entries.filter(([name]) => own.includes(name))),
    taskQueue,
    ...(router === undefined ? {} : { router: normaliseRouter(router, all, taskQueue, fail) }),
    ...(notify === undefined ? {} : { notify: normaliseNotify(notify, taskQueue, fail) }),
    worker: settings,
    ...(metrics === undefined ? {} : { metrics }),
    logs,
  };
}

/** The task queues that workers of ours poll. */
function queuesOf(taskQueue: string): readonly string[] {
  return workKinds.map((kind) => queueOf(taskQueue, kind));
}

function namesOf(clusters: ReadonlyMap<string, ClusterConfig>): string {
  return [...clusters.keys()].join(', ');
}

/** @param field that of its TLS files, for the error. */
function normaliseServer<Settings extends { readonly tls?: z.infer<typeof tlsSchema> | undefined }>(
  name: string,
  { tls, ...settings }: Settings,
  field: string,
  read: (path: string) => string,
  fail: (problem: string) => never,
): Omit<Settings, 'tls'> & Pick<ServerConfig, 'name' | 'tls'> {
  if (tls === undefined) return { name, ...settings };
  try {
    const files = readTls(tls, read);
    return { name, ...settings, ...(files === undefined ? {} : { tls: files }) };
  } catch (error) {
    return fail(`${field}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function normaliseRouter(
  router: z.infer<typeof routerSchema>,
  clusters: ReadonlyMap<string, ClusterConfig>,
  taskQueue: string,
  fail: (problem: string) => never,
): RouterConfig {
  if (router.driver === 'webhook') return router;
  if (router.driver === 'activity') {
    // Our workers would take the task, and do not know the activity.
    if (!queuesOf(taskQueue).includes(router.taskQueue)) return router;
    return fail(`router.taskQueue has to be another one than ${queuesOf(taskQueue).join(', ')}`);
  }
  const cluster = clusters.get(router.cluster);
  const problem = `router.cluster is none of the clusters; there are: ${namesOf(clusters)}`;
  return { driver: 'table', cluster: cluster ?? fail(problem) };
}

function normaliseNotify(
  notify: z.infer<typeof notifySchema>,
  taskQueue: string,
  fail: (problem: string) => never,
): NotifyConfig {
  const isOurs = notify.driver === 'activity' && queuesOf(taskQueue).includes(notify.taskQueue);
  return isOurs ? fail(`notify.taskQueue has to be another one than ${queuesOf(taskQueue).join(', ')}`) : notify;
}
