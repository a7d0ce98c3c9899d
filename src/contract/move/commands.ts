import { z } from 'zod';
import type { MoveCommandName } from '../../lifecycle/move/command.js';
import { components } from '../../lifecycle/move/command.js';
import { commonFields, operationCommandDescriptions, operationCommandSchemas } from '../operation/commands.js';

export type { MoveCommandName };

/** The payload of each command of `moveTables`. Additive only: running histories contain them. */
export const moveCommandSchemas = {
  ...operationCommandSchemas,
  switchTraffic: z
    .strictObject({
      ...commonFields,
      reads: z.boolean().optional(),
      writes: z.boolean().optional(),
      ignoreWindow: z.boolean().optional(),
    })
    .optional(),
  reverseTraffic: z.strictObject({ ...commonFields, acceptLoss: z.boolean().optional() }).optional(),
  complete: z.strictObject({ ...commonFields, force: z.boolean().optional() }).optional(),
  forceComplete: z
    .strictObject({
      ...commonFields,
      components: z.array(z.enum(components)).min(1).max(components.length).optional(),
      overrideReachableSource: z.boolean().optional(),
      acceptLoss: z.boolean().optional(),
    })
    .optional(),
  cancel: z.strictObject({ ...commonFields, force: z.boolean().optional() }).optional(),
} as const satisfies Readonly<Record<MoveCommandName, z.ZodType>>;

/** The fields of all payloads together: what a command does not know, it has not. */
export interface MoveCommandFields
  extends
    NonNullable<z.infer<typeof moveCommandSchemas.switchTraffic>>,
    NonNullable<z.infer<typeof moveCommandSchemas.reverseTraffic>>,
    NonNullable<z.infer<typeof moveCommandSchemas.forceComplete>>,
    NonNullable<z.infer<typeof moveCommandSchemas.cancel>> {}

/** What the UI's dialogs show beside each command: one sentence and an example input. */
export const moveCommandDescriptions: Readonly<Record<MoveCommandName, string>> = {
  ...operationCommandDescriptions('move'),
  switchTraffic:
    'Moves reads, writes or, with {}, both to the target; ignoreWindow does not wait for it. Example: {"reads":true}',
  reverseTraffic:
    'Moves reads and writes back to the source; acceptLoss gives a target up that is gone. Example: {"reason":"slow"}',
  complete:
    'Ends the move; the target keeps the traffic. force leaves out a router that failed. Example: {"dryRun":true}',
  forceComplete:
    'Ends the move although the source is gone; acceptLoss with what only it has. Example: {"reason":"it burned down"}',
  cancel: 'Stops the move before its writes are switched and removes what it made. Example: {"reason":"wrong tables"}',
};
