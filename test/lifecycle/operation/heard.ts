/** What somebody knows of an operation who hears nothing but its news; held against its state after each event. */
import { expect } from 'vitest';
import type { Kind } from '../../../src/lifecycle/operation/kind.js';
import type { News } from '../../../src/lifecycle/operation/news.js';
import type { OperationState } from '../../../src/lifecycle/operation/operation.js';

export class Heard<State extends OperationState> {
  readonly #kind: Kind<State>;
  readonly news: News[] = [];
  #phase: string;
  #attemptsEnded: number;
  #failures: number | undefined;
  #trouble: string | undefined;
  #held: string | undefined;
  #refusedSince: string | undefined;
  #switchedAt: string | undefined;
  #end: string | undefined;

  /** From this state on. */
  constructor(kind: Kind<State>, state: State) {
    this.#kind = kind;
    this.#phase = kind.phaseOf(state);
    this.#attemptsEnded = attemptsEnded(state);
    this.#failures = kind.failing(state)?.retrying.failures;
    this.#trouble = kind.troubleOf(state)?.code;
    this.#held = kind.heldBySystem(state)?.since;
    this.#refusedSince = kind.writesRefusedSince(state) ?? undefined;
    this.#switchedAt = switchedAt(kind, state);
    this.#end = kind.endOf(state)?.outcome;
  }

  hear(news: readonly News[]): void {
    for (const one of news) this.#hearOne(one);
    this.news.push(...news);
  }

  #hearOne(one: News): void {
    if (one.kind === 'phaseChanged') {
      expect(one.from, 'told: the phase before').toBe(this.#phase);
      this.#phase = one.to;
    } else if (one.kind === 'attemptEnded') this.#attemptsEnded += 1;
    else if (one.kind === 'retrying') this.#failures = one.failures;
    else if (one.kind === 'worksAgain') this.#failures = undefined;
    else if (one.kind === 'needsOperator') this.#trouble = one.code;
    else if (one.kind === 'postponedBySystem') this.#held = one.since;
    else if (one.kind === 'writesRefused') this.#refusedSince = one.since;
    else if (one.kind === 'writesTaken') this.#refusedSince = undefined;
    else if (one.kind === 'switched' || one.kind === 'reversed') this.#switchedAt = one.at;
    else if (one.kind === 'completed' || one.kind === 'cancelled' || one.kind === 'failed') this.#end = one.kind;
  }

  /** K15. */
  expectKnown(state: State): void {
    const kind = this.#kind;
    const is = {
      phase: kind.phaseOf(state),
      attemptsEnded: attemptsEnded(state),
      failures: kind.failing(state)?.retrying.failures,
    };
    const heard = { phase: this.#phase, attemptsEnded: this.#attemptsEnded, failures: this.#failures };
    expect(heard, 'K15: what is so was told').toEqual(is);
    const { code } = kind.troubleOf(state) ?? {};
    if (code !== undefined) expect(this.#trouble, 'K15: a trouble was told').toBe(code);
    const held = kind.heldBySystem(state)?.since;
    if (held !== undefined) expect(this.#held, 'K15: that it is held back was told').toBe(held);
    const refused = kind.writesRefusedSince(state) !== null;
    expect(this.#refusedSince !== undefined, 'K15: refused writes were told').toBe(refused);
    const at = switchedAt(kind, state);
    if (at !== undefined) expect(this.#switchedAt, 'K15: a switch was told').toBe(at);
    const end = kind.endOf(state)?.outcome;
    if (end !== undefined) expect(this.#end, 'K15: the end was told').toBe(end);
  }
}

function attemptsEnded({ attempts, attemptStartedAt }: OperationState): number {
  return attempts - (attemptStartedAt === null ? 0 : 1);
}

function switchedAt<State>(kind: Kind<State>, state: State): string | undefined {
  const { switchedAt: forward, reversedAt: back } = kind.switchesOf(state);
  return forward ?? back ?? undefined;
}
