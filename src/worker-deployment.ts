/**
 * Which build this worker is, for Temporal's Worker Versioning (docs/deploy.md). The environment says it, by the names
 * that Temporal's controller for Kubernetes gives its pods; without them workers have no version, as before.
 */
import type { WorkerOptions } from '@temporalio/worker';
import { SwitchyardError } from './errors/switchyard-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `Worker.create` gets; the same for each worker of a process, since all its task queues are of one build. Operations
 * last for months, and nobody keeps old workers for so long: the open ones go over to the new build with their next task,
 * which its workflows allow for by `patched()`.
 * @throws INVALID_CONFIGURATION where only one of the two is given: such a worker would take tasks of every build.
 */
export function workerDeployment(environment: Environment): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const deploymentName = environment['TEMPORAL_DEPLOYMENT_NAME'] ?? '';
  const buildId = environment['TEMPORAL_WORKER_BUILD_ID'] ?? '';
  if (deploymentName === '' && buildId === '') return {};
  if (deploymentName === '' || buildId === '') {
    const missing = deploymentName === '' ? 'TEMPORAL_DEPLOYMENT_NAME' : 'TEMPORAL_WORKER_BUILD_ID';
    const problem = `${missing} is not set; it and the other one of TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID belong together`;
    throw new SwitchyardError('INVALID_CONFIGURATION', { file: 'of the environment', problem });
  }
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
