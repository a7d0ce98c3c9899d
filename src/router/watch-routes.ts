/**
 * `watchRoutes`, for applications: keeps the rules of the table router at hand by reading them again and again over a
 * connection that the application gives. It loads no driver, never goes back to an older version, and outlives the
 * connection: what was known last stays valid for it, with the time since when it may be out of date.
 */
import {
  routesIntervalMsDefault,
  routesIntervalMsMin,
  routesReadsInFlightMax,
  routesTimeoutMsDefault,
} from '../limits/router.js';
import { errorNumbers, serverErrorNumber } from '../mysql/server/session/server-errors.js';
import { selectRoutingRules, type RoutingRow } from '../mysql/server/sidecar/routing-rules.js';
import type { Place, RuleSet, TableHome } from '../domain/routing.js';
import { learn, movesIn, placeOf, type KnownMoves } from './known-moves.js';

export type { Place, RoutingRule, RuleSet, TableHome } from '../domain/routing.js';

/** What is needed of a connection: mysql2's promise pool has it, and its connection, which is gone once it was lost. */
export interface RoutesConnection {
  query(sql: string): Promise<readonly unknown[]>;
}

export interface WatchOptions {
  /** Pause between two reads. */
  readonly intervalMs?: number;
  /** A read that takes longer counts as failed. */
  readonly timeoutMs?: number;
  /** Called after a read that brought a newer version of a move; not for what `watchRoutes` returned with. */
  readonly onChange?: (routes: Routes) => void;
  /** Called when a read fails after one that did not, and not again until one has succeeded. */
  readonly onStale?: (since: Date, error: unknown) => void;
}

export interface Routes {
  /** Where the reads and the writes of a table go now; to its home where no rule says otherwise. */
  find(home: TableHome): { readonly reads: Place; readonly writes: Place };
  /** The rules of every move that is known; a move whose rules were removed has none. */
  readonly moves: readonly RuleSet[];
  /** The time of the last read that succeeded where one has failed since; else null. */
  readonly staleSince: Date | null;
  /** Ends the reading: nothing is called any more. The connection stays the application's. */
  close(): void;
}

/**
 * Reads the rules, and goes on reading them until `close`.
 * @throws what the first read throws; later ones only make what is known stale.
 */
export async function watchRoutes(connection: RoutesConnection, options: WatchOptions = {}): Promise<Routes> {
  const watcher = new RouteWatcher(connection, options);
  await watcher.start();
  return watcher;
}

class RouteWatcher implements Routes {
  readonly #connection: RoutesConnection;
  readonly #options: WatchOptions;
  #known: KnownMoves = new Map();
  #freshAt = new Date();
  #staleSince: Date | null = null;
  #readsInFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connection: RoutesConnection, options: WatchOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#freshAt = new Date();
    this.#known = await this.#readInTime();
    this.#schedule();
  }

  find(home: TableHome): { readonly reads: Place; readonly writes: Place } {
    return { reads: placeOf(this.#known, home, 'reads'), writes: placeOf(this.#known, home, 'writes') };
  }

  get moves(): readonly RuleSet[] {
    return [...this.#known.values()];
  }

  get staleSince(): Date | null {
    return this.#staleSince;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const { intervalMs = routesIntervalMsDefault } = this.#options;
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look(), Math.max(intervalMs, routesIntervalMsMin));
    // Looking for rules is no reason for a process to live on.
    this.#timer.unref();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    // What lost reads leave behind waits on the application's connections until TCP gives them up.
    if (this.#readsInFlight < routesReadsInFlightMax) {
      const startedAt = new Date();
      try {
        const read = await this.#readInTime();
        this.#succeeded(startedAt, read);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#schedule();
  }

  #succeeded(startedAt: Date, read: KnownMoves): void {
    this.#freshAt = startedAt;
    this.#staleSince = null;
    const known = learn(this.#known, read);
    if (known === this.#known) return;
    this.#known = known;
    this.#call(() => this.#options.onChange?.(this));
  }

  #failed(error: unknown): void {
    if (this.#staleSince !== null) return;
    const since = this.#freshAt;
    this.#staleSince = since;
    this.#call(() => this.#options.onStale?.(since, error));
  }

  /** What the application's function throws is the application's, and ends no reading. */
  #call(call: () => void): void {
    queueMicrotask(() => {
      if (!this.#closed) call();
    });
  }

  async #readInTime(): Promise<KnownMoves> {
    const { timeoutMs = routesTimeoutMsDefault } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`the rules could not be read within ${timeoutMs} ms`)), timeoutMs);
    });
    const read = this.#read();
    // Where it was late, what becomes of it is nobody's concern any more.
    read.catch(() => undefined);
    return Promise.race([read, late]).finally(() => clearTimeout(timer));
  }

  async #read(): Promise<KnownMoves> {
    this.#readsInFlight += 1;
    try {
      const [rows] = await this.#connection.query(selectRoutingRules);
      return movesIn(rows as readonly RoutingRow[]);
    } catch (error) {
      // Before the first move there is no table, and after it there is one for ever.
      const number = serverErrorNumber(error);
      const missing = number === errorNumbers.noSuchTable || number === errorNumbers.unknownDatabase;
      if (missing && this.#known.size === 0) return new Map();
      throw error;
    } finally {
      this.#readsInFlight -= 1;
    }
  }
}
