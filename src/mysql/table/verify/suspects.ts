/**
 * Rows that were not equal when they were compared, and what becomes of them. While the application writes, the copy is
 * always a little behind, so a row that differs at one look is nothing yet.
 *
 * A look reads both sides of a row in one snapshot; before each look the feed catches up with everything that was
 * committed. A row that is equal at one look is settled: what happens to it later is the feed's, and the feed writes the
 * row as it then is. A row whose source did not change between two looks must be equal at the second, since the change
 * that made it unequal was committed before the first and is applied by now. That it did not change cannot be seen, only
 * that it has the same value again; a row that goes to and fro between two values can look unmoved. So a row counts as
 * different only when *neither side* moved in many looks in a row (limits: looksToConfirm), with pauses of changing
 * length. A really different row cannot escape: if its source rests, nothing writes to either side; if its source
 * changes, the feed writes the whole row anew.
 *
 * A row that changes so often that it is never seen equal and never at rest stays unsettled. That is no failure (its last
 * change goes through the drain under the table lock, where it can be compared exactly) but it is told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  differencesShownMax,
  lookKeysMax,
  lookPauseMs,
  lookPauseMsMax,
  looksMax,
  looksToConfirm,
  suspectAgeMs,
  suspectRowsMax,
} from '../../../limits/mysql-table.js';
import { displayKey } from '../rows/key-sql.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { Comparison } from './compared-pairs.js';
import { describeRows, readUnequal, verificationFailed, type UnequalRow } from './differences.js';
import { withJsonPaths } from './json-differences.js';
import { sidesOf } from './side.js';
import { inSnapshot } from './snapshot.js';

interface Suspect {
  readonly row: UnequalRow;
  /** Looks in a row at which neither side had moved, the first one included. */
  readonly unmovedLooks: number;
}

interface SuspectsOptions {
  readonly plan: TablePlan;
  readonly comparison: Comparison;
  readonly catchUp: () => Promise<void>;
  readonly signal: AbortSignal;
}

export class Suspects {
  readonly #options: SuspectsOptions;
  #waiting: UnequalRow[] = [];
  #waitingSince = 0;
  #unsettledRows = 0;
  readonly #unsettledShown: string[] = [];

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  add(rows: readonly UnequalRow[]): void {
    if (this.#waiting.length === 0) this.#waitingSince = performance.now();
    this.#waiting.push(...rows);
  }

  /** Whether none waits; those that are being settled are not counted. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether so many wait, or for so long, that they are to be settled before anything else. */
  get due(): boolean {
    if (this.#waiting.length === 0) return false;
    return this.#waiting.length >= suspectRowsMax || performance.now() - this.#waitingSince >= suspectAgeMs;
  }

  /** What could not be told, for people; empty as a rule. */
  get unsettled(): readonly string[] {
    if (this.#unsettledRows === 0) return [];
    const more = this.#unsettledRows > this.#unsettledShown.length ? ' …' : '';
    const rows = this.#unsettledRows === 1 ? '1 row' : `${this.#unsettledRows} rows`;
    return [`${rows} that changed at every look: ${this.#unsettledShown.join('; ')}${more}`];
  }

  /** Looks at the waiting rows until each is equal, different or unsettled. @throws VERIFICATION_FAILED. */
  async settle(sessions: SessionPair): Promise<void> {
    const { plan, comparison, catchUp, signal } = this.#options;
    let suspects: readonly Suspect[] = this.#waiting.map((row) => ({ row, unmovedLooks: 1 }));
    this.#waiting = [];
    for (let look = 1; suspects.length > 0 && look <= looksMax; look += 1) {
      await catchUp();
      signal.throwIfAborted();
      suspects = await this.#look(sessions, suspects);
      const different = suspects.filter(({ unmovedLooks }) => unmovedLooks >= looksToConfirm);
      if (different.length > 0) {
        const rows = different.map(({ row }) => row);
        const differences = await describeRows(sessions, plan, comparison, rows);
        throw verificationFailed(plan, await withJsonPaths(sessions, plan, sidesOf(plan, comparison), differences));
      }
      if (suspects.length > 0) await sleep(Math.min(look * lookPauseMs, lookPauseMsMax), undefined, { signal });
    }
    this.#unsettledRows += suspects.length;
    for (const { row } of suspects.slice(0, differencesShownMax - this.#unsettledShown.length)) {
      this.#unsettledShown.push(displayKey(plan.key.columns, row.key));
    }
  }

  async #look(sessions: SessionPair, suspects: readonly Suspect[]): Promise<readonly Suspect[]> {
    const { plan, comparison } = this.#options;
    const sides = sidesOf(plan, comparison);
    const still: Suspect[] = [];
    for (let start = 0; start < suspects.length; start += lookKeysMax) {
      const before = suspects.slice(start, start + lookKeysMax);
      const keys = before.map(({ row }) => row.key);
      const rows = await inSnapshot(sessions, () => readUnequal(sessions, sides, keys));
      const now = new Map(rows.map((row) => [row.id, row]));
      for (const { row, unmovedLooks } of before) {
        const same = now.get(row.id);
        if (same === undefined) continue;
        const unmoved = same.source === row.source && same.copy === row.copy;
        still.push({ row: same, unmovedLooks: unmoved ? unmovedLooks + 1 : 1 });
      }
    }
    return still;
  }
}
