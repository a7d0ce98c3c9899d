/** Tells workflows who looks at them from outside, with what their preparations tell (contract/operation/outside.ts). */
import { ApplicationFailure } from '@temporalio/common';
import type { Outside, Told } from '../../contract/operation/outside.js';
import type { NotifySettings } from '../../notify/settings.js';

/** Who is told, as workflows get to know it: no address and no secret (P8). */
export function toldBy(settings: NotifySettings): Told {
  const { events } = settings;
  if (settings.driver === 'webhook') return { events };
  const { taskQueue, activityType, timeoutMs } = settings;
  return { events, activity: { taskQueue, activityType, timeoutMs } };
}

/** Never rejects. */
export type LookOutside = () => Promise<Outside>;

interface Prepares<Request, Prepared> {
  (request: Request): Promise<Prepared>;
}

/** The same preparation, which tells so beside, also where it fails; nothing where nobody looks. */
export function tellingOutside<Request, Prepared extends { readonly outside?: Outside }>(
  look: LookOutside,
  prepare: Prepares<Request, Prepared>,
): Prepares<Request, Prepared> {
  return async (request) => {
    const told = tellable(await look());
    try {
      return { ...(await prepare(request)), ...told };
    } catch (error) {
      throw withDetails(error, told);
    }
  };
}

function tellable(outside: Outside): { readonly outside?: Outside } {
  const isAnybody = outside.searchAttributes.length > 0 || outside.notify !== undefined;
  return isAnybody ? { outside } : {};
}

/** The first of the details is an object in each failure of ours (failure.ts). */
function withDetails(error: unknown, told: object): unknown {
  if (!(error instanceof ApplicationFailure)) return error;
  const { message, type, nonRetryable, details, cause } = error;
  const [first, ...rest] = details ?? [];
  const failure = ApplicationFailure.create({
    message,
    ...(type == null ? {} : { type }),
    nonRetryable: nonRetryable === true,
    details: [{ ...(first as object | undefined), ...told }, ...rest],
    ...(cause === undefined ? {} : { cause }),
  });
  if (error.stack !== undefined) failure.stack = error.stack;
  return failure;
}
