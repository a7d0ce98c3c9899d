/** Start inputs are checked here, in an activity: a stricter schema then never breaks the replay of a running history. */
import { verifyAgain } from '../operation/parse-input.js';
import type { MigrationTerms, OnlineDdlInput } from '../../contract/migration/input.js';
import type { AttemptLimits } from '../../contract/operation/attempt-limits.js';
import { readOnlineDdlInput } from '../../contract/migration/input.js';
import { cutOverBackoffMsDefault, lockTimeoutMsDefault } from '../../limits/activities.js';
import { checkWindows } from '../operation/parse-input.js';
import { cutOverAttemptsDefault } from '../../limits/shared.js';

/** @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for everything else. */
export function parseOnlineDdlInput(input: unknown): OnlineDdlInput {
  const read = readOnlineDdlInput(input);
  checkWindows('options.cutOver', cutOverLimits(read));
  return read;
}

/** What was asked for, with every default filled in. */
export function migrationTerms({ options = {} }: OnlineDdlInput): MigrationTerms {
  return {
    postponeLaunch: options.postponeLaunch ?? false,
    postponeCompletion: options.postponeCompletion ?? false,
    verify: options.verify ?? true,
    ...(options.completeAt === undefined ? {} : { completeAt: options.completeAt }),
    verifyAgain: verifyAgain({ options }),
    cutOver: cutOverLimits({ options }),
    throttle: options.throttle ?? {},
  };
}

/** The limits of the cut-over with every default filled in. */
function cutOverLimits({ options }: Pick<OnlineDdlInput, 'options'>): AttemptLimits {
  return {
    lockTimeoutMs: options?.cutOver?.lockTimeoutMs ?? lockTimeoutMsDefault,
    maxAttempts: options?.cutOver?.maxAttempts ?? cutOverAttemptsDefault,
    backoffMs: options?.cutOver?.backoffMs ?? cutOverBackoffMsDefault,
    ...(options?.cutOver?.window == null ? {} : { window: options.cutOver.window }),
  };
}
