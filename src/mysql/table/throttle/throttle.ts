/**
 * Holds copying and comparing back, whatever the reason (src/throttle); following is never held back. A source that
 * fails does not end the work: what it said last counts for `throttleBlindMs`, then the work waits until it answers.
 */
import { networkProblem } from '../../../errors/network-problem.js';
import { throttleAnswerMs, throttleBlindMs, throttleLookMs, throttleTurnMs } from '../../../limits/mysql-table.js';
import { watchesOf, type ThrottleLimitName, type ThrottleLimits } from '../../../throttle/limits.js';
import type { Reading, Sights, Watch } from '../../../throttle/source.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { Wait } from '../../../domain/progress.js';
import { sayableServerMessage } from '../../server/session/server-errors.js';
import type { Pace } from './time-share.js';

export interface ThrottleOptions {
  readonly limits: ThrottleLimits;
  readonly sights: Sights;
}

/** A source that makes the work wait, or did just now. */
interface Hold {
  readonly since: Date;
  readonly seenAt: number;
  readonly why: string;
}

export class Throttle implements Pace {
  readonly #watches: readonly Watched[];
  readonly #holds = new Map<ThrottleLimitName, Hold>();

  constructor({ limits, sights }: ThrottleOptions) {
    this.#watches = watchesOf(limits, sights).map(([name, watch]) => new Watched(name, watch));
  }

  get isGentle(): boolean {
    return this.#watches.some((watch) => watch.isGentle);
  }

  /** What it waits for, each source by itself. */
  get waits(): readonly Wait[] {
    return [...this.#holds].map(([name, { since, why }]) => ({
      ...{ for: `throttle.${name}`, since: since.toISOString(), why },
    }));
  }

  /** Resolves when the next chunk may begin, or when the signal is aborted. */
  async pass(signal: AbortSignal): Promise<void> {
    let waited = false;
    while (!signal.aborted) {
      const holds = await this.#look(signal);
      if (signal.aborted) return;
      if (holds.length === 0) {
        // What has waited may have to wait again after one chunk: held is what does so again and again.
        if (!waited) this.goesOn();
        return;
      }
      waited = true;
      this.#note(holds);
      const waitMs = Math.max(...holds.map(({ reading }) => reading.waitMs ?? throttleLookMs));
      await withJointSignal([signal], { withinMs: Math.min(waitMs, throttleLookMs) }, aborted);
    }
  }

  /** What the sources say that make it wait; nothing where the signal comes first. */
  async #look(signal: AbortSignal): Promise<readonly Said[]> {
    const looks = Promise.all(this.#watches.map((watch) => watch.look()));
    const said = await withJointSignal([signal], undefined, (ended) => Promise.race([looks, aborted(ended)]));
    return (said ?? []).filter((one) => one !== null);
  }

  /** Rows that were copied or compared: the next chunk of any lane may have to begin later. */
  passed(rows: number): void {
    for (const watch of this.#watches) watch.passed(rows);
  }

  /** Nothing waits any more. */
  goesOn(): void {
    this.#holds.clear();
  }

  /** Sources may take turns from chunk to chunk: one that holds soon again has held all the time. */
  #note(holds: readonly Said[]): void {
    const now = performance.now();
    for (const [name, { seenAt }] of this.#holds) if (now - seenAt > throttleTurnMs) this.#holds.delete(name);
    for (const { name, reading } of holds) {
      const since = this.#holds.get(name)?.since ?? new Date();
      this.#holds.set(name, { since, seenAt: now, why: reading.why });
    }
  }
}

/** A source that makes the work wait, with why. */
interface Said {
  readonly name: ThrottleLimitName;
  readonly reading: NonNullable<Reading>;
}

/** One limit: shares looks between lanes, and knows how old the last one is. */
class Watched {
  readonly #name: ThrottleLimitName;
  readonly #watch: Watch;
  #last: { readonly reading: Reading; readonly at: number } | undefined;
  #failing: { readonly since: Date; readonly problem: string } | undefined;
  #looking: { readonly done: Promise<void>; readonly startedAt: number } | undefined;
  /** Whether a look asks somebody: such a one is not made for each chunk. */
  #asks = false;

  constructor(name: ThrottleLimitName, watch: Watch) {
    this.#name = name;
    this.#watch = watch;
  }

  get isGentle(): boolean {
    return this.#watch.isGentle === true;
  }

  passed(rows: number): void {
    this.#watch.passed?.(rows);
  }

  /** Whether to wait, as far as is known after a look that is recent enough. */
  async look(): Promise<Said | null> {
    const reading = await this.#read();
    return reading === null ? null : { name: this.#name, reading };
  }

  async #read(): Promise<Reading> {
    await this.#refresh();
    const { reading, at } = this.#last ?? { reading: null, at: -Infinity };
    if (this.#failing !== undefined && performance.now() - at > throttleBlindMs) {
      const { since, problem } = this.#failing;
      return { why: `nothing is known of it since ${since.toISOString()} (${problem})` };
    }
    return reading;
  }

  /** Looks, unless the last look is recent, or one is under way: that one is waited for, but not for long. */
  async #refresh(): Promise<void> {
    const age = performance.now() - (this.#last?.at ?? -Infinity);
    if (this.#looking === undefined && (!this.#asks || age >= throttleLookMs)) this.#begin();
    if (this.#looking === undefined) return;
    const { done, startedAt } = this.#looking;
    const withinMs = Math.max(0, startedAt + throttleAnswerMs - performance.now());
    await withJointSignal([], { withinMs }, (ended) => Promise.race([done, aborted(ended)]));
    if (this.#looking?.done === done) this.#fails(`no answer within ${throttleAnswerMs} ms`);
  }

  #begin(): void {
    const startedAt = performance.now();
    let looked: Reading | Promise<Reading>;
    try {
      looked = this.#watch.look();
    } catch (error) {
      this.#fails(problemOf(error));
      return;
    }
    this.#asks = looked instanceof Promise;
    if (!(looked instanceof Promise)) {
      this.#says(looked);
      return;
    }
    const done = looked
      .then((reading) => this.#says(reading))
      .catch((error: unknown) => this.#fails(problemOf(error)))
      .finally(() => {
        this.#looking = undefined;
      });
    this.#looking = { done, startedAt };
  }

  #says(reading: Reading): void {
    this.#last = { reading, at: performance.now() };
    this.#failing = undefined;
  }

  #fails(problem: string): void {
    this.#failing = { since: this.#failing?.since ?? new Date(), problem };
  }
}

/** It goes into the history with what is waited for: without a value of a row, which the server's words may quote (P8). */
function problemOf(error: unknown): string {
  return sayableServerMessage(error) ?? networkProblem(error);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
