import { z } from 'zod';
import { cutOverChangeSchema } from './input.js';
import { commonFields, plain } from '../operation/commands.js';

/** The payload of each command of `onlineDdl`. Additive only: running histories contain them. */
export const onlineDdlCommandSchemas = {
  launch: plain,
  postpone: plain,
  resume: plain,
  pause: plain,
  unpause: plain,
  // `window` and `forceAfter` are taken here to be refused by name; anything else that is unknown is a mistake.
  setCutOver: z
    .strictObject({
      ...commonFields,
      ...cutOverChangeSchema.shape,
      window: z.unknown().optional(),
      forceAfter: z.unknown().optional(),
    })
    .optional(),
  retry: plain,
  cancel: plain,
  verify: plain,
  setThrottle: z.looseObject({}).optional(),
  forceCutOver: z.looseObject({}).optional(),
} as const;

export type OnlineDdlCommandName = keyof typeof onlineDdlCommandSchemas;

export const onlineDdlCommandNames = Object.keys(onlineDdlCommandSchemas) as OnlineDdlCommandName[];

/** What the UI's dialogs show beside each command: one sentence and an example input. */
export const onlineDdlCommandDescriptions: Readonly<Record<OnlineDdlCommandName, string>> = {
  launch: 'Starts a migration that was started with postponeLaunch. Example: {}',
  postpone:
    'Holds the completion back; stops an attempt that has not swapped yet. Example: {"reason":"sale until 18:00"}',
  resume: 'Allows the completion again and resets the attempt counter. Example: {}',
  pause: 'Stops copying and following at a checkpoint. Example: {"reason":"nightly backup"}',
  unpause: 'Goes on after pause. Example: {}',
  setCutOver: 'Changes the limits of the cut-over. Example: {"lockTimeoutMs":500,"maxAttempts":20}',
  retry: 'After a stop that needs an operator: goes on from the last safe point. Example: {}',
  cancel: 'Stops the migration and removes what it made. Example: {"reason":"wrong table"}',
  verify: 'Compares the new table with the old one again. Example: {}',
  setThrottle: 'Not built yet: refused. Example: {}',
  forceCutOver: 'Not built yet: refused. Example: {}',
};
