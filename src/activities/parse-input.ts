/** Start inputs are checked here, in an activity: a stricter schema then never breaks the replay of a running history. */
import { decodePayload } from '../contract/decode.js';
import type { CutOverSettings } from '../contract/online-ddl.js';
import { onlineDdlInputSchema, type OnlineDdlInput } from '../contract/online-ddl.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import {
  cutOverAttemptsDefault,
  cutOverBackoffMsDefault,
  lockTimeoutMsDefault,
  retainForMsDefault,
} from '../limits/limits.js';

/** Options that the design has and that are refused by name until they are built. */
const notBuiltOptions: Readonly<Record<string, string>> = {
  throttle: 'The option throttle',
  foreignKeys: 'The option foreignKeys',
  allowNonRevertible: 'The option allowNonRevertible',
};
const notBuiltCutOverOptions: Readonly<Record<string, string>> = {
  window: 'The option cutOver.window',
  forceAfter: 'The option cutOver.forceAfter',
  backoff: 'The option cutOver.backoff (cutOver.backoffMs is)',
};
const notBuiltAlgorithms: readonly string[] = ['instant', 'inplace'];

/** @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for everything else. */
export function parseOnlineDdlInput(input: unknown): OnlineDdlInput {
  refuseNotBuilt(input);
  const decoded = decodePayload(onlineDdlInputSchema, input);
  if (!decoded.fits) throw new SwitchyardError('INVALID_INPUT', { problem: decoded.problem });
  return decoded.value;
}

/** The limits of the cut-over with every default filled in. */
export function cutOverSettings({ options }: OnlineDdlInput): CutOverSettings {
  return {
    lockTimeoutMs: options?.cutOver?.lockTimeoutMs ?? lockTimeoutMsDefault,
    maxAttempts: options?.cutOver?.maxAttempts ?? cutOverAttemptsDefault,
    backoffMs: options?.cutOver?.backoffMs ?? cutOverBackoffMsDefault,
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `retainFor` in milliseconds. */
export function retainForMs({ options }: OnlineDdlInput): number {
  const value = options?.retainFor ?? retainForMsDefault;
  if (typeof value === 'number') return value;
  const [, amount, unit] = /^(\d+)(\w+)$/.exec(value) ?? [];
  return Number(amount) * (unitMs[unit ?? 'ms'] ?? 1);
}

function refuseNotBuilt(input: unknown): void {
  const options = field(input, 'options');
  for (const [name, what] of Object.entries(notBuiltOptions)) {
    if (field(options, name) !== undefined) throw new SwitchyardError('NOT_BUILT_YET', { what });
  }
  for (const [name, what] of Object.entries(notBuiltCutOverOptions)) {
    if (field(field(options, 'cutOver'), name) !== undefined) throw new SwitchyardError('NOT_BUILT_YET', { what });
  }
  const algorithm = field(options, 'algorithm');
  if (typeof algorithm === 'string' && notBuiltAlgorithms.includes(algorithm)) {
    throw new SwitchyardError('NOT_BUILT_YET', { what: `The option algorithm "${algorithm}"` });
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
