/** Reads what Temporal knows of an operation: its runs, the answers of its queries, and what is under way. */
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { OperationKind } from '../../domain/residual.js';
import { runsReadMax } from '../../limits/report.js';
import { HistoryDecoder } from '../history/decode.js';
import { ofKind, type HistoryEvent } from '../history/events.js';
import type { Pending, Sources } from './sources.js';

type Read = Omit<Sources, 'madeAt' | 'records'>;
type Description = Awaited<ReturnType<WorkflowHandle['describe']>>;

/** The operation that is reported. */
export interface Reported {
  readonly workflowId: string;
  readonly kind: OperationKind;
}

/** @throws the client's errors; WorkflowNotFoundError where there is none of this id. */
export async function readTemporal(client: Client, { workflowId, kind }: Reported, answerMs: number): Promise<Read> {
  const description = await client.workflow.getHandle(workflowId).describe();
  const { runId } = description;
  const decoder = new HistoryDecoder(client.options.loadedDataConverter);
  const [{ runs, isWhole }, answers, pending] = await Promise.all([
    readRuns(client, workflowId, runId, decoder),
    ask(client, workflowId, runId, answerMs),
    pendingIn(description, decoder),
  ]);
  const nothing = { status: null, plan: null };
  const { problem, ...answer } = answers;
  return {
    ...{ kind, workflowId, runId, runs, pending, namespace: client.options.namespace },
    migration: kind === 'onlineDdl' ? (answer as Read['migration']) : nothing,
    move: kind === 'moveTables' ? (answer as Read['move']) : nothing,
    gaps: [...(isWhole ? [] : [earlierRunsMissing]), ...(problem === null ? [] : [notAnswered(problem)])],
  };
}

const earlierRunsMissing =
  'Temporal does not keep the earlier runs of the operation any more, or they are too many: what happened in them is missing.';

function notAnswered(problem: string): string {
  return `The operation did not answer its queries (${problem}): phase, next step and limits are missing. For that a worker has to run, also after the end of the operation.`;
}

/** From the first one on, as far as they are kept. */
async function readRuns(
  client: Client,
  workflowId: string,
  lastRunId: string,
  decoder: HistoryDecoder,
): Promise<{ readonly runs: readonly (readonly HistoryEvent[])[]; readonly isWhole: boolean }> {
  const runs: (readonly HistoryEvent[])[] = [];
  let runId: string | null = lastRunId;
  while (runId !== null && runs.length < runsReadMax) {
    try {
      const events = await decoder.events(await client.workflow.getHandle(workflowId, runId).fetchHistory());
      runs.unshift(events);
      runId = ofKind(events, 'started')[0]?.continues ?? null;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError && runs.length > 0) break;
      throw error;
    }
  }
  return { runs, isWhole: runId === null };
}

interface Answers {
  readonly status: unknown;
  readonly plan: unknown;
  /** Why it did not answer; null where it did. */
  readonly problem: string | null;
}

/** Also of what has ended, as long as a worker is there to go through its history. */
async function ask(client: Client, workflowId: string, runId: string, answerMs: number): Promise<Answers> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const query = (name: string): Promise<unknown> =>
    client.withDeadline(Date.now() + answerMs, () => handle.query<unknown>(name));
  const [status, plan] = await Promise.allSettled([query('status'), query('plan')]);
  const failed = [status, plan].find(({ status: end }) => end === 'rejected');
  return {
    status: status.status === 'fulfilled' ? status.value : null,
    plan: plan.status === 'fulfilled' ? plan.value : null,
    problem: failed?.status === 'rejected' ? wordsOf(failed.reason, answerMs) : null,
  };
}

/** The client says only that it failed; why is in what it was told. */
function wordsOf(error: unknown, answerMs: number): string {
  const { cause = error } = error as { readonly cause?: unknown };
  const { code, details, message } = cause as Readonly<Record<'code' | 'details' | 'message', unknown>>;
  const deadlineExceeded = 4;
  if (code === deadlineExceeded) return `no answer within ${answerMs / 1_000} s`;
  const words = [details, message].find((one) => typeof one === 'string' && one !== '');
  return typeof words === 'string' ? (words.split('\n')[0] ?? '') : String(error);
}

async function pendingIn({ raw }: Description, decoder: HistoryDecoder): Promise<readonly Pending[]> {
  const looked = (raw.pendingActivities ?? []).map(async (pending): Promise<Pending> => {
    const heartbeat = await decoder.first(pending.heartbeatDetails);
    const problem = await decoder.problem(pending.lastFailure);
    return {
      activity: pending.activityType?.name ?? '',
      tries: pending.attempt ?? 1,
      isTaken: pending.lastStartedTime != null,
      heartbeat: typeof heartbeat === 'object' && heartbeat !== null ? (heartbeat as ProgressHeartbeat) : {},
      problem: problem === null ? null : `${problem.code}: ${problem.message}`,
    };
  });
  return Promise.all(looked);
}
