/** What an attempt does before it asks for the lock, while nobody is blocked: applies and compares what came since. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { catchUpBeforeLockMs } from '../../../limits/mysql.js';
import type { Waits } from '../../server/waits.js';
import type { Follower } from './follower.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { Session } from '../../server/session/session.js';

export interface CatchUpSteps {
  readonly follower: Follower;
  /** For looking at the executed set; nobody else uses it. */
  readonly looking: Session;
  /** Compares what was applied, with the follower still running. */
  readonly compare: (catchUp: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly waits?: Waits | undefined;
}

/**
 * Runs the follower until it has applied what was committed at a moment close to now, and that is compared.
 * @returns false when there was not enough time, or the signal came. @throws what ends the feed, VERIFICATION_FAILED.
 */
export function catchUpInTime(steps: CatchUpSteps): Promise<boolean> {
  // Ends with it: who waits for the feed of a run that has failed would wait for ever.
  const catchUp = (): Promise<boolean> =>
    withJointSignal([steps.signal], { withinMs: catchUpBeforeLockMs }, (inTime) => catchUpUntil(steps, inTime));
  return steps.waits === undefined ? catchUp() : waitingForFeed(steps.waits, steps.follower, catchUp);
}

async function catchUpUntil({ follower, looking, compare }: CatchUpSteps, inTime: AbortSignal): Promise<boolean> {
  const stopped = new AbortController();
  const running = follower.run(stopped.signal);
  // A failure of the run must not go unheard while catching up waits.
  const failed = running.then(() => Promise.reject(new SwitchyardError('FEED_ENDED', { problem: 'stopped' })));
  failed.catch(() => undefined);
  const catchUp = (): Promise<void> => Promise.race([follower.catchUp(looking, inTime), failed]);
  try {
    // The first one may be long; the last one then ends close to now.
    await catchUp();
    if (!inTime.aborted) await compare(catchUp, inTime);
    await catchUp();
    return !inTime.aborted;
  } finally {
    stopped.abort();
    await running;
  }
}

/** Does what waits until the feed has caught up. @throws what `work` throws. */
export function waitingForFeed<Result>(
  waits: Waits,
  follower: Pick<Follower, 'lagMs'>,
  work: () => Promise<Result>,
): Promise<Result> {
  return waits.during('feed', () => `the feed is ${Math.round(follower.lagMs)} ms behind`, work);
}
