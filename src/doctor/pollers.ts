/** Who polls a task queue, as Temporal tells it. */
import { pollerGoneAfterMs, pollersNamedMax } from '../limits/doctor.js';
import type { ReachedTemporal } from './reached-temporal.js';
import { durationWords } from './words.js';

export interface Build {
  readonly deploymentName: string;
  readonly buildId: string;
}

export interface Poller {
  readonly identity: string;
  readonly seenAgoMs: number;
  /** Of one that takes part in Worker Versioning. */
  readonly build?: Build;
}

/** Temporal's numbers (temporal.api.enums.v1.TaskQueueType, WorkerVersioningMode). */
export const queueTypes = { workflow: 1, activity: 2 } as const;
const versioned = 2;

interface Queue {
  /** Those who poll now. */
  readonly pollers: readonly Poller[];
  /** Whose workers get the tasks; absent: those without a version. */
  readonly current?: Build;
}

/** @throws the SDK's errors. */
export async function describeQueue(
  { connection, namespace }: ReachedTemporal,
  name: string,
  type: keyof typeof queueTypes,
): Promise<Queue> {
  const { pollers, versioningInfo } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name, kind: 1 },
    taskQueueType: queueTypes[type],
  });
  const now = Date.now();
  const all = pollers.map(({ identity, lastAccessTime, deploymentOptions }): Poller => {
    const seenAtMs = Number(lastAccessTime?.seconds ?? 0) * 1_000 + Math.floor((lastAccessTime?.nanos ?? 0) / 1e6);
    const { deploymentName = '', buildId = '', workerVersioningMode } = deploymentOptions ?? {};
    const isVersioned = workerVersioningMode === versioned && buildId !== '';
    return {
      identity: identity ?? '',
      seenAgoMs: Math.max(0, now - seenAtMs),
      ...(isVersioned ? { build: { deploymentName: deploymentName ?? '', buildId: buildId ?? '' } } : {}),
    };
  });
  const { deploymentName, buildId } = versioningInfo?.currentDeploymentVersion ?? {};
  return {
    pollers: all.filter(({ seenAgoMs }) => seenAgoMs <= pollerGoneAfterMs),
    ...(buildId ? { current: { deploymentName: deploymentName ?? '', buildId } } : {}),
  };
}

/** For people: the latest ones first. */
export function pollersInWords(pollers: readonly Poller[]): string {
  const shown = pollers.toSorted((one, other) => one.seenAgoMs - other.seenAgoMs).slice(0, pollersNamedMax);
  const words = shown.map(({ identity, seenAgoMs, build }) => {
    const version = build === undefined ? '' : `, build ${build.buildId} of ${build.deploymentName}`;
    return `${identity} (${durationWords(seenAgoMs)} ago${version})`;
  });
  const more = pollers.length - shown.length;
  return `${words.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
