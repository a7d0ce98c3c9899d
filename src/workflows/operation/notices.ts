/**
 * Tells those who do not look (docs/notifications.md), one notice after the other and beside the work: nothing waits for
 * it, and nothing fails by it. At least once: a run that ends for a new one leaves what is under way to that one, too.
 */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  log,
  proxyActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../contract/operation/activities.js';
import type { Notice } from '../../contract/operation/notices.js';
import type { Told } from '../../contract/operation/outside.js';
import {
  noticeDeadlineMs,
  noticeProblemBytesMax,
  noticeRetryIntervalMsMax,
  noticesAtEndMs,
  noticesWaitingMax,
  noticeTimeoutMs,
  noticeTriesMax,
  retryIntervalMs,
} from '../../limits/workflows.js';
import { shownAs } from './activity-options.js';
import { cutToBytes } from './text.js';

/** What a new run goes on with. */
export interface CarriedNotices {
  /** How many there have been. */
  readonly count: number;
  readonly waiting: readonly Notice[];
  /** The series of failures that was told. */
  readonly series: string | null;
}

/** Who is told now; undefined for nobody. */
type Receiver = () => Told | undefined;

/** Is told what nobody was told, and why. */
type Lost = (notice: Notice, problem: string) => void;

export class Notices {
  private count: number;
  /** The first one is under way while it is sent. */
  private waiting: readonly Notice[];
  private sending = false;
  private told: string | null;

  constructor(
    private readonly receiver: Receiver,
    private readonly lost: Lost,
    carried: CarriedNotices | undefined,
  ) {
    this.count = carried?.count ?? 0;
    this.waiting = carried?.waiting ?? [];
    this.told = carried?.series ?? null;
  }

  get carried(): CarriedNotices {
    const { count, waiting, told: series } = this;
    return { count, waiting, series };
  }

  /** The series of failures that was told last; null for none. */
  get series(): string | null {
    return this.told;
  }

  /** Numbers a notice, and sends it when its turn has come. @param make makes it of its number. */
  add(make: (number: number) => Notice, series?: string): void {
    this.count += 1;
    this.told = series ?? this.told;
    const all = [...this.waiting, make(this.count)];
    const [first, second, ...rest] = all;
    const isFull = all.length > noticesWaitingMax && first !== undefined && second !== undefined;
    this.waiting = isFull ? [first, ...rest] : all;
    if (isFull) this.lost(second, `${noticesWaitingMax} others waited to be told`);
    this.goOn();
  }

  /** Sends what waits, or nothing. Never fails. */
  goOn(): void {
    // Whoever was told of it may have cancelled the workflow: that is told, too.
    if (!this.sending && this.waiting.length > 0) void CancellationScope.nonCancellable(() => this.send());
  }

  /** At the end: waits for what is still to be told, and gives it up after a while. */
  async settled(): Promise<void> {
    if (this.waiting.length === 0) return;
    const summary = 'until those are told who are to be notified';
    if (await condition(() => this.waiting.length === 0, noticesAtEndMs, { summary })) return;
    for (const notice of this.waiting) this.lost(notice, 'the operation has ended meanwhile');
  }

  private async send(): Promise<void> {
    this.sending = true;
    for (;;) {
      const [notice] = this.waiting;
      const receiver = this.receiver();
      if (notice === undefined || receiver === undefined) break;
      try {
        await sent(notice, receiver);
      } catch (error) {
        this.lost(notice, problemOf(error));
      }
      this.waiting = this.waiting.filter((other) => other !== notice);
    }
    this.sending = false;
  }
}

const telling: ActivityOptions = {
  startToCloseTimeout: noticeTimeoutMs,
  scheduleToCloseTimeout: noticeDeadlineMs,
  retry: {
    initialInterval: retryIntervalMs,
    maximumInterval: noticeRetryIntervalMsMax,
    maximumAttempts: noticeTriesMax,
  },
};

async function sent(notice: Notice, { activity }: Told): Promise<void> {
  const options = shownAs(`notify: ${notice.event}`, telling);
  if (activity === undefined) {
    await proxyActivities<OperationActivities>(options).sendNotice(notice);
    return;
  }
  const { taskQueue, activityType, timeoutMs: startToCloseTimeout } = activity;
  const theirs = proxyActivities<Record<string, (notice: Notice) => Promise<unknown>>>({
    ...options,
    taskQueue,
    startToCloseTimeout,
  });
  await theirs[activityType]?.(notice);
}

function problemOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  return cutToBytes(cause instanceof Error ? cause.message : String(cause), noticeProblemBytesMax);
}

/** For the log: what is lost is not told again. */
export function logLost({ id, event }: Notice, problem: string): void {
  log.warn('A notice was not told', { id, event, problem });
}
