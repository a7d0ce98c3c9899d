/**
 * How much heavy work a process does at once, in all and on one cluster (docs/workers.md). What waits for its cluster keeps
 * nobody else waiting: its place in the process is taken together with those on its clusters, or not at all.
 */
import type { WorkPlaces } from '../../domain/work-kinds.js';
import type { Waits } from '../../mysql/server/waits.js';

/** Stands for the process among the names of clusters, which are never empty. */
const inAll = '';

interface Waiting {
  readonly names: readonly string[];
  readonly begin: () => void;
}

/** What work waits and ends by. */
interface Hearing {
  readonly signal: AbortSignal;
  readonly waits: Waits;
}

export class Places {
  readonly #limits: WorkPlaces | undefined;
  readonly #taken = new Map<string, number>();
  /** In the order in which they came; who has a place does not wait for those before him who have none. */
  readonly #waiting = new Set<Waiting>();

  /** @param limits undefined: none but the slots of the worker. */
  constructor(limits?: WorkPlaces) {
    this.#limits = limits;
  }

  /** Does `work` on these clusters once there is a place. @throws the signal's reason meanwhile, what the work throws. */
  async during<Result>(clusters: readonly string[], hearing: Hearing, work: () => Promise<Result>): Promise<Result> {
    if (this.#limits === undefined) return work();
    const names = [inAll, ...new Set(clusters)];
    const why = (): string => `as much work as a worker does at once is done on ${clusters.join(' or ')}, or in all`;
    if (this.#isFree(names)) this.#take(names);
    else await hearing.waits.during('cluster', why, () => this.#until(names, hearing.signal));
    try {
      return await work();
    } finally {
      this.#giveBack(names);
    }
  }

  #until(names: readonly string[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(waiting);
        reject(signal.reason as Error);
      };
      const begin = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const waiting = { names, begin };
      this.#waiting.add(waiting);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  #isFree(names: readonly string[]): boolean {
    return names.every((name) => (this.#taken.get(name) ?? 0) < this.#limitOf(name));
  }

  #limitOf(name: string): number {
    return (name === inAll ? this.#limits?.inAll : this.#limits?.perCluster) ?? Infinity;
  }

  #take(names: readonly string[]): void {
    for (const name of names) this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
  }

  #giveBack(names: readonly string[]): void {
    for (const name of names) this.#taken.set(name, (this.#taken.get(name) ?? 0) - 1);
    for (const waiting of this.#waiting) {
      if (!this.#isFree(waiting.names)) continue;
      this.#waiting.delete(waiting);
      this.#take(waiting.names);
      waiting.begin();
    }
  }
}
