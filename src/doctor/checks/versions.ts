/** Worker Versioning: a build that nobody has made current gets no task, and neither does one that is not current any more. */
import { ok, problem, warning, type Check, type Finding } from '../check.js';
import { describeQueue, pollersInWords, type Build, type Poller } from '../pollers.js';

export const checkVersions: Check<'temporal'> = {
  scope: 'temporal',
  name: 'versions',
  ask: async ({ temporal, taskQueue }) => {
    const { pollers, current } = await describeQueue(await temporal(), taskQueue, 'workflow');
    return [versionsFinding(pollers, current)];
  },
};

export function versionsFinding(pollers: readonly Poller[], current: Build | undefined): Finding {
  const isCurrent = ({ build }: Poller): boolean =>
    build?.deploymentName === current?.deploymentName && build?.buildId === current?.buildId;
  const [taking, others] = [pollers.filter(isCurrent), pollers.filter((poller) => !isCurrent(poller))];
  if (current === undefined) {
    const [first] = others;
    if (first?.build === undefined) return ok('No worker takes part in Worker Versioning.');
    const message = `No build is current, so that workers with a version get no task: ${pollersInWords(others)}.`;
    return problem(message, makeCurrent(first.build));
  }
  const name = `${current.buildId} of ${current.deploymentName}`;
  if (taking.length === 0) {
    const [first] = others;
    const remedy = first?.build === undefined ? 'Start workers of that build.' : makeCurrent(first.build);
    return problem(`Build ${name} is current, and no worker of it polls, so that nobody gets a task.`, remedy);
  }
  if (others.length === 0) return ok(`Build ${name} is current, and all workers are of it.`);
  return warning(
    `Build ${name} is current; these workers get no task: ${pollersInWords(others)}.`,
    'End them, or make their build current (docs/deploy.md, "Versions of workers"), once the roll-out has come that far.',
  );
}

function makeCurrent({ deploymentName, buildId }: Build): string {
  return `Make one current: temporal worker deployment set-current-version --deployment-name ${deploymentName} --build-id ${buildId}`;
}
