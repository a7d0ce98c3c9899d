/** The limits of a throttle as values that travel: their type, their schemas, their words. All follow from the list. */
import type { z } from 'zod';
import * as sources from './list.js';
import type { Sights, ThrottleSource, Watch } from './source.js';

type Sources = typeof sources;
export type ThrottleLimitName = keyof Sources;
type Limit<Source> = Source extends ThrottleSource<infer Value> ? Value : never;

/** What `setThrottle` sets: what is absent stays, null takes a limit off. */
export type ThrottleLimits = {
  readonly [Name in ThrottleLimitName]?: Limit<Sources[Name]> | null | undefined;
};

/** Limits, and a number that rises with each change of them: what runs starts again with them. */
export interface Throttling {
  readonly revision: number;
  readonly limits: ThrottleLimits;
}

export const throttleNames = Object.keys(sources) as readonly ThrottleLimitName[];

/** The sources by the names of their limits, for what treats all of them alike. */
export const throttleSources = sources as Readonly<Record<ThrottleLimitName, ThrottleSource<unknown>>>;

type Fields = {
  readonly [Name in ThrottleLimitName]: z.ZodOptional<z.ZodNullable<z.ZodType<Limit<Sources[Name]>>>>;
};

/** Of `setThrottle`, and of `options.throttle`. */
export const throttleFields = Object.fromEntries(
  throttleNames.map((name) => [name, throttleSources[name].schema.nullable().optional()]),
) as unknown as Fields;

/** The limits among the fields of a payload. */
export function throttleLimitsIn(fields: ThrottleLimits): ThrottleLimits {
  return Object.fromEntries(throttleNames.map((name) => [name, fields[name]]));
}

/** `limits` with what is given. */
export function changedThrottle({ revision, limits }: Throttling, given: ThrottleLimits): Throttling {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const next: ThrottleLimits = { ...limits, ...said };
  const isChanged = throttleNames.some((name) => text(limits[name]) !== text(next[name]));
  return { revision: isChanged ? revision + 1 : revision, limits: next };
}

/** With what was asked for at the start: what was said since then comes first. */
export function throttledFromTheStart(throttling: Throttling, asked: ThrottleLimits): Throttling {
  return { ...throttling, limits: { ...asked, ...throttling.limits } };
}

/** The limits as a list, for people; null where there are none. */
export function throttleWords(limits: ThrottleLimits): string | null {
  const words = throttleNamesIn(limits).map((name) => `${name} ${text(limits[name])}`);
  return words.length === 0 ? null : words.join(', ');
}

/** What watches the limits that are set. */
export function watchesOf(limits: ThrottleLimits, sights: Sights): readonly (readonly [ThrottleLimitName, Watch])[] {
  return throttleNamesIn(limits).map((name) => [name, throttleSources[name].watch(limits[name], sights)]);
}

/** In the order in which they were set. */
function throttleNamesIn(limits: ThrottleLimits): readonly ThrottleLimitName[] {
  return (Object.keys(limits) as ThrottleLimitName[]).filter((name) => limits[name] != null);
}

function text(limit: unknown): string {
  return typeof limit === 'string' ? limit : JSON.stringify(limit ?? null);
}
