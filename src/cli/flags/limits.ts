/** Flags for the limits of attempts and of the work: of starts, and of `set-limits` and `set-throttle`. */
import { cutOverFields, switchFields } from '../../contract/operation/attempt-limits.js';
import { throttleNames, throttleSources } from '../../throttle/limits.js';
import type { Flag, FlagsFor, FlagTree } from './flag.js';
import { limit, number, numbers, window } from './values.js';

const attemptFlags: FlagsFor<typeof switchFields> = {
  lockTimeoutMs: { value: 'ms', parse: number, about: 'how long one attempt may wait for its locks (1000)' },
  drainTimeoutMs: {
    value: 'ms',
    parse: number,
    about: 'how long the last changes may take while writers wait (2000)',
  },
  maxAttempts: { value: 'number', parse: number, about: 'attempts before it waits for somebody (10)' },
  backoffMs: { value: 'ms,ms', parse: numbers, about: 'waiting before attempt 1, 2, 3 …; the last one repeats' },
  window: {
    value: 'window',
    parse: window,
    many: true,
    about: 'when attempts may begin, such as "22:00-04:00 fri,sat Europe/Berlin"; several times for several; or none',
  },
};

function attemptFlagsOf(fields: Partial<typeof switchFields>): FlagTree {
  return Object.fromEntries(Object.entries(attemptFlags).filter(([name]) => name in fields));
}

export const cutOverFlags = attemptFlagsOf(cutOverFields);
export const switchFlags = attemptFlagsOf(switchFields);

/** A new source has one by itself. Sorted: the order of what a module exports is not the same for every loader. */
export const throttleFlags: FlagTree = Object.fromEntries(
  throttleNames.toSorted().map((name): [string, Flag] => {
    const { description, example } = throttleSources[name];
    const shown = typeof example === 'object' ? `; such as '${JSON.stringify(example)}'` : '';
    return [name, { value: 'limit', parse: limit, about: `limit: ${description}${shown}` }];
  }),
);
