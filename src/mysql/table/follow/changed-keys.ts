/**
 * Keys that were written to the copy since they were last compared (P6). Bounded: what does not fit is given up and
 * counted, since slowing the feed down for it would only make the copy late.
 */
import { keyId, type Key } from '../../../binlog/key.js';
import { changedKeysMax } from '../../../limits/mysql-table.js';

export class ChangedKeys {
  readonly #keysMax: number;
  #keys = new Map<string, Key>();
  #givenUp = 0;

  constructor(keysMax = changedKeysMax) {
    this.#keysMax = keysMax;
  }

  add(keys: readonly Key[]): void {
    for (const key of keys) this.#keys.set(keyId(key), key);
    if (this.#keys.size <= this.#keysMax) return;
    this.#givenUp += this.#keys.size;
    this.#keys.clear();
  }

  /** Whether nothing was collected. */
  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#givenUp === 0;
  }

  /** Takes what was collected: distinct keys, and how many were given up. */
  take(): { readonly keys: readonly Key[]; readonly givenUp: number } {
    const taken = { keys: [...this.#keys.values()], givenUp: this.#givenUp };
    this.#keys = new Map();
    this.#givenUp = 0;
    return taken;
  }
}
