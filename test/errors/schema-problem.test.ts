import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { onlineDdlCommandSchemas } from '../../src/contract/migration/commands.js';
import { tableCleanupCommandSchemas } from '../../src/contract/retained-table.js';
import { decodePayload } from '../../src/contract/decode.js';
import { onlineDdlInputSchema } from '../../src/contract/migration/input.js';

const input = { cluster: 'c', database: 'd', statement: 'ALTER TABLE t FORCE' };

function problemOf(schema: z.ZodType, value: unknown): string {
  const decoded = decodePayload(schema, value);
  if (decoded.fits) throw new Error(`${JSON.stringify(value)} fits`);
  return decoded.problem;
}

function problemWith(options: unknown): string {
  return problemOf(onlineDdlInputSchema, { ...input, options });
}

const duration = 'a duration: milliseconds, or a number with a unit such as "90s", "15m", "24h", "7d"';

describe('what is wrong with an input', () => {
  it.each([
    [undefined, 'it is missing; it has to be an object with fields'],
    ['now', 'it has to be an object with fields, not a text'],
    [{ ...input, statement: undefined }, 'statement is missing; it has to be a text'],
    [{ ...input, statement: '' }, 'statement is empty'],
    [{ ...input, statement: ['x'] }, 'statement has to be a text, not a list'],
    [{ ...input, cluster: 'x'.repeat(101) }, 'cluster has to have at most 100 characters'],
    [{ ...input, option: {} }, 'there is no field "option"; there are: cluster, database, statement, options'],
  ])('is said of %j', (value, problem) => {
    expect(problemOf(onlineDdlInputSchema, value)).toBe(problem);
  });

  it.each([
    [{ cutOver: { lockTimeoutMs: 5 } }, 'options.cutOver.lockTimeoutMs has to be at least 50 milliseconds'],
    [{ cutOver: { lockTimeoutMs: 70_000 } }, 'options.cutOver.lockTimeoutMs has to be at most 60,000 milliseconds'],
    [
      { cutOver: { lockTimeoutMs: '5' } },
      'options.cutOver.lockTimeoutMs has to be a number of milliseconds, not a text',
    ],
    [{ cutOver: { maxAttempts: 1.5 } }, 'options.cutOver.maxAttempts has to be a whole number'],
    [{ cutOver: { backoffMs: [] } }, 'options.cutOver.backoffMs is an empty list'],
    [{ cutOver: { backoffMs: [0, -1] } }, 'options.cutOver.backoffMs[1] has to be at least 0 milliseconds'],
    [{ verify: 'no' }, 'options.verify has to be true or false, not a text'],
    [{ retainFor: '1 day' }, `options.retainFor has to be ${duration}`],
    [{ retainFor: true }, `options.retainFor has to be ${duration}`],
    [{ retainFor: -1 }, `options.retainFor has to be ${duration}`],
    [{ cutOver: 7 }, 'options.cutOver has to be an object with fields, not a number'],
  ])('is said of options %j', (options, problem) => {
    expect(problemWith(options)).toBe(problem);
  });

  it('names the first problems only, so that a message stays short', () => {
    const problem = problemWith({ cutOver: { backoffMs: Array.from({ length: 90 }, () => 'x') } });
    expect(problem.split('; ')).toHaveLength(6);
    expect(problem).toMatch(/; and 85 more$/);
    const fields = Object.fromEntries(Array.from({ length: 40 }, (_, number) => [`f${number}${'x'.repeat(500)}`, 1]));
    expect(problemOf(onlineDdlInputSchema, { ...input, ...fields }).length).toBeLessThan(600);
  });
});

describe('what is wrong with the payload of a command', () => {
  const plain = ['launch', 'postpone', 'pause', 'unpause', 'retry', 'cancel', 'verify'] as const;

  it.each(plain)('%s: a field that there is not', (name) => {
    expect(problemOf(onlineDdlCommandSchemas[name], { reasn: 'x' })).toBe(
      'there is no field "reasn"; there are: reason, by, dryRun',
    );
  });

  it('setLimits: a field that there is not; those that are not built are not offered', () => {
    expect(problemOf(onlineDdlCommandSchemas.setLimits, { lockTimeout: 5 })).toBe(
      'there is no field "lockTimeout"; there are: reason, by, dryRun, lockTimeoutMs, maxAttempts, backoffMs, window',
    );
  });

  it('of tableCleanup: the same', () => {
    const { dropRetained, keepRetained } = tableCleanupCommandSchemas;
    const problem = 'there is no field "becaus"; there are: reason, by, dryRun';
    expect(problemOf(dropRetained, { becaus: 'audit' })).toBe(problem);
    expect(problemOf(keepRetained, { becaus: 'audit' })).toBe(`${problem}, tables`);
  });
});
