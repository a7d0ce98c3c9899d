/** What work shows of itself on its way. */
import type { Progress } from '../../../src/mysql/table/synchronise/goal.js';
import type { ThrottleLimitName } from '../../../src/throttle/limits.js';
import { eventually } from '../../support/eventually.js';

export class Shown {
  latest: Progress | undefined;
  readonly names = new Set<string>();
  readonly stages = new Set<string>();

  readonly take = (progress: Progress): void => {
    this.latest = progress;
    if (progress.throttled === undefined) return;
    this.stages.add(progress.stage);
    for (const [name = ''] of progress.throttled.matchAll(/\w+(?=: )/g)) this.names.add(name);
  };

  /** Resolves when the work waits for this limit, or does not any more. */
  async until(name: ThrottleLimitName, is: 'held' | 'released'): Promise<void> {
    const wanted = is === 'held';
    await eventually(`${name} to be ${is}; it shows ${JSON.stringify(this.latest)}`, () =>
      Promise.resolve((this.latest?.throttled ?? '').includes(`${name}: `) === wanted ? true : undefined),
    );
  }
}
