/** The start input of a move, checked in an activity like that of a migration (parse-input.ts). */
import { decodePayload } from '../contract/decode.js';
import { moveTablesInputSchema, type MoveTablesInput, type MoveTerms } from '../contract/move-tables.js';
import { refuseNotBuilt, type NotBuilt } from '../contract/not-built.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { cutOverAttemptsDefault, cutOverBackoffMsDefault, lockTimeoutMsDefault } from '../limits/limits.js';
import { drainTimeoutMsDefault } from '../limits/move.js';

/** What the design has and that is refused by name until it is built. */
const notBuilt: readonly NotBuilt[] = [
  [['options', 'throttle'], 'The option throttle'],
  [['options', 'router'], 'The option router (the configuration of the worker names one)'],
  [['options', 'json'], 'The option json'],
  [['options', 'retainFor'], 'The option retainFor'],
  [['options', 'switch', 'window'], 'The option switch.window'],
  [['options', 'switch', 'backoff'], 'The option switch.backoff (switch.backoffMs is)'],
];

/** @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for everything else. */
export function parseMoveTablesInput(input: unknown): MoveTablesInput {
  refuseNotBuilt(input, notBuilt);
  const decoded = decodePayload(moveTablesInputSchema, input);
  if (!decoded.fits) throw new SwitchyardError('INVALID_INPUT', { problem: decoded.problem });
  return decoded.value;
}

/** All that decisions depend on, with every default filled in. @param tables their names as the source spells them. */
export function moveTerms({ options }: MoveTablesInput, tables: readonly string[]): MoveTerms {
  return {
    tables,
    postponeLaunch: options?.postponeLaunch ?? false,
    verifyBeforeSwitch: options?.verifyBeforeSwitch ?? true,
    reverseReplication: options?.reverseReplication ?? true,
    autoSwitch: options?.autoSwitch ?? false,
    autoComplete: options?.autoComplete ?? false,
    throttle: {},
    switch: {
      lockTimeoutMs: options?.switch?.lockTimeoutMs ?? lockTimeoutMsDefault,
      drainTimeoutMs: options?.switch?.drainTimeoutMs ?? drainTimeoutMsDefault,
      maxAttempts: options?.switch?.maxAttempts ?? cutOverAttemptsDefault,
      backoffMs: options?.switch?.backoffMs ?? cutOverBackoffMsDefault,
    },
  };
}
