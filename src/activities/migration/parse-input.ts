/** Start inputs are checked here, in an activity: a stricter schema then never breaks the replay of a running history. */
import { verifyAgain } from '../operation/parse-input.js';
import { decodePayload } from '../../contract/decode.js';
import { refuseNotBuilt } from '../../contract/not-built.js';
import type { NotBuilt } from '../../contract/not-built.js';
import type { MigrationTerms, OnlineDdlInput } from '../../contract/migration/input.js';
import type { AttemptLimits } from '../../contract/operation/attempt-limits.js';
import { onlineDdlInputSchema } from '../../contract/migration/input.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { cutOverBackoffMsDefault, lockTimeoutMsDefault } from '../../limits/activities.js';
import { checkWindows } from '../operation/parse-input.js';
import { cutOverAttemptsDefault } from '../../limits/shared.js';

/** What the design has and that is refused by name until it is built. */
const notBuilt: readonly NotBuilt[] = [
  [['options', 'foreignKeys'], 'The option foreignKeys'],
  [['options', 'allowNonRevertible'], 'The option allowNonRevertible'],
  [['options', 'cutOver', 'forceAfter'], 'The option cutOver.forceAfter'],
  [['options', 'cutOver', 'backoff'], 'The option cutOver.backoff (cutOver.backoffMs is)'],
  [['options', 'algorithm'], 'The option algorithm (every migration copies its table)'],
];

/** @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for everything else. */
export function parseOnlineDdlInput(input: unknown): OnlineDdlInput {
  refuseNotBuilt(input, notBuilt);
  const decoded = decodePayload(onlineDdlInputSchema, input);
  if (!decoded.fits) throw new SwitchyardError('INVALID_INPUT', { problem: decoded.problem });
  checkWindows('options.cutOver', cutOverLimits(decoded.value));
  return decoded.value;
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
