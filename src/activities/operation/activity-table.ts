/**
 * Activities as a table: a row says on which servers one works, what it shows from its first moment on, and what it does.
 * All the rest is the same for each of them and is here: its servers are watched, it heartbeats, and its errors go up as
 * failures.
 */
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { WorkSeen } from '../../domain/work-seen.js';
import { onWatchedServer } from '../../mysql/server/session/watched-server.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import type { Waits } from '../../mysql/server/waits.js';
import { translated, type FindCluster, type WorkerFacts } from './execution.js';
import { withHeartbeats, type Running, type Shown } from './heartbeats.js';

interface Row<On, Clusters, Request, Result> {
  readonly on: On;
  /** Null: it is too short to be shown. */
  readonly stage: ProgressHeartbeat['stage'] | ((request: Request) => ProgressHeartbeat) | null;
  readonly run: (request: Request, clusters: Clusters, running: Running) => Promise<Result>;
}

/** A row for each activity; `Where` is what every request says of its place. */
export type Table<Activities, On, Where, Clusters> = {
  readonly [Name in keyof Activities]: Activities[Name] extends (
    request: infer Request extends Where,
  ) => Promise<infer Result>
    ? Row<On, Clusters, Request, Result>
    : never;
};

/** How the activities of a kind get at their servers. */
export interface Servers<On, Where, Clusters> {
  /** The cluster that is named where a server is the matter and the error does not tell which. */
  named(on: On, where: Where): string;
  /** Runs `work` while the servers answer that it needs. @param waits gets to know what it waits for. @throws SERVER_UNAVAILABLE, what the work throws. */
  use<Result>(on: On, where: Where, work: (clusters: Clusters) => Promise<Result>, waits: Waits): Promise<Result>;
  /** Shows the work there to who looks at this process; absent, and undefined, where nobody does. */
  see?(where: Where): WorkSeen | undefined;
}

/** Of activities that work on one cluster. */
export function oneCluster(find: FindCluster): Servers<'cluster', { readonly cluster: string }, ClusterSettings> {
  return {
    named: (_on, { cluster }) => cluster,
    use: (_on, { cluster }, work, waits) => onWatchedServer(find(cluster), work, waits),
  };
}

/** The activities of a table. */
export function activitiesOf<Activities, On, Where, Clusters>(
  table: Table<Activities, On, Where, Clusters>,
  servers: Servers<On, Where, Clusters>,
): Activities {
  const rows = Object.entries(table) as [string, Row<On, Clusters, Where, unknown>][];
  const activities = rows.map(([name, row]) => [name, (request: Where) => runRow(row, servers, request)]);
  return Object.fromEntries(activities) as Activities;
}

function runRow<On, Where, Clusters, Result>(
  { on, stage, run }: Row<On, Clusters, Where, Result>,
  servers: Servers<On, Where, Clusters>,
  request: Where,
): Promise<Result> {
  const first = typeof stage === 'function' ? stage(request) : stage && { stage };
  const { grant } = request as { readonly grant?: number };
  const seen = first === null ? undefined : servers.see?.(request);
  return inActivity(servers.named(on, request), { first, grant, seen }, (running) =>
    servers.use(on, request, (clusters) => run(request, clusters, running), running.waits),
  );
}

/**
 * An activity whose input is a person's. It is checked here, so that a stricter schema never breaks a replay; nothing is
 * made yet, so what only tells of this worker is final, too.
 * @param read checks the input; throws what is wrong with it. @param clusterOf as `Servers.named`.
 */
export function withInput<Input, Result>(
  read: () => Input,
  clusterOf: (input: Input) => string,
  { stage, grant }: { readonly stage: ProgressHeartbeat['stage']; readonly grant?: number },
  work: (input: Input, running: Running) => Promise<Result>,
): Promise<Result> {
  return translated(
    '',
    async () => {
      const input = read();
      return inActivity(clusterOf(input), { first: { stage }, grant }, (running) => work(input, running), 'final');
    },
    'final',
  );
}

function inActivity<Result>(
  cluster: string,
  shown: Shown,
  work: (running: Running) => Promise<Result>,
  workerFacts: WorkerFacts = 'repeated',
): Promise<Result> {
  return translated(cluster, () => withHeartbeats(shown, work), workerFacts);
}
