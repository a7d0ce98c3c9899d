/** With which settings an operation works: those that were asked for, and the limits that are in force. Pure. */
import { onlineDdlInputSchema } from '../../contract/migration/input.js';
import { moveTablesInputSchema } from '../../contract/move/input.js';
import { limitsWords } from '../../lifecycle/operation/limits.js';
import { throttleWords, type ThrottleLimits } from '../../throttle/limits.js';
import type { Fact } from '../data.js';
import type { Sources } from './sources.js';

/** @param input as it was given: what does not fit the contract is not shown, since nobody knows what it is. */
export function settingsOf({ kind, migration, move }: Sources, input: unknown): readonly Fact[] {
  const schema = kind === 'onlineDdl' ? onlineDdlInputSchema : moveTablesInputSchema;
  const parsed = schema.safeParse(input);
  const options = parsed.success ? (parsed.data.options ?? {}) : {};
  const limits = migration.status?.limits ?? move.status?.limits ?? null;
  const throttle = migration.status?.throttle ?? move.status?.throttle ?? {};
  const words = throttleWords(shownThrottle(throttle));
  return [
    ...flat('', {
      ...options,
      ...(options.throttle === undefined ? {} : { throttle: shownThrottle(options.throttle) }),
    }),
    ...(limits === null ? [] : [{ name: 'Attempts get now', value: limitsWords(limits) }]),
    ...(words === null ? [] : [{ name: 'Throttle now', value: words }]),
  ];
}

/** Each option by its path, in the words of JSON. */
function flat(path: string, value: unknown): readonly Fact[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, one]) => flat(path === '' ? name : `${path}.${name}`, one));
  }
  return [{ name: path, value: typeof value === 'string' ? value : JSON.stringify(value ?? null) }];
}

/** Nothing of an address is shown but its origin: the rest may be a secret (P8). */
function shownThrottle(limits: ThrottleLimits): ThrottleLimits {
  const { httpCheck } = limits;
  if (typeof httpCheck !== 'string') return limits;
  return { ...limits, httpCheck: /^https?:\/\/[^/?#]+/.exec(httpCheck)?.[0] ?? '' };
}
