import type { Catalogue } from '../entry.js';

/** What workflows say themselves: why a command was not carried out, and what became of work that was lost. */
export const commandErrors = {
  COMMAND_NOT_ALLOWED: {
    kind: 'terminal',
    sentence: '{command} is not possible in phase {phase}: {problem}.',
    remedy: 'Look at the status of the operation, which names the next step.',
  },
  COMMAND_TOO_LATE: {
    kind: 'terminal',
    sentence: '{command} comes too late: {problem}.',
    remedy: 'Nothing was changed by it; the status of the operation says how it ended.',
  },
  UNKNOWN_COMMAND: {
    kind: 'terminal',
    sentence: 'There is no command "{command}"; there are: {known}.',
    remedy: 'Send one of the commands that are named.',
  },
  UNKNOWN_WORKFLOW_TYPE: {
    kind: 'terminal',
    sentence: 'There is no workflow type "{type}"; there are: {known}.',
    remedy: 'Start again with the right type; upper and lower case count, so a schema change is "onlineDdl".',
  },
  WORK_LOST: {
    kind: 'retryable',
    sentence: '{work} ended without a result: {problem}.',
    remedy: 'Look at the workers and at the server of the cluster, then start again.',
  },
} as const satisfies Catalogue;
