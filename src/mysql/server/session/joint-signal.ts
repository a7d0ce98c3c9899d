/**
 * One signal out of several and a time limit. Not by `AbortSignal.any` and `AbortSignal.timeout`: on Node 20 what they make
 * is held weakly by what would end it, so that a garbage collection loses the limit, and listeners stay with the sources.
 */

/** The reason of a signal whose time is up. */
export class TimeUp extends Error {
  constructor(withinMs: number, message = `it was not done within ${withinMs} ms`) {
    super(message);
    this.name = 'TimeUp';
  }
}

/** The reason of a signal that is not needed any more: whatever still waits by it ends, too. */
export class WorkIsOver extends Error {
  constructor() {
    super('what it was done for has ended');
    this.name = 'WorkIsOver';
  }
}

export interface TimeLimit {
  readonly withinMs: number;
  /** What the reason says; otherwise that time is up. */
  readonly message?: string;
}

export class JointSignal {
  readonly #controller = new AbortController();
  readonly #release: () => void;

  /** @param sources the first that comes ends it, with its reason. @param limit with TimeUp as the reason. */
  constructor(sources: readonly (AbortSignal | undefined)[], limit?: TimeLimit) {
    const ends = sources
      .filter((source) => source !== undefined)
      .map((source) => ({ source, end: (): void => this.#end(source.reason) }));
    const timer = limit && setTimeout(() => this.#end(new TimeUp(limit.withinMs, limit.message)), limit.withinMs);
    // From the sources and the timer here: nothing of it can be collected before `end`.
    this.#release = () => {
      clearTimeout(timer);
      for (const { source, end } of ends) source.removeEventListener('abort', end);
    };
    for (const { source, end } of ends) source.addEventListener('abort', end);
    const over = ends.find(({ source }) => source.aborted);
    if (over !== undefined) over.end();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of sources and timer. What still waits by the signal ends: it may have lost a race and be nobody's any more. */
  end(): void {
    this.#end(new WorkIsOver());
  }

  #end(reason: unknown): void {
    this.#release();
    this.#controller.abort(reason);
  }
}

/** Runs `work` with a joint signal, which ends with it. @throws what the work throws. */
export async function withJointSignal<Result>(
  sources: readonly (AbortSignal | undefined)[],
  limit: TimeLimit | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const joint = new JointSignal(sources, limit);
  try {
    return await work(joint.signal);
  } finally {
    joint.end();
  }
}
