/** What work shows of itself on its way. */
import { Waits } from '../../../src/mysql/server/waits.js';
import type { Progress } from '../../../src/mysql/table/synchronise/goal.js';
import type { ThrottleLimitName } from '../../../src/throttle/limits.js';
import { eventually } from '../../support/eventually.js';

export class Shown {
  readonly waits = new Waits();
  stage: Progress['stage'] | undefined;
  readonly onProgress = ({ stage: shown }: Progress): void => {
    this.stage = shown;
  };

  /** Why it waits for this limit; undefined where it does not. */
  why(name: ThrottleLimitName): string | undefined {
    return this.waits.all.find(({ for: what }) => what === `throttle.${name}`)?.why;
  }

  /** Resolves when the work waits for this limit, or does not any more. */
  async until(name: ThrottleLimitName, is: 'held' | 'released'): Promise<void> {
    await eventually(`${name} to be ${is}; it waits for ${JSON.stringify(this.waits.all)}`, () =>
      Promise.resolve((this.why(name) !== undefined) === (is === 'held') ? true : undefined),
    );
  }
}
