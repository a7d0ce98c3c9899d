import { z } from 'zod';
import { cutOverFields } from '../operation/attempt-limits.js';
import { commandNames, type CommandName } from '../../lifecycle/migration/command.js';
import { commonFields, operationCommandDescriptions, operationCommandSchemas, plain } from '../operation/commands.js';

/** The payload of each command of `onlineDdl`. Additive only: running histories contain them. */
export const onlineDdlCommandSchemas = {
  ...operationCommandSchemas,
  postpone: plain,
  resume: z.strictObject({ ...commonFields, ignoreWindow: z.boolean().optional() }).optional(),
  // `forceAfter` is taken here to be refused by name; anything else that is unknown is a mistake.
  setLimits: z
    .strictObject({
      ...commonFields,
      ...cutOverFields,
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
  resume:
    'Allows the completion again and counts attempts anew; ignoreWindow waits for none. Example: {"ignoreWindow":true}',
  forceCutOver: 'Not built yet: refused. Example: {}',
};
