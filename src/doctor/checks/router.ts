/** Who tells applications where tables live is there. It is told nothing. */
import { routerLookMs } from '../../limits/doctor.js';
import type { Config } from '../../config/config.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { sidecarState } from '../../mysql/server/sidecar/schema.js';
import { answers } from '../../router/answers.js';
import { ok, problem, problemOf, type Check, type ContextOf, type Finding } from '../check.js';
import { describeQueue, pollersInWords } from '../pollers.js';

type RouterConfig = NonNullable<Config['router']>;
type Context = ContextOf<'configuration'>;

export const checkRouter: Check<'configuration'> = {
  scope: 'configuration',
  name: 'router',
  ask: async (context) => {
    const { router } = context.config;
    if (router === undefined) return [ok('The configuration names none, which only moves need.')];
    return [await lookAt(router, context)];
  },
};

function lookAt(router: RouterConfig, context: Context): Promise<Finding> {
  switch (router.driver) {
    case 'table':
      return lookAtTable(router.cluster, context.signal);
    case 'webhook':
      return lookAtWebhook(router.url, context.signal);
    case 'activity':
      return lookAtQueue(context, router.taskQueue, 'router');
  }
}

async function lookAtTable(
  cluster: Extract<RouterConfig, { driver: 'table' }>['cluster'],
  signal: AbortSignal,
): Promise<Finding> {
  try {
    const { state, version, known } = await withSession(
      { ...cluster, lifeline: signal },
      controlVariables,
      sidecarState,
    );
    if (state === 'newer') return problemOf(new SwitchyardError('SIDECAR_TOO_NEW', { version, known }));
    return ok(`Applications read the rules from the sidecar of cluster ${cluster.name}, which answers.`);
  } catch (error) {
    const { message, ...finding } = problemOf(error, cluster.name);
    return { ...finding, message: `The rules of the router are on cluster ${cluster.name}: ${message}` };
  }
}

async function lookAtWebhook(url: string, signal: AbortSignal): Promise<Finding> {
  const { origin } = new URL(url);
  const said = await answers(url, routerLookMs, signal);
  if (said === undefined) return ok(`The webhook at ${origin} answers; it was told nothing.`);
  return problem(
    `The webhook at ${origin} does not answer: ${said}.`,
    'Look at the service, and at `router.url` in the configuration: until it answers, applications hear of no switch.',
  );
}

/** An activity of the operator's own: somebody has to take it. @param what for, as the section of the configuration. */
export async function lookAtQueue(context: Context, taskQueue: string, what: 'router' | 'notify'): Promise<Finding> {
  const temporal = await context.temporal().catch(() => undefined);
  if (temporal === undefined) return { level: 'notAsked', message: 'Not asked, since Temporal does not answer.' };
  const { pollers } = await describeQueue(temporal, taskQueue, 'activity');
  if (pollers.length > 0) return ok(`An activity on task queue ${taskQueue}: ${pollersInWords(pollers)}.`);
  return problem(
    `Nobody polls task queue ${taskQueue} for the activity of \`${what}\`.`,
    `Start your own worker on it, or correct \`${what}.taskQueue\` in the configuration.`,
  );
}
