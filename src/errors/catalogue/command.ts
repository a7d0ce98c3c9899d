import type { Catalogue } from '../entry.js';

/** Why a command to a running operation was refused. */
export const commandErrors = {
  COMMAND_NOT_ALLOWED: {
    kind: 'terminal',
    sentence: '{command} is not possible in phase {phase}: {problem}.',
    remedy: 'Look at the status of the operation, which names the next step.',
  },
} as const satisfies Catalogue;
