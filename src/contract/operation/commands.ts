/** What the commands of every kind of operation have in common. */
import { z } from 'zod';
import type { OperationCommand, OperationCommandName } from '../../lifecycle/operation/command.js';
import type { Answer, AnsweredCommand } from '../../lifecycle/operation/state.js';
import { throttleFields, throttleLimitsIn } from '../../throttle/limits.js';
import { limitsIn, switchFields } from './attempt-limits.js';
import { byCharactersMax, reasonCharactersMax } from '../../limits/shared.js';

/** The definite answer of a command (P2). `code` is `OK`, or a code of the error catalogue. */
export type CommandAnswer = Answer;

/** The last command with its answer, as the status shows it; also of signals, which have no other way to answer. */
export type LastCommand = AnsweredCommand;

/** What a command says beyond who and why, whatever the kind. */
export type OperationFields = Pick<OperationCommand, 'dryRun' | 'limits' | 'throttle'>;

/** Fields that every command takes: who and why, for the audit log; and whether it only answers what it would do. */
export const commonFields = {
  reason: z.string().max(reasonCharactersMax).optional(),
  by: z.string().max(byCharactersMax).optional(),
  dryRun: z.boolean().optional(),
};

export const plain = z.strictObject(commonFields).optional();

/** The payloads of the commands that every kind has. */
export const operationCommandSchemas = {
  ...{ launch: plain, pause: plain, unpause: plain, retry: plain, verify: plain, cancel: plain },
  setLimits: z.strictObject({ ...commonFields, ...switchFields }).optional(),
  setThrottle: z.strictObject({ ...commonFields, ...throttleFields }).optional(),
} as const satisfies Readonly<Record<OperationCommandName, z.ZodType>>;

/** What their payloads say beyond who and why; they were decoded by these schemas. */
export function operationFieldsIn(fields: Readonly<Record<string, unknown>>): OperationFields {
  return { dryRun: fields['dryRun'] === true, limits: limitsIn(fields), throttle: throttleLimitsIn(fields) };
}

/** What the UI's dialogs show beside each of them: one sentence and an example input. @param noun such as `migration`. */
export function operationCommandDescriptions(noun: string): Readonly<Record<OperationCommandName, string>> {
  return {
    launch: `Starts a ${noun} that was started with postponeLaunch. Example: {}`,
    pause:
      'Stops copying and following at a checkpoint, and an attempt that can still be stopped. Example: {"reason":"nightly backup"}',
    unpause: 'Goes on after pause. Example: {}',
    retry: 'After a stop that needs an operator: goes on from the last safe point. Example: {}',
    verify: 'Compares the copy with the original again. Example: {}',
    setLimits: 'Changes the limits of the next attempts. Example: {"lockTimeoutMs":500,"maxAttempts":20}',
    setThrottle: 'Changes limits of the work; null takes one off. Example: {"rowsPerSecondMax":5000,"lagMsMax":null}',
    cancel: `Stops the ${noun} and removes what it made. Example: {"reason":"wrong table"}`,
  };
}
