/** Start inputs of `moveTables`: checked in an activity, as those of `onlineDdl` (parse-input.ts). */
import { readMoveTablesInput, type MoveTablesInput, type MoveTerms } from '../../contract/move/input.js';
import { cutOverBackoffMsDefault, lockTimeoutMsDefault, drainTimeoutMsDefault } from '../../limits/activities.js';
import { cutOverAttemptsDefault } from '../../limits/shared.js';
import { checkWindows, retainForMs, verifyAgain } from '../operation/parse-input.js';

/** @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for everything else. */
export function parseMoveTablesInput(input: unknown): MoveTablesInput {
  const read = readMoveTablesInput(input);
  checkWindows('options.switch', switchLimits(read));
  return read;
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
