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
import { routerSchema } from './router-config.js';

const tlsSchema = z.strictObject({
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
  verifyIdentity: z.boolean().default(true),
});

const clusterSchema = z.strictObject({
  host: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65_535).default(3306),
  user: z.string().min(1),
  password: z.string().default(''),
  /** Paths of PEM files, relative to the configuration file. */
  tls: tlsSchema.optional(),
});

const configSchema = z.strictObject({
  clusters: z.record(z.string().min(1).max(100), clusterSchema),
  taskQueue: z.string().min(1).default('switchyard'),
  router: routerSchema.optional(),
});

/** One cluster with everything filled in; TLS files are read. */
interface ClusterConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly verifyIdentity: boolean;
  };
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

export interface Config {
  readonly clusters: ReadonlyMap<string, ClusterConfig>;
  readonly taskQueue: string;
  readonly router?: RouterConfig;
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
  { clusters: given, taskQueue, router }: z.infer<typeof configSchema>,
  read: (path: string) => string,
  fail: (problem: string) => never,
): Config {
  const entries = Object.entries(given).map(([name, { tls, ...settings }]) => {
    if (tls === undefined) return [name, { name, ...settings }] as const;
    try {
      const files = (['ca', 'cert', 'key'] as const).flatMap((field) => {
        const path = tls[field];
        return path === undefined ? [] : [[field, read(path)] as const];
      });
      const { verifyIdentity } = tls;
      return [name, { name, ...settings, tls: { ...Object.fromEntries(files), verifyIdentity } }] as const;
    } catch (error) {
      return fail(`clusters.${name}.tls: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  const clusters = new Map<string, ClusterConfig>(entries);
  return {
    clusters,
    taskQueue,
    ...(router === undefined ? {} : { router: normaliseRouter(router, clusters, taskQueue, fail) }),
  };
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
    return router.taskQueue === taskQueue ? fail('router.taskQueue has to be another one than taskQueue') : router;
  }
  const cluster = clusters.get(router.cluster);
  const known = [...clusters.keys()].join(', ');
  return { driver: 'table', cluster: cluster ?? fail(`router.cluster is none of the clusters; there are: ${known}`) };
}
