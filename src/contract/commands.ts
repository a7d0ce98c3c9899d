import { z } from 'zod';
import { decodePayload, type Decoded } from './decode.js';
import type { Answer, AnsweredCommand } from '../lifecycle/operation/state.js';
import { byCharactersMax, reasonCharactersMax } from '../limits/limits.js';
import { cutOverChangeSchema } from './online-ddl.js';

/** The definite answer of a command (P2). `code` is `OK`, or a code of the error catalogue. */
export type CommandAnswer = Answer;

/** The last command with its answer, as the status shows it; also of signals, which have no other way to answer. */
export type LastCommand = AnsweredCommand;

/** Fields that every command takes: who and why, for the audit log. */
export const commonFields = {
  reason: z.string().max(reasonCharactersMax).optional(),
  by: z.string().max(byCharactersMax).optional(),
};
const plain = z.strictObject(commonFields).optional();
/** As the first versions read it: what is unknown was ignored, and histories have commands that did something so. */
const plainOfFirstVersions = z.object(commonFields).optional();

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

/** Decodes the payload of a command; `asFirstVersions` only where a history of theirs is replayed. */
export function decodeCommand(schema: z.ZodType, payload: unknown, asFirstVersions: boolean): Decoded<unknown> {
  return decodePayload(asFirstVersions && schema === plain ? plainOfFirstVersions : schema, payload);
}

/** The payload of each command of `tableCleanup`. */
export const tableCleanupCommandSchemas = { dropRetained: plain, keepRetained: plain } as const;
export type TableCleanupCommandName = keyof typeof tableCleanupCommandSchemas;
export const tableCleanupCommandDescriptions: Readonly<Record<TableCleanupCommandName, string>> = {
  dropRetained: 'Drops the retained table now. Example: {}',
  keepRetained: 'Keeps the retained table for good; it is yours to drop. Example: {"reason":"audit"}',
};
