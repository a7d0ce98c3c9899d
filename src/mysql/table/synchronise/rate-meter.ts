/** Rows per second and the time that is left, for people: over the last seconds, not since the beginning. */
const windowMs = 10_000;

export interface Rate {
  readonly rows: number;
  readonly rowsEstimated: number;
  readonly percent: number;
  readonly rowsPerSecond: number;
  readonly etaSeconds?: number;
}

export class RateMeter {
  readonly #rowsEstimated: number;
  readonly #samples: { at: number; rows: number }[] = [];

  /** @param rowsEstimated the server's estimate; the real number may be larger, so percent stops at 99 before the end. */
  constructor(rowsEstimated: number) {
    this.#rowsEstimated = rowsEstimated;
  }

  /** Progress at this many rows, now. */
  at(rows: number, now = performance.now()): Rate {
    this.#samples.push({ at: now, rows });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > windowMs) this.#samples.shift();
    const first = this.#samples[0] ?? { at: now, rows };
    const seconds = (now - first.at) / 1_000;
    const rowsPerSecond = seconds > 0 ? Math.round((rows - first.rows) / seconds) : 0;
    const rowsEstimated = Math.max(this.#rowsEstimated, rows);
    const percent = rowsEstimated === 0 ? 0 : Math.min(99, Math.floor((rows * 1_000) / rowsEstimated) / 10);
    const left = rowsEstimated - rows;
    const eta = rowsPerSecond > 0 ? { etaSeconds: Math.round(left / rowsPerSecond) } : {};
    return { rows, rowsEstimated, percent, rowsPerSecond, ...eta };
  }
}
