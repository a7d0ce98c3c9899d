/** The list of preflight has every check: a file that is not in it would be asked by nobody. */
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/mysql/preflight/checks.js';

const folder = new URL('../../../src/mysql/preflight/checks/', import.meta.url);

describe('the checks of preflight', () => {
  it('are one in each file, and all of them are in the list, once', async () => {
    const found: unknown[] = [];
    for (const file of await readdir(folder)) {
      const exported = Object.values((await import(new URL(file, folder).href)) as Record<string, unknown>);
      const own = exported.filter((value) => typeof value === 'object' && value !== null && 'scope' in value);
      expect(own, file).toHaveLength(1);
      found.push(...own);
    }
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((check) => !checks.includes(check as (typeof checks)[number]))).toEqual([]);
    expect(new Set(checks).size).toBe(checks.length);
    expect(checks).toHaveLength(found.length);
  });
});
