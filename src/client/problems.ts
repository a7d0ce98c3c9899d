/** What goes wrong between a client and an operation, by the names of the catalogue. */
import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  NamespaceNotFoundError,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import type { Catalogue, ErrorKind } from '../errors/entry.js';
import { catalogue, SwitchyardError, type ErrorFacts } from '../errors/switchyard-error.js';

/** What was asked, of whom, and how long an answer was waited for. */
export interface Asked {
  readonly what: string;
  readonly workflowId: string;
  readonly namespace: string;
  readonly address: string;
  readonly withinMs: number;
}

/** Statuses of gRPC. */
const status = {
  invalidArgument: 3,
  notFound: 5,
  denied: 7,
  failedPrecondition: 9,
  unavailable: 14,
  unknownCaller: 16,
};

/** Words of gRPC for a request that never left: there was no connection to send it on. */
const neverSent = /[Ww]aiting for (?:LB pick|name resolution)|Failed to connect/;

/** The error by its name; what is none of Temporal's comes back as it is. */
export function clientProblem(error: unknown, asked: Asked): unknown {
  if (error instanceof SwitchyardError || !(error instanceof Error)) return error;
  return endProblem(error, asked) ?? requestProblem(error, asked) ?? transportProblem(error, asked) ?? error;
}

/** How an operation or a command has ended, where not with a result. */
function endProblem(error: Error, { workflowId }: Asked): SwitchyardError | undefined {
  if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return toldProblem(cause);
  const ended = (how: string): SwitchyardError =>
    new SwitchyardError('ENDED_BY_TEMPORAL', { workflowId, how }, { cause: error });
  if (cause instanceof CancelledFailure) return ended('it was cancelled with the Cancel of Temporal');
  if (cause instanceof TerminatedFailure) return ended('it was terminated');
  if (cause instanceof TimeoutFailure) return ended('it ran into a time-out of the workflow');
  return undefined;
}

/** The error of an operation or of a command, in the words of the worker that has told it. */
function toldProblem(failure: ApplicationFailure): SwitchyardError {
  const [details] = (failure.details ?? []) as readonly (Partial<Told> | undefined)[];
  const code = failure.type ?? 'UNEXPECTED';
  // A refusal comes without details.
  const { kind = 'terminal', remedy = remedyOf(code), facts = {} } = details ?? {};
  // The remedy stands behind the sentence, for the people who see nothing but the message.
  const behind = ` ${remedy}`;
  const { message } = failure;
  const sentence = message.endsWith(behind) ? message.slice(0, -behind.length) : message;
  return SwitchyardError.told({ code, kind, sentence, remedy, facts }, failure);
}

function remedyOf(code: string): string {
  const known: Catalogue = catalogue;
  return known[code]?.remedy ?? '';
}

interface Told {
  readonly kind: ErrorKind;
  readonly remedy: string;
  readonly facts: ErrorFacts;
}

/** What was asked of something that is not there, or cannot be done. */
function requestProblem(cause: Error, asked: Asked): SwitchyardError | undefined {
  const { workflowId, namespace, address } = asked;
  const options = { cause };
  if (cause instanceof NamespaceNotFoundError) {
    return new SwitchyardError('UNKNOWN_NAMESPACE', { address, namespace }, options);
  }
  if (cause instanceof WorkflowNotFoundError) {
    return new SwitchyardError('UNKNOWN_WORKFLOW', { workflowId, namespace }, options);
  }
  if (cause instanceof WorkflowExecutionAlreadyStartedError) {
    return new SwitchyardError('ALREADY_STARTED', { workflowId }, options);
  }
  return undefined;
}

function transportProblem(error: Error, asked: Asked): SwitchyardError | undefined {
  const { what, workflowId, namespace, address, withinMs } = asked;
  const grpc = [error, error.cause].find(isGrpcServiceError);
  const problem = wordsOf(grpc ?? error);
  const options = { cause: error };
  const isLate = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error);
  // While a connection is made the SDK's own error has no status.
  const isNeverSent = (isLate || grpc === undefined) && neverSent.test(problem);
  if (grpc?.code === status.unavailable || isNeverSent) {
    return new SwitchyardError('TEMPORAL_UNREACHABLE', { address, problem }, options);
  }
  // Of a query, where nobody has asked for work on the task queue for some minutes.
  if (isLate || grpc?.code === status.failedPrecondition) {
    return new SwitchyardError('NOT_ANSWERED', { what, workflowId, seconds: withinMs / 1_000 }, options);
  }
  if (grpc === undefined) return undefined;
  if (grpc.code === status.denied || grpc.code === status.unknownCaller) {
    return new SwitchyardError('TEMPORAL_REFUSES', { address, namespace, problem }, options);
  }
  if (grpc.code === status.notFound) return new SwitchyardError('UNKNOWN_NAMESPACE', { address, namespace }, options);
  if (grpc.code === status.invalidArgument && /Switchyard[A-Z]/.test(problem)) {
    return new SwitchyardError('SEARCH_ATTRIBUTES_MISSING', { namespace, problem }, options);
  }
  return new SwitchyardError('REQUEST_REFUSED', { workflowId, problem }, options);
}

/** Without the number and the name of the status before it. */
function wordsOf({ message }: Error): string {
  return message.replace(/^\d+ [A-Z_]+: /, '').replace(/\.$/, '');
}
