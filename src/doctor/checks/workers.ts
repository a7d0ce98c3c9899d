/** Each kind of work is taken by somebody: without that, operations stand still and say so only to whoever looks. */
import { queueOf, workKinds, type WorkKind } from '../../domain/work-kinds.js';
import { ok, problem, type Check, type Finding } from '../check.js';
import { describeQueue, pollersInWords, type Poller } from '../pollers.js';
import type { ReachedTemporal } from '../reached-temporal.js';

export const checkWorkers: Check<'temporal'> = {
  scope: 'temporal',
  name: 'workers',
  ask: async ({ temporal, taskQueue }) => {
    const reached = await temporal();
    return Promise.all(workKinds.map((kind) => lookAt(reached, queueOf(taskQueue, kind), kind)));
  },
};

async function lookAt(temporal: ReachedTemporal, queue: string, kind: WorkKind): Promise<Finding> {
  const { pollers } = await describeQueue(temporal, queue, 'activity');
  // Those of control take the workflow tasks, too.
  const deciding = kind === 'control' ? (await describeQueue(temporal, queue, 'workflow')).pollers : pollers;
  return workersFinding(kind, queue, deciding.length === 0 ? [] : pollers);
}

export function workersFinding(kind: WorkKind, queue: string, pollers: readonly Poller[]): Finding {
  if (pollers.length > 0) return ok(`${kind}: ${pollersInWords(pollers)} on task queue ${queue}.`);
  return problem(
    `Nobody takes the work of kind ${kind}: no worker polls task queue ${queue}.`,
    `Start a worker with this configuration whose \`worker.serves\` has ${kind} (or nothing, which is all kinds); look whether one runs against this namespace.`,
  );
}
