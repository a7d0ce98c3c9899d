import { z } from 'zod';
import { cutOverChangeSchema } from './input.js';
import { commandNames, type CommandName } from '../../lifecycle/migration/command.js';
import { commonFields, operationCommandDescriptions, operationCommandSchemas, plain } from '../operation/commands.js';

/** The payload of each command of `onlineDdl`. Additive only: running histories contain them. */
export const onlineDdlCommandSchemas = {
  ...operationCommandSchemas,
  postpone: plain,
  resume: plain,
  // `window` and `forceAfter` are taken here to be refused by name; anything else that is unknown is a mistake.
  setCutOver: z
    .strictObject({
      ...commonFields,
      ...cutOverChangeSchema.shape,
      window: z.unknown().optional(),
      forceAfter: z.unknown().optional(),
    })
    .optional(),
  forceCutOver: z.looseObject({}).optional(),
} as const satisfies Readonly<Record<CommandName, z.ZodType>>;

export type OnlineDdlCommandName = CommandName;

export const onlineDdlCommandNames = commandNames;

/** What the UI's dialogs show beside each command: one sentence and an example input. */
export const onlineDdlCommandDescriptions: Readonly<Record<OnlineDdlCommandName, string>> = {
  ...operationCommandDescriptions('migration'),
  postpone:
    'Holds the completion back; stops an attempt that has not swapped yet. Example: {"reason":"sale until 18:00"}',
  resume: 'Allows the completion again and resets the attempt counter. Example: {}',
  setCutOver: 'Changes the limits of the cut-over. Example: {"lockTimeoutMs":500,"maxAttempts":20}',
  forceCutOver: 'Not built yet: refused. Example: {}',
};
