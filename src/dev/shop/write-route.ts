/** Where the clients of a shop write: always to one place, or wherever the routes of a move and its fences send them. */
import { createPool } from 'mysql2/promise';
import { watchRoutes, type Routes, type TableHome } from '../../router/watch-routes.js';
import type { ShopAccess } from './access.js';

export interface WriteRoute {
  /** Where to write now: the same object for the same place. */
  access(): ShopAccess;
  /** A fence refused a write there. @returns whether there is another place to try. */
  refusedAt(access: ShopAccess): boolean;
}

/** SIGNAL: what the fence of a move says. */
const signalled = 1644;
/** Before a refused write is tried again: while traffic moves neither side takes writes for a moment. */
export const refusedPauseMs = 5;

/** Whether a server refused a write with the error that fences give. */
export function isFence(error: unknown): boolean {
  return (error as { errno?: number }).errno === signalled;
}

/** For a table that stays where it is. */
export function alwaysTo(access: ShopAccess): WriteRoute {
  return { access: () => access, refusedAt: () => false };
}

export interface FollowOptions {
  readonly home: TableHome;
  /** By the name of the cluster: the two places between which the table moves. */
  readonly places: Readonly<Record<string, ShopAccess>>;
  /** Of the cluster with the rules. */
  readonly rules: Omit<ShopAccess, 'database'>;
}

/** The clients read the routes this often: a fence tells them sooner in any case. */
const intervalMs = 200;

/** Follows the routes as an application would, all its clients together. */
export class FollowedRoute implements WriteRoute {
  readonly #options: FollowOptions;
  readonly #routes: Routes;
  readonly #end: () => Promise<void>;
  #current: ShopAccess;

  private constructor(options: FollowOptions, routes: Routes, end: () => Promise<void>) {
    this.#options = options;
    this.#routes = routes;
    this.#end = end;
    this.#current = this.#routed();
  }

  static async watch(options: FollowOptions): Promise<FollowedRoute> {
    const pool = createPool({ ...options.rules, connectionLimit: 2 });
    const routes = await watchRoutes(pool, { intervalMs, onChange: () => route.follow() });
    const route = new FollowedRoute(options, routes, () => pool.end());
    return route;
  }

  access(): ShopAccess {
    return this.#current;
  }

  refusedAt(access: ShopAccess): boolean {
    // Of all clients that are refused there, the first takes the others along; the next routes come after the fence.
    if (access === this.#current) {
      this.#current = Object.values(this.#options.places).find((place) => place !== access) ?? access;
    }
    return true;
  }

  /** Goes where the routes say now. */
  follow(): void {
    this.#current = this.#routed();
  }

  async close(): Promise<void> {
    this.#routes.close();
    await this.#end();
  }

  #routed(): ShopAccess {
    const { home, places } = this.#options;
    const { cluster } = this.#routes.find(home).writes;
    const place = places[cluster];
    if (place === undefined) throw new Error(`the routes name cluster ${cluster}, which the shop does not know`);
    return place;
  }
}
