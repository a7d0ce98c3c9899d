/** Asks all checks at once, each for a bounded time: nobody who does not answer hides what the others say. */
import type { Config } from '../config/config.js';
import { doctorCheckMsMax } from '../limits/doctor.js';
import { JointSignal } from '../mysql/server/session/joint-signal.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import { notAsked, problem, problemOf, type Check, type ContextOf, type Finding, type Scope } from './check.js';
import { checks } from './checks.js';
import type { ReachedTemporal } from './reached-temporal.js';
import type { Found } from './report.js';

export interface Asking {
  readonly config: Config;
  /** Settles the same for all that ask. */
  readonly temporal: () => Promise<ReachedTemporal>;
  /** Whose grants are to be tried besides those that grants name. */
  readonly databases: readonly string[];
  /** How long one check may take. */
  readonly withinMs?: number;
}

/** Those that a cluster, Temporal or the configuration is asked, with how each of them gets what it asks. */
interface Group<OfScope extends Scope> {
  readonly scope: OfScope;
  readonly checks: readonly Check<OfScope>[];
  readonly cluster?: string;
  /** Who is asked, in words. */
  readonly whom: string;
  readonly contextOf: (signal: AbortSignal) => ContextOf<OfScope>;
}

/** In the order of the list, the clusters in that of the configuration. Never throws. */
export async function runChecks(asking: Asking): Promise<readonly Found[]> {
  const { config, temporal, databases } = asking;
  const shared = { taskQueue: config.taskQueue, temporal };
  const find = (name: string): ClusterSettings | undefined => config.clusters.get(name);
  const ofClusters = checks.filter((check) => check.scope === 'cluster');
  const groups = [
    ...[...config.clusters].map(([name, cluster]) =>
      asked(asking, {
        scope: 'cluster',
        checks: ofClusters,
        cluster: name,
        whom: `cluster ${name}`,
        contextOf: (signal) => ({ ...shared, signal, find, databases, cluster: { ...cluster, lifeline: signal } }),
      }),
    ),
    asked(asking, {
      scope: 'temporal',
      checks: checks.filter((check) => check.scope === 'temporal'),
      whom: 'Temporal',
      contextOf: (signal) => ({ ...shared, signal }),
    }),
    asked(asking, {
      scope: 'configuration',
      checks: checks.filter((check) => check.scope === 'configuration'),
      whom: 'the configuration',
      contextOf: (signal) => ({ ...shared, signal, config }),
    }),
  ];
  return (await Promise.all(groups)).flat();
}

async function asked<OfScope extends Scope>(asking: Asking, group: Group<OfScope>): Promise<readonly Found[]> {
  const first = group.checks.filter(({ opens }) => opens);
  const others = group.checks.filter(({ opens }) => !opens);
  const opened = await Promise.all(first.map((check) => askOne(asking, group, check)));
  const isClosed = opened.flat().some(({ level }) => level === 'problem');
  const answers = isClosed
    ? others.map((check) => [foundBy(group, check, notAsked(`Not asked, since ${group.whom} does not answer.`))])
    : await Promise.all(others.map((check) => askOne(asking, group, check)));
  return [...opened, ...answers].flat();
}

async function askOne<OfScope extends Scope>(
  { withinMs = doctorCheckMsMax }: Asking,
  group: Group<OfScope>,
  check: Check<OfScope>,
): Promise<readonly Found[]> {
  const joint = new JointSignal([], { withinMs });
  const late = new Promise<readonly Finding[]>((resolve) => {
    joint.signal.addEventListener('abort', () => resolve([tooLate(group.whom, withinMs)]), { once: true });
  });
  try {
    // What loses has its error taken here: nobody else hears of it.
    const answer = check
      .ask(group.contextOf(joint.signal))
      .catch((error: unknown) => [problemOf(error, group.cluster)]);
    return (await Promise.race([answer, late])).map((finding) => foundBy(group, check, finding));
  } finally {
    joint.end();
  }
}

function tooLate(whom: string, withinMs: number): Finding {
  return problem(
    `There was no answer from ${whom} within ${withinMs / 1_000} s.`,
    'Look whether it is overloaded or frozen, and run this again.',
  );
}

function foundBy<OfScope extends Scope>(
  { scope, cluster }: Group<OfScope>,
  { name }: Pick<Check<OfScope>, 'name'>,
  finding: Finding,
): Found {
  return { about: scope, ...(cluster === undefined ? {} : { cluster }), check: name, ...finding };
}
