/** Chooses how many rows the next chunk has. Pure arithmetic; it aims at a time and never goes over a size in bytes. */
import {
  chunkBytesTarget,
  chunkGrowthMax,
  chunkRowsMax,
  chunkRowsMin,
  chunkRowsStart,
  chunkTargetMs,
  gentleChunkRowsMax,
} from '../../../limits/mysql-table.js';

export class ChunkServo {
  #rowsMax: number;
  #rows: number;

  /** @param averageRowBytes the server's estimate of a row; bounds the chunk in bytes. @param isGentle in small chunks. */
  constructor(averageRowBytes: number, isGentle = false) {
    const byBytes = Math.floor(chunkBytesTarget / Math.max(averageRowBytes, 1));
    this.#rowsMax = Math.max(chunkRowsMin, Math.min(isGentle ? gentleChunkRowsMax : chunkRowsMax, byBytes));
    this.#rows = Math.min(chunkRowsStart, this.#rowsMax);
  }

  /** Rows of the next chunk. */
  get rows(): number {
    return this.#rows;
  }

  /** No later chunk has more: more rows than these are too large for a limit of the server. */
  limit(rows: number): void {
    this.#rowsMax = Math.max(chunkRowsMin, Math.min(this.#rowsMax, rows));
    this.#rows = Math.min(this.#rows, this.#rowsMax);
  }

  /** Learns from a chunk that was copied. A slow one shrinks the next at once, a quick one grows it step by step. */
  record(rows: number, elapsedMs: number): void {
    if (rows <= 0) return;
    const ideal = (rows * chunkTargetMs) / Math.max(elapsedMs, 1);
    const next = Math.min(ideal, this.#rows * chunkGrowthMax);
    this.#rows = Math.round(Math.max(chunkRowsMin, Math.min(next, this.#rowsMax)));
  }
}
