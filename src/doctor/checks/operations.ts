/** The operations that are open, and those among them that are tried again all the time, or wait for a person. */
import type { OperationStatus } from '../../contract/operation/status.js';
import { operationKinds } from '../../contract/operation/metrics.js';
import {
  operationAnswerMs,
  operationsAskedAtOnce,
  operationsAskedMax,
  operationsNamedMax,
} from '../../limits/doctor.js';
import { notAsked, ok, warning, type Check, type Finding } from '../check.js';
import type { ReachedTemporal } from '../reached-temporal.js';
import { durationWords } from '../words.js';

type Status = Pick<OperationStatus, 'phase' | 'retrying' | 'nextStep' | 'error'>;

interface Answer {
  readonly workflowId: string;
  /** Undefined where it did not answer. */
  readonly status: Status | undefined;
}

export const checkOperations: Check<'temporal'> = {
  scope: 'temporal',
  name: 'operations',
  ask: async ({ temporal, taskQueue, signal }) => {
    const reached = await temporal();
    const { workflow } = reached.client;
    const types = operationKinds.map((kind) => `'${kind}'`).join(', ');
    const query = `ExecutionStatus = 'Running' AND WorkflowType IN (${types}) AND TaskQueue = '${taskQueue.replaceAll("'", "''")}'`;
    const { count } = await workflow.count(query);
    const ids: string[] = [];
    for await (const { workflowId } of workflow.list({ query })) {
      ids.push(workflowId);
      if (ids.length === operationsAskedMax) break;
    }
    return operationsFindings(count, await askAll(reached, ids, signal), Date.now());
  },
};

/** Some at a time; who does not answer is left out. */
async function askAll(
  { client, connection }: ReachedTemporal,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const left = [...ids];
  const answers: Answer[] = [];
  let isSilent = false;
  const lane = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined && !signal.aborted && !isSilent; id = left.shift()) {
      const workflowId = id;
      const handle = client.workflow.getHandle(workflowId);
      const status = await connection
        .withDeadline(Date.now() + operationAnswerMs, () => handle.query<Status>('status'))
        .catch(() => undefined);
      answers.push({ workflowId, status });
      // Without a worker nobody answers, each after the whole time.
      isSilent ||= answers.length >= operationsAskedAtOnce && answers.every((answer) => answer.status === undefined);
    }
  };
  await Promise.all(Array.from({ length: operationsAskedAtOnce }, lane));
  return answers;
}

/** @param count of all that are open. */
export function operationsFindings(count: number, answers: readonly Answer[], nowMs: number): readonly Finding[] {
  const told = answers.filter((answer): answer is Required<Answer> & { status: Status } => answer.status !== undefined);
  const waiting = told.filter(({ status }) => status.phase === 'needsOperator');
  const retrying = told.filter(({ status }) => status.retrying !== null && status.phase !== 'needsOperator');
  const findings = [
    ...waiting.slice(0, operationsNamedMax).map(({ workflowId, status }) => {
      const { code = '', message = 'it waits for a person' } = status.error ?? {};
      return warning(`${workflowId} waits for a person: ${code} ${message}`, status.nextStep);
    }),
    ...retrying.slice(0, operationsNamedMax).map(({ workflowId, status }) => {
      const { since = '', attempts = 0, code = '', message = '' } = status.retrying ?? {};
      const ago = durationWords(Math.max(0, nowMs - Date.parse(since)));
      return warning(
        `${workflowId} fails and is tried again, ${attempts} times in ${ago}: ${code} ${message}`,
        status.nextStep,
      );
    }),
  ];
  const untold = count - told.length;
  return [
    ...(findings.length > 0
      ? [ok(`Open: ${count}; tried again: ${retrying.length}; waiting for a person: ${waiting.length}.`), ...findings]
      : [ok(count === 0 ? 'None is open.' : `Open: ${count}, and none of them fails or waits for a person.`)]),
    ...(untold > 0 ? [notAsked(`${untold} of ${count} open operations have not told their status.`)] : []),
  ];
}
