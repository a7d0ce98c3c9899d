/** Start inputs of `moveTables`: checked in an activity, as those of `onlineDdl` (parse-input.ts). */
import { decodePayload } from '../../contract/decode.js';
import { moveTablesInputSchema, type MoveTablesInput, type MoveTerms } from '../../contract/move/input.js';
import { refuseNotBuilt, type NotBuilt } from '../../contract/not-built.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { cutOverBackoffMsDefault, lockTimeoutMsDefault, drainTimeoutMsDefault } from '../../limits/activities.js';
import { cutOverAttemptsDefault } from '../../limits/shared.js';
import { checkWindows, retainForMs, verifyAgain } from '../operation/parse-input.js';

/** What the design has and that is refused by name until it is built. */
const notBuilt: readonly NotBuilt[] = [
  [['options', 'router'], 'The option router (the configuration of the worker names the router)'],
  [['options', 'switch', 'backoff'], 'The option switch.backoff (switch.backoffMs is)'],
];

/** @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for everything else. */
export function parseMoveTablesInput(input: unknown): MoveTablesInput {
  refuseNotBuilt(input, notBuilt);
  const decoded = decodePayload(moveTablesInputSchema, input);
  if (!decoded.fits) throw new SwitchyardError('INVALID_INPUT', { problem: decoded.problem });
  checkWindows('options.switch', switchLimits(decoded.value));
  return decoded.value;
}

/** What is prepared, and how, with every default filled in. */
export function preparation(input: MoveTablesInput) {
  const { name, source, target, tables, excludeTables, options } = input;
  return {
    ...{ name, sourceDatabase: source.database, targetDatabase: target.database },
    ...(tables === undefined ? {} : { tables }),
    ...(excludeTables === undefined ? {} : { excludeTables }),
    json: options?.json ?? 'exact',
    sourceTables: options?.sourceTables ?? 'rename',
    retainForMs: retainForMs(input),
    deferSecondaryIndexes: options?.deferSecondaryIndexes ?? true,
  } as const;
}

/** What decisions depend on, with every default filled in; `tables` are those that the preparation has found. */
export function moveTerms(input: MoveTablesInput, tables: readonly string[]): MoveTerms {
  const { options = {} } = input;
  return {
    tables,
    postponeLaunch: options.postponeLaunch ?? false,
    verifyBeforeSwitch: options.verifyBeforeSwitch ?? true,
    verifyAgain: verifyAgain({ options }),
    reverseReplication: options.reverseReplication ?? true,
    autoSwitch: options.autoSwitch ?? false,
    autoComplete: options.autoComplete ?? false,
    ...(options.completeAt === undefined ? {} : { completeAt: options.completeAt }),
    switch: switchLimits(input),
    throttle: options.throttle ?? {},
  };
}

/** The limits of attempts with every default filled in. */
function switchLimits({ options }: MoveTablesInput): MoveTerms['switch'] {
  const given = options?.switch;
  return {
    lockTimeoutMs: given?.lockTimeoutMs ?? lockTimeoutMsDefault,
    drainTimeoutMs: given?.drainTimeoutMs ?? drainTimeoutMsDefault,
    maxAttempts: given?.maxAttempts ?? cutOverAttemptsDefault,
    backoffMs: given?.backoffMs ?? cutOverBackoffMsDefault,
    ...(given?.window == null ? {} : { window: given.window }),
  };
}
