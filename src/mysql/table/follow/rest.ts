/**
 * Whether the copy is to rest, and does: for a while nothing is applied, and the copy is as the source was at one moment.
 *
 * - R1 While it rests nothing is taken from the feed, which goes on collecting.
 * - R2 It rests by itself only at one moment of the source: rows are read some time after their batch was taken, so one
 *   that changed in between may have the unique value of another, whose change is still to come. So all that was written
 *   since a try began must have no change left that was received and not taken; otherwise the next try begins.
 * - R3 A table that never holds still is taken as it is: who waits gives up, and begins the rest.
 */
import type { Key } from '../../../binlog/key.js';
import type { KeysByTable } from './pending-changes.js';

export class Rest {
  readonly #tables: number;
  #state: 'none' | 'wanted' | 'rests' = 'none';
  /** By table, what was written since the last try, with what it collided with; undefined before the first. */
  #written: Key[][] | undefined;

  constructor(tables: number) {
    this.#tables = tables;
  }

  get isWanted(): boolean {
    return this.#state === 'wanted';
  }

  get isHeld(): boolean {
    return this.#state === 'rests';
  }

  want(): void {
    this.#state = 'wanted';
    this.#written = undefined;
  }

  begin(): void {
    this.#state = 'rests';
    this.#written = undefined;
  }

  end(): void {
    this.#state = 'none';
  }

  /** Hears of what was written. */
  note(table: number, keys: readonly Key[]): void {
    this.#written?.[table]?.push(...keys);
  }

  /** Begins where the copy is of one moment. @param feed has received all that the writes so far may have seen. */
  tryToBegin(feed: { hasAnyOf(keys: KeysByTable): boolean }): void {
    if (this.#written !== undefined && !feed.hasAnyOf(this.#written)) this.begin();
    else this.#written = Array.from({ length: this.#tables }, () => []);
  }
}
