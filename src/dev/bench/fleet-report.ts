/** What `npm run bench -- fleet` prints, and how its figures are made of histories. */
import type { WorkflowHandle } from '@temporalio/client';
import { megabytes, verdictLines, type Goal } from './figures.js';

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface CommandFigures {
  /** Which there were. */
  readonly outcomes: readonly string[];
  /** In milliseconds, each from the command on: until its answer, until a worker has what it asks for, until the end. */
  readonly answered: Spread;
  readonly acted: Spread;
  readonly ended: Spread;
}

export interface FleetFigures {
  readonly operations: number;
  readonly workers: number;
  readonly commands: number;
  readonly seconds: number;
  readonly lostBy: string;
  /** From the first start until all were followed. */
  readonly startSeconds: number;
  readonly following: {
    /** Of all of them together. */
    readonly heartbeatsPerSecond: number;
    readonly workflowWritesPerSecond: number;
    /** Written while they only followed. */
    readonly events: number;
    readonly eventsOfEach: number;
    readonly workers: readonly { readonly memoryBytes: number; readonly cpuShare: number }[];
  };
  /** What the lost worker had followed, and how long it took until others did. */
  readonly takenOverSeconds: { readonly operations: number; readonly seconds: number };
  /** As many as these, one after the other, each of which has ended before the next one is sent. */
  readonly alone: CommandFigures & { readonly operations: number };
  readonly resumed: CommandFigures;
  readonly cancelled: CommandFigures;
  /** What was not as it should be; empty when all was. */
  readonly problems: readonly string[];
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** When a worker had the activity, in milliseconds since 1970 by the clock of Temporal; NaN where that never came. */
export function startedAtMs({ events }: History, activity: string): number {
  const list = events ?? [];
  const scheduled = list.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity);
  const started = list.find(
    (event) => Number(event.activityTaskStartedEventAttributes?.scheduledEventId) === Number(scheduled?.eventId),
  );
  return started === undefined ? NaN : timeMs(started);
}

function timeMs({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds) * 1_000 + Number(eventTime?.nanos) / 1_000_000;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

const heartbeatsPerSecondMax = 0.1;
const actedMsMax = 2_000;

export function describeFleet(figures: FleetFigures): string {
  const { operations, workers, commands, lostBy, startSeconds, following, takenOverSeconds, alone } = figures;
  const each = (perSecond: number): string =>
    `${perSecond.toFixed(1)}/s, ${(perSecond / operations).toFixed(3)}/s for each`;
  const goals: readonly Goal[] = [
    {
      goal: `at most ${heartbeatsPerSecondMax} heartbeats/s of an operation`,
      measured: (following.heartbeatsPerSecond / operations).toFixed(3),
      reached: following.heartbeatsPerSecond / operations <= heartbeatsPerSecondMax,
    },
    { goal: 'no events while they follow', measured: `${following.events}`, reached: following.events === 0 },
    {
      goal: `from resume to the attempt within ${actedMsMax / 1_000} s`,
      measured: spreadText(alone.acted),
      reached: alone.acted.max <= actedMsMax,
    },
  ];
  return [
    `Operations          ${operations} that are held back, ${workers} workers without a database`,
    `  all followed      ${startSeconds.toFixed(1)} s after the first start`,
    `  heartbeats        ${each(following.heartbeatsPerSecond)}`,
    `  Temporal writes   ${each(following.workflowWritesPerSecond)}`,
    `  history           ${following.eventsOfEach.toFixed(1)} events for each; ${following.events} of all while they followed`,
    ...following.workers.map(
      ({ memoryBytes, cpuShare }, index) =>
        `  worker ${index + 1}          ${megabytes(memoryBytes)}, ${(100 * cpuShare).toFixed(1)} % of a core`,
    ),
    '',
    `One worker lost     ${lostBy}: ${takenOverSeconds.operations} operations taken over within ${takenOverSeconds.seconds.toFixed(1)} s`,
    ...commandLines(`resume of ${alone.operations}, one after the other`, alone),
    ...commandLines(`resume of ${commands} at once`, figures.resumed),
    ...commandLines(`cancel of ${commands} at once`, figures.cancelled),
    '',
    ...verdictLines(goals, figures.problems, 'all went on'),
    '',
  ].join('\n');
}

function commandLines(title: string, { outcomes, answered, acted, ended }: CommandFigures): readonly string[] {
  return [
    `${title}: ${outcomes.join(', ')}`,
    `  answered          ${spreadText(answered)}`,
    `  acted             ${spreadText(acted)}`,
    `  ended             ${spreadText(ended)}`,
  ];
}

function spreadText({ p50, p99, max }: Spread): string {
  return `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms`;
}
