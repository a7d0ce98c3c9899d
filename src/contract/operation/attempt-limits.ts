/** Limits of attempts as values that travel: of `options.cutOver` and `options.switch`, and of the command `setLimits`. */
import { z } from 'zod';
import type { AttemptLimits, LimitsChange } from '../../lifecycle/operation/limits.js';
import { windowsSchema } from './attempt-window.js';
import { drainTimeoutMsMax, drainTimeoutMsMin, lockTimeoutMsMax, lockTimeoutMsMin } from '../../limits/contract.js';
import { cutOverAttemptsMax } from '../../limits/shared.js';

export type { AttemptLimits };
export { windowProblem } from '../../lifecycle/operation/window.js';

const ofEveryKind = {
  maxAttempts: z.number().int().min(1).max(cutOverAttemptsMax).optional(),
  backoffMs: z.array(z.number().int().min(0).max(86_400_000)).min(1).max(100).optional(),
  /** When attempts to complete may begin. */
  window: windowsSchema,
};
const lockTimeoutMs = z.number().int().min(lockTimeoutMsMin).max(lockTimeoutMsMax).optional();
const drainTimeoutMs = z.number().int().min(drainTimeoutMsMin).max(drainTimeoutMsMax).optional();

/** Of a migration. */
export const cutOverFields = { lockTimeoutMs, ...ofEveryKind };

/** Of a move. */
export const switchFields = { lockTimeoutMs, drainTimeoutMs, ...ofEveryKind };

const names = Object.keys(switchFields) as readonly (keyof typeof switchFields)[];

/** The limits among the fields of a payload. */
export function limitsIn(fields: LimitsChange): LimitsChange {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}
