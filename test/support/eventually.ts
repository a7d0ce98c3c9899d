/** Names that no other test has, and waiting that ends. */

let serial = 0;

/** A name that no other test of this run has, in any process. */
export function uniqueName(prefix: string): string {
  serial += 1;
  return `${prefix}_${process.pid}_${serial}`;
}

/** For a probe that costs much, such as a query: it is a task of Temporal and of the worker, which have better to do. */
export const rarelyMs = 200;

/**
 * Looks every `everyMs` until `probe` gives something else than undefined. @throws after `timeoutMs`, saying what was
 * waited for.
 */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined>,
  timeoutMs = 100_000,
  everyMs = 50,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await probe();
    if (result !== undefined) return result;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
