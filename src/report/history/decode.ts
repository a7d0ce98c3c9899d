/** Reads what Temporal keeps of a run: the events that tell something, with their payloads decoded as the client does. */
import type { LoadedDataConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
  decodeOptionalSinglePayload,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { HistoryEvent, Problem } from './events.js';

type RawEvent = NonNullable<History['events']>[number];
type Raw<Name extends keyof RawEvent> = NonNullable<RawEvent[Name]>;
type Payloads = { readonly payloads?: Parameters<typeof decodeArrayFromPayloads>[1] } | null | undefined;
type Decoded = HistoryEvent | undefined;

/** What cannot be decoded, since it needs a codec that this client does not have, is undefined. */
export class HistoryDecoder {
  constructor(private readonly converter: LoadedDataConverter) {}

  async events(history: History): Promise<readonly HistoryEvent[]> {
    const decoded = await Promise.all((history.events ?? []).map((event) => this.event(event)));
    return decoded.filter((event) => event !== undefined);
  }

  /** The first of them. */
  async first(of: Payloads): Promise<unknown> {
    return (await this.all(of))[0];
  }

  async all(of: Payloads): Promise<readonly unknown[]> {
    try {
      return await decodeArrayFromPayloads(this.converter, of?.payloads);
    } catch {
      return [];
    }
  }

  async problem(failure: Parameters<typeof decodeOptionalFailureToOptionalError>[1]): Promise<Problem | null> {
    const error = await decodeOptionalFailureToOptionalError(this.converter, failure).catch(() => undefined);
    return error === undefined ? null : problemOf(error);
  }

  private async event(raw: RawEvent): Promise<Decoded> {
    const at = timeOf(raw.eventTime);
    return (await this.ofWorkflow(raw, at)) ?? (await this.ofActivity(raw, at)) ?? (await this.ofMessage(raw, at));
  }

  private async ofWorkflow(raw: RawEvent, at: string): Promise<Decoded> {
    const started = raw.workflowExecutionStartedEventAttributes;
    if (started != null) return this.started(started, at);
    const child = raw.childWorkflowExecutionStartedEventAttributes;
    if (child != null) {
      const { workflowType, workflowExecution } = child;
      return {
        kind: 'childStarted',
        at,
        type: workflowType?.name ?? '',
        workflowId: workflowExecution?.workflowId ?? '',
      };
    }
    const nothing = { kind: 'closed', at, result: undefined, problem: null } as const;
    const { workflowExecutionCompletedEventAttributes: completed, workflowExecutionFailedEventAttributes: failed } =
      raw;
    if (completed != null) return { ...nothing, how: 'completed', result: await this.first(completed.result) };
    if (failed != null) return { ...nothing, how: 'failed', problem: await this.problem(failed.failure) };
    if (raw.workflowExecutionCanceledEventAttributes != null) return { ...nothing, how: 'cancelled' };
    const terminated = raw.workflowExecutionTerminatedEventAttributes;
    if (terminated != null) {
      const { reason, identity } = terminated;
      return {
        ...nothing,
        how: 'terminated',
        problem: { code: 'Terminated', message: `${reason ?? ''} (${identity ?? ''})` },
      };
    }
    if (raw.workflowExecutionTimedOutEventAttributes != null) return { ...nothing, how: 'timedOut' };
    if (raw.workflowExecutionContinuedAsNewEventAttributes != null) return { ...nothing, how: 'continued' };
    return undefined;
  }

  private async started(started: Raw<'workflowExecutionStartedEventAttributes'>, at: string): Promise<HistoryEvent> {
    const { workflowType, identity, continuedExecutionRunId, input } = started;
    const continues =
      continuedExecutionRunId == null || continuedExecutionRunId === '' ? null : continuedExecutionRunId;
    const type = workflowType?.name ?? '';
    return { kind: 'started', at, type, identity: identity ?? '', continues, input: await this.first(input) };
  }

  private async ofActivity(raw: RawEvent, at: string): Promise<Decoded> {
    const scheduled = raw.activityTaskScheduledEventAttributes;
    if (scheduled != null) {
      const { activityType, input } = scheduled;
      const summary = await decodeOptionalSinglePayload(this.converter, raw.userMetadata?.summary).catch(
        () => undefined,
      );
      return {
        ...{ kind: 'scheduled', at, id: String(raw.eventId), activity: activityType?.name ?? '' },
        ...{ summary: typeof summary === 'string' ? summary : '', request: await this.first(input) },
      };
    }
    const begun = raw.activityTaskStartedEventAttributes;
    if (begun != null) {
      const { scheduledEventId, attempt, lastFailure } = begun;
      const problem = await this.problem(lastFailure);
      return { kind: 'begun', at, id: String(scheduledEventId), tries: attempt ?? 1, problem };
    }
    const asked = raw.activityTaskCancelRequestedEventAttributes;
    if (asked != null) return { kind: 'cancelAsked', at, id: String(asked.scheduledEventId) };
    return this.endOfActivity(raw, at);
  }

  private async endOfActivity(raw: RawEvent, at: string): Promise<Decoded> {
    const nothing = { kind: 'ended', at, result: undefined, problem: null } as const;
    const completed = raw.activityTaskCompletedEventAttributes;
    if (completed != null) {
      const result = await this.first(completed.result);
      return { ...nothing, id: String(completed.scheduledEventId), how: 'completed', result };
    }
    const failed = raw.activityTaskFailedEventAttributes;
    if (failed != null) {
      const problem = await this.problem(failed.failure);
      return { ...nothing, id: String(failed.scheduledEventId), how: 'failed', problem };
    }
    const timedOut = raw.activityTaskTimedOutEventAttributes;
    if (timedOut != null) {
      const problem = await this.problem(timedOut.failure);
      return { ...nothing, id: String(timedOut.scheduledEventId), how: 'timedOut', problem };
    }
    const cancelled = raw.activityTaskCanceledEventAttributes;
    if (cancelled != null) return { ...nothing, id: String(cancelled.scheduledEventId), how: 'cancelled' };
    return undefined;
  }

  private async ofMessage(raw: RawEvent, at: string): Promise<Decoded> {
    const accepted = raw.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
    if (accepted != null) {
      const { meta, input } = accepted;
      const who = { id: meta?.updateId ?? '', identity: meta?.identity ?? '', name: input?.name ?? '' };
      return { kind: 'updateAccepted', at, ...who, input: await this.first(input?.args) };
    }
    const answered = raw.workflowExecutionUpdateCompletedEventAttributes;
    if (answered != null) {
      const answer = await this.first(answered.outcome?.success);
      return { kind: 'updateCompleted', at, id: answered.meta?.updateId ?? '', answer };
    }
    const signaled = raw.workflowExecutionSignaledEventAttributes;
    if (signaled != null) {
      const { signalName, identity, input } = signaled;
      return { kind: 'signaled', at, name: signalName ?? '', identity: identity ?? '', input: await this.first(input) };
    }
    const cancel = raw.workflowExecutionCancelRequestedEventAttributes;
    return cancel == null ? undefined : { kind: 'cancelRequested', at, identity: cancel.identity ?? '' };
  }
}

function problemOf(error: Error): Problem {
  if (error instanceof ActivityFailure && error.cause !== undefined) return problemOf(error.cause);
  if (error instanceof ApplicationFailure) return { code: error.type ?? 'Error', message: error.message };
  if (error instanceof TimeoutFailure) return { code: 'Timeout', message: `${error.message} (${error.timeoutType})` };
  return { code: error.name, message: error.message };
}

/** ISO time of Temporal's time. */
function timeOf(time: RawEvent['eventTime']): string {
  const seconds = Number(String(time?.seconds ?? 0));
  return new Date(seconds * 1_000 + (time?.nanos ?? 0) / 1_000_000).toISOString();
}
