/** What work waits for, for people: asked now and then of whoever makes it wait, so that it costs those nothing. */

import type { Wait } from '../../domain/progress.js';

/** What is waited for now; empty for nothing. */
export type WaitSource = () => readonly Wait[];

export class Waits {
  readonly #sources = new Set<WaitSource>();

  /** From now on until the result is called. */
  add(source: WaitSource): () => void {
    this.#sources.add(source);
    return () => void this.#sources.delete(source);
  }

  /** What is waited for now, the longest first. */
  get all(): readonly Wait[] {
    const all = [...this.#sources].flatMap((source) => source());
    return all.sort((one, other) => (one.since < other.since ? -1 : 1));
  }

  /** Does what is nothing but waiting. @throws what `work` throws. */
  async during<Result>(what: string, why: () => string, work: () => Promise<Result>): Promise<Result> {
    const since = new Date().toISOString();
    const remove = this.add(() => [{ for: what, since, why: why() }]);
    try {
      return await work();
    } finally {
      remove();
    }
  }
}
