/** Watches how long no client of a shop had a write acknowledged, and what went on meanwhile (P3). */
import type { ShopModel } from '../../src/dev/shop/model.js';

interface Gap {
  readonly ms: number;
  /** What was going on at some time in it. */
  readonly during: readonly string[];
  /** What is left of it without the time in which something stopped all writes by itself. */
  readonly ownMs: number;
}

const everyMs = 50;
/** Shorter ones are not kept. */
const keptMs = 1_000;
/** After a server is back its clients come back, and crash recovery is over. */
const afterMs = 2_000;

interface Going {
  readonly name: string;
  readonly stopsWrites: boolean;
  readonly begunAt: number;
  endedAt: number | null;
}

export class WriteGaps {
  readonly gaps: Gap[] = [];
  readonly #timer: NodeJS.Timeout;
  #acknowledged: number;
  #since = performance.now();
  #going: Going[] = [];

  constructor(private readonly model: ShopModel) {
    this.#acknowledged = model.acknowledged;
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Notes that something goes on. @returns what notes its end. */
  note(name: string, stopsWrites: boolean): () => void {
    const going: Going = { name, stopsWrites, begunAt: performance.now(), endedAt: null };
    this.#going.push(going);
    return () => {
      going.endedAt = performance.now();
    };
  }

  /** @returns the longest, in milliseconds, without what stopped all writes by itself. */
  get longestMs(): number {
    return Math.max(0, ...this.gaps.map(({ ownMs }) => ownMs));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#end(performance.now());
  }

  #look(): void {
    const now = performance.now();
    if (this.model.acknowledged === this.#acknowledged) return;
    this.#acknowledged = this.model.acknowledged;
    this.#end(now);
    this.#since = now;
    this.#going = this.#going.filter(({ endedAt }) => endedAt === null || endedAt > now - afterMs);
  }

  #end(now: number): void {
    const ms = Math.round(now - this.#since);
    if (ms < keptMs) return;
    const during = this.#going.filter(({ endedAt }) => endedAt === null || endedAt > this.#since - afterMs);
    const stopping = during.filter(({ stopsWrites }) => stopsWrites);
    const ownMs = Math.round(timeWithout(this.#since, now, stopping));
    this.gaps.push({ ms, ownMs, during: during.map(({ name }) => name) });
  }
}

/** How much of the time is outside of all of these; what has ended counts for as long as clients need to come back. */
function timeWithout(from: number, to: number, going: readonly Going[]): number {
  let [ms, at] = [0, from];
  for (const { begunAt, endedAt } of [...going].sort((one, other) => one.begunAt - other.begunAt)) {
    if (begunAt > at) ms += Math.min(begunAt, to) - at;
    at = Math.min(to, Math.max(at, endedAt === null ? to : endedAt + afterMs));
  }
  return ms + to - at;
}
