import type { Catalogue } from '../entry.js';

/** What stands between a client and an operation. */
export const clientErrors = {
  UNKNOWN_WORKFLOW: {
    kind: 'terminal',
    sentence: 'Namespace {namespace} has no workflow {workflowId}.',
    remedy:
      'Correct the id; the list of operations has those that there are. Temporal forgets what has ended when the retention of the namespace is over.',
  },
  NOT_AN_OPERATION: {
    kind: 'terminal',
    sentence: 'Workflow {workflowId} is of type {type}, which is not asked for here: {wanted}.',
    remedy: 'Name an operation of this kind; the list of operations says of which kind each is.',
  },
  ALREADY_STARTED: {
    kind: 'terminal',
    sentence: 'Nothing was started: there is a workflow {workflowId} already.',
    remedy: 'Look at its status; it is followed and commanded by this id. Another operation needs another id.',
  },
  NOT_ANSWERED: {
    kind: 'retryable',
    sentence: 'Nobody has answered {what} of workflow {workflowId} within {seconds} s.',
    remedy:
      'Look whether a worker takes its task queue, and at the log of that. A command without an answer may still be carried out: the status has the last one (lastCommand).',
  },
  ENDED_BY_TEMPORAL: {
    kind: 'terminal',
    sentence: 'Workflow {workflowId} was ended by Temporal, and not by a command: {how}.',
    remedy:
      "docs/deploy.md says what each of Temporal's own ways to end a workflow does to an operation, and how one that was terminated is brought back.",
  },
  PHASE_NOT_REACHED: {
    kind: 'terminal',
    sentence: 'Workflow {workflowId} has not come to {wanted}: {problem}.',
    remedy: 'Look at its status, which names the next step.',
  },
  SEARCH_ATTRIBUTES_MISSING: {
    kind: 'terminal',
    sentence: 'Namespace {namespace} cannot list operations by what was asked for: {problem}.',
    remedy: 'Register the search attributes of Switchyard (docs/lists.md), or list without these conditions.',
  },
  REQUEST_REFUSED: {
    kind: 'terminal',
    sentence: 'Temporal refuses a request about workflow {workflowId}: {problem}.',
    remedy: 'Correct what it names; its documentation explains its own words.',
  },
} as const satisfies Catalogue;
