/** Sees every statement of the data plane, counts them, and holds one where a test wants something to happen. */
import type { StatementObserver } from '../../../src/mysql/server/session/cluster-settings.js';

type When = 'before' | 'after';

export interface Hold {
  /** Resolves when a statement stands there. */
  readonly reached: Promise<void>;
  release(): void;
}

interface Holding {
  readonly when: When;
  readonly pattern: RegExp;
  left: number;
  readonly stand: () => Promise<void>;
  readonly release: () => void;
}

function signal(): { readonly fired: Promise<void>; readonly fire: () => void } {
  let fire = (): void => undefined;
  const fired = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { fired, fire };
}

export class Gate implements StatementObserver {
  readonly #holdings: Holding[] = [];
  readonly #finished: string[] = [];
  readonly #sentAt = new Map<number, number>();
  readonly #timed: { readonly pattern: RegExp; ms: number }[] = [];

  before(sql: string, session: number): Promise<void> {
    this.#sentAt.set(session, performance.now());
    return this.#pass('before', sql);
  }

  after(sql: string, session: number): Promise<void> {
    this.#finished.push(sql);
    const tookMs = performance.now() - (this.#sentAt.get(session) ?? performance.now());
    for (const timed of this.#timed) if (timed.pattern.test(sql)) timed.ms += tookMs;
    return this.#pass('after', sql);
  }

  /** Holds the nth matching statement from now on, before it is sent or after its answer came. */
  hold(when: When, pattern: RegExp, count = 1): Hold {
    const [there, onward] = [signal(), signal()];
    const stand = (): Promise<void> => {
      there.fire();
      return onward.fired;
    };
    this.#holdings.push({ when, pattern, left: count, stand, release: onward.fire });
    return { reached: there.fired, release: onward.fire };
  }

  /** Releases everything that stands, and holds nothing any more. */
  open(): void {
    for (const { release } of this.#holdings) release();
    this.#holdings.length = 0;
  }

  /** Matching statements that have been answered so far. */
  count(pattern: RegExp): number {
    return this.#finished.filter((sql) => pattern.test(sql)).length;
  }

  /** How long matching statements take from now on, all together. */
  timeOf(pattern: RegExp): { ms(): number } {
    const timed = { pattern, ms: 0 };
    this.#timed.push(timed);
    return { ms: () => timed.ms };
  }

  async #pass(when: When, sql: string): Promise<void> {
    for (const holding of [...this.#holdings]) {
      if (holding.when !== when || !holding.pattern.test(sql)) continue;
      holding.left -= 1;
      if (holding.left === 0) await holding.stand();
    }
  }
}

/** The two statements of an apply and of a chunk, as patterns. */
export const statements = {
  applyDelete: /^DELETE( \/\*\+.*\*\/)? FROM `[^`]+`\.`_sw_/,
  applyInsert: /^INSERT INTO `[^`]+`\.`_sw_.* WHERE (\(`|`)[^<>]* IN \(/s,
  waitForVisibility: /WAIT_FOR_EXECUTED_GTID_SET/,
  storePosition: /^UPDATE _switchyard\.streams SET position/,
} as const;
