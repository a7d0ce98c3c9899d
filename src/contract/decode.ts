import { z } from 'zod';
import { joinProblems, schemaProblem } from '../errors/schema-problem.js';

/** A payload that fits its schema, or why it does not, as the end of a sentence. */
export type Decoded<T> =
  { readonly fits: true; readonly value: T } | { readonly fits: false; readonly problem: string };

/** Decodes what a message carries; no payload, `null` and `undefined` are the same: nothing was given. */
export function decodePayload<T>(schema: z.ZodType<T>, payload: unknown): Decoded<T> {
  // Not by the method of the schema, which is made at its first use: what all workflows share is frozen.
  const parsed = z.safeParse(schema, payload ?? undefined, { error: schemaProblem });
  if (parsed.success) return { fits: true, value: parsed.data };
  return { fits: false, problem: joinProblems(parsed.error.issues.map(({ message }) => message)) };
}

/** What an input that nobody has validated yet has at a path; undefined where there is nothing. */
export function fieldOf(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
    input,
  );
}
