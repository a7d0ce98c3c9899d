/** One move whose worker is killed once in each stage of its life, and replaced by another each time. */
import { expect } from 'vitest';
import type { MovePhase } from '../../src/lifecycle/move/phase.js';
import { MoveLife } from './move-life.js';
import { startOwnMysql, type OwnMysql } from './own-mysql.js';
import type { Fault, FaultWorker } from './test-workers.js';

/** What people make a move do, in this order; it goes back only where the worker is killed there. */
const stages = ['verify', 'switch', 'reverse', 'end'] as const;
type Stage = (typeof stages)[number];

/** Where a worker is killed; statements count from the start of the stage. */
export interface Kill extends Fault {
  readonly name: string;
  readonly stage: Stage;
  readonly phase: MovePhase;
  /** The second worker is killed as well. */
  readonly again?: Fault;
}

const options = { switch: { backoffMs: [0, 500], maxAttempts: 20 } };
const waitMs = 120_000;

export class KilledMove {
  readonly #kills: readonly Kill[];
  #life: MoveLife | undefined;
  #own: OwnMysql | undefined;
  #faulty: FaultWorker | undefined;
  #done = 0;
  #failed = false;

  /** @param kills one for each stage at most. */
  constructor(kills: readonly Kill[]) {
    this.#kills = kills;
  }

  get #move(): MoveLife {
    if (this.#life === undefined) throw new Error('open first');
    return this.#life;
  }

  async open(): Promise<void> {
    const forced = this.#kills.some(({ phase }) => phase === 'forceCompleting');
    this.#own = forced ? await startOwnMysql(['--log-bin-trust-function-creators=ON']) : undefined;
    this.#life = await MoveLife.open(this.#own === undefined ? {} : { source: this.#own.cluster });
    await this.#startWorkerFor(this.#kills[0]);
  }

  /** Goes on to where this kill is and through it; what fails once fails from there on, without a wait. */
  through(kill: Kill): Promise<void> {
    return this.#failingOnce(() => this.#goOnThrough(kill.stage));
  }

  /** The target has what was acknowledged, and nothing of ours is left but the retained tables. */
  expectMoved(): Promise<void> {
    return this.#failingOnce(async () => {
      await this.#goOnThrough('end');
      await this.#move.expectMoved({ sourceAnswers: this.#own === undefined });
    });
  }

  async close(): Promise<void> {
    await this.#life?.test.close();
    await this.#own?.stop();
  }

  async #failingOnce(work: () => Promise<void>): Promise<void> {
    if (this.#failed) throw new Error('this move has failed before');
    this.#failed = true;
    await work();
    this.#failed = false;
  }

  async #goOnThrough(last: Stage): Promise<void> {
    for (const stage of stages.slice(this.#done, stages.indexOf(last) + 1)) {
      const kill = this.#kills.find((candidate) => candidate.stage === stage);
      // Before anything is asked for: the first statement of the stage counts.
      if (kill !== undefined) await this.#faulty?.arm();
      await Promise.all([this.#live(stage), kill && this.#kill(kill)]);
      this.#done += 1;
    }
  }

  async #live(stage: Stage): Promise<void> {
    switch (stage) {
      case 'verify':
        await this.#move.start(options);
        return this.#move.toVerified();
      case 'switch':
        return this.#move.switch();
      case 'reverse':
        return this.#kills.some((kill) => kill.stage === stage) ? this.#move.reverse() : undefined;
      case 'end':
        return this.#own === undefined ? this.#move.complete() : this.#move.forceComplete(this.#own);
    }
  }

  /** Kills each worker where it is to be killed, and starts the next one. */
  async #kill(kill: Kill): Promise<void> {
    const { test } = this.#move;
    await this.#faulty?.reached(waitMs);
    // Else it was another statement than the one that is meant.
    expect(await test.status()).toMatchObject({ phase: kill.phase });
    this.#faulty?.worker.kill('SIGKILL');
    if (kill.again !== undefined) {
      const second = await test.startFaultWorker(kill.again);
      await second.reached(waitMs);
      second.worker.kill('SIGKILL');
    }
    await this.#startWorkerFor(this.#kills[this.#kills.indexOf(kill) + 1]);
  }

  async #startWorkerFor(kill: Kill | undefined): Promise<void> {
    const { test } = this.#move;
    this.#faulty = kill && (await test.startFaultWorker(kill, false));
    if (kill === undefined) await test.startWorker();
  }
}
