/** Work of a move on its two servers, each of which may freeze (session/watched-server.ts). */
import type { Sight } from '../../domain/servers.js';
import { WatchedServer } from '../server/session/watched-server.js';
import type { Wait } from '../../domain/progress.js';
import type { Waits } from '../server/waits.js';
import type { MoveClusters } from './move-plan.js';

export class WatchedPair {
  /** For the work: its sessions on a server end when that is silent. */
  readonly clusters: MoveClusters;
  readonly #source: WatchedServer;
  readonly #target: WatchedServer;

  /** Watches both until `stop`. */
  constructor({ source, target }: MoveClusters) {
    this.#source = new WatchedServer(source);
    this.#target = new WatchedServer(target);
    this.clusters = { source: this.#source.settings, target: this.#target.settings };
  }

  /** Which of them is silent. */
  get seen(): Sight {
    return { source: this.#source.silence, target: this.#target.silence };
  }

  /** Each is aborted when its server is silent: for work that may not use its sessions for long. */
  get silenced(): readonly AbortSignal[] {
    return [this.#source.silenced, this.#target.silenced];
  }

  /** What the work waits for on either. */
  get waits(): readonly Wait[] {
    return [...this.#source.waits, ...this.#target.waits];
  }

  stop(): void {
    this.#source.stop();
    this.#target.stop();
  }
}

/** Does the work while the servers that it needs answer. @throws SERVER_UNAVAILABLE, what the work throws. */
export async function onWatchedPair<Result>(
  clusters: MoveClusters,
  work: (clusters: MoveClusters) => Promise<Result>,
  waits?: Waits,
): Promise<Result> {
  const servers = new WatchedPair(clusters);
  waits?.add(() => servers.waits);
  try {
    return await work(servers.clusters);
  } finally {
    servers.stop();
  }
}
