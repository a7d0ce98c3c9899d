/** What inputs of every kind of operation say. */
import { windowProblem, type AttemptLimits } from '../../contract/operation/attempt-limits.js';
import { durationMs } from '../../contract/operation/duration.js';
import type { VerifyAgain } from '../../domain/progress.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { retainForMsDefault, verifyAgainDefault } from '../../limits/shared.js';
import { isTimeZone } from './attempt-windows.js';

interface Retaining {
  readonly options?: { readonly retainFor?: number | string | undefined } | undefined;
}

interface Verifying {
  readonly options?:
    | {
        readonly verifyAgain?:
          | false
          | { readonly every?: number | string | undefined; readonly timeShareMax?: number | undefined }
          | undefined;
      }
    | undefined;
}

/** With every default filled in; null: it is not verified again by itself. */
export function verifyAgain({ options }: Verifying): VerifyAgain | null {
  const asked = options?.verifyAgain;
  if (asked === false) return null;
  return {
    everyMs: asked?.every === undefined ? verifyAgainDefault.everyMs : durationMs(asked.every),
    timeShareMax: asked?.timeShareMax ?? verifyAgainDefault.timeShareMax,
  };
}

/** `retainFor` in milliseconds. */
export function retainForMs({ options }: Retaining): number {
  return durationMs(options?.retainFor ?? retainForMsDefault);
}

/**
 * What no schema can tell of windows: what this worker knows, and what depends on the other limits.
 * @param field of the limits in the input, such as `options.cutOver`. @throws INVALID_INPUT.
 */
export function checkWindows(field: string, limits: AttemptLimits): void {
  const unknown = limits.window?.find(({ timeZone = 'UTC' }) => !isTimeZone(timeZone));
  const name = JSON.stringify(unknown?.timeZone);
  const problem =
    unknown === undefined
      ? windowProblem(limits)
      : `${field}.window names the time zone ${name}, which there is not; one is "Europe/Berlin"`;
  if (problem !== null) throw new SwitchyardError('INVALID_INPUT', { problem });
}
