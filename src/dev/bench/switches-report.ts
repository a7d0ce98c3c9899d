/** What the benchmark of switches prints: a line for each, then each goal with whether it was reached. */
import { latencyText, megabytes, memoryGoal, verdictLines, waitGoal, type Goal, type Latency } from './figures.js';
import type { Holder } from './holders.js';
import type { ProcessUsage } from './process-usage.js';

/** `there`: to the target. */
export type Direction = 'there' | 'back';

export interface MeasuredSwitch {
  readonly direction: Direction;
  /** Who held what; undefined where nothing was in the way. */
  readonly holder: Pick<Holder, 'name' | 'side'> | undefined;
  /** Whether traffic moved only once the holder had let go, and whether the status named it before. */
  readonly waitedFor: boolean;
  readonly named: boolean;
  readonly attempts: number;
  /** From asking for the gate to the open one on the other side, as the worker measured it. */
  readonly blockedMs: number;
  /** From the command until the status said that the traffic was there. */
  readonly seconds: number;
  /** Of those that clients began meanwhile, as they saw them; `maxMs` is of all that overlap. */
  readonly writes: Latency;
  readonly reads: Latency;
}

/** One move of some tables. */
export interface MeasuredSize {
  readonly tables: number;
  /** From the start of the move until everything was copied and verified. */
  readonly readySeconds: number;
  /** The most of the worker's sessions that were seen at once, on the source and on the target. */
  readonly sessions: readonly number[];
  /** Connections that the worker has made until it was ready, on both servers together. */
  readonly made: number;
  readonly worker: ProcessUsage | undefined;
  readonly writesBefore: Latency;
  readonly readsBefore: Latency;
  /** Writes that a fence refused; each was tried again. */
  readonly refused: number;
  readonly switches: readonly MeasuredSwitch[];
  readonly problems: readonly string[];
}

export interface MeasuredSwitches {
  readonly settings: string;
  /** Of each table. */
  readonly rows: number;
  readonly heldSeconds: number;
  readonly wanted: string;
  readonly sizes: readonly MeasuredSize[];
  readonly problems: readonly string[];
}

const writesP99MsMax = 100;
const writesMsMax = 1_000;
const readsMsMax = 100;
const memoryBytesMax = 400 * 1_024 * 1_024;

function goalsOf(sizes: readonly MeasuredSize[]): readonly Goal[] {
  const all = sizes.flatMap(({ switches }) => switches);
  const unnamed = all.filter(({ waitedFor, named }) => waitedFor && !named).length;
  const most = (of: (one: MeasuredSwitch) => number): number => Math.max(...all.map(of));
  return [
    waitGoal(
      `writes wait under ${writesP99MsMax} ms (p99 of each switch)`,
      writesP99MsMax,
      most((one) => one.writes.p99Ms),
    ),
    waitGoal(
      `no write waits ${writesMsMax} ms`,
      writesMsMax,
      most(({ writes }) => writes.maxMs),
    ),
    waitGoal(
      `no read waits ${readsMsMax} ms`,
      readsMsMax,
      most(({ reads }) => reads.maxMs),
    ),
    { goal: 'who is waited for is named', measured: `${unnamed} were not`, reached: unnamed === 0 },
    memoryGoal(
      memoryBytesMax,
      sizes.map(({ worker }) => worker),
    ),
  ];
}

/** The whole report. */
export function describeSwitches({ settings, rows, heldSeconds, wanted, sizes, problems }: MeasuredSwitches): string {
  const lines = [
    `Tables              of ${rows} rows; ${settings}; both servers`,
    `Load                ${wanted}, and a reader on each server`,
    `Held                for ${heldSeconds} s, unless the traffic has moved before`,
    '',
    ...sizes.flatMap(sizeLines),
    ...verdictLines(goalsOf(sizes), problems),
  ];
  return `${lines.join('\n')}\n`;
}

function sizeLines(size: MeasuredSize): readonly string[] {
  const { tables, readySeconds, sessions, made, worker, writesBefore, readsBefore, refused, switches } = size;
  const [source, target] = sessions;
  return [
    `${tables} table${tables === 1 ? '' : 's'}`,
    `  ready after       ${readySeconds.toFixed(1)} s, over ${made} connections`,
    `  sessions          ${source} on the source and ${target} on the target at most`,
    `  worker            ${worker === undefined ? 'not known' : megabytes(worker.peakMemoryBytes)} at most`,
    `  writes before     ${latencyText(writesBefore)}`,
    `  reads before      ${latencyText(readsBefore)}`,
    `  refused           ${refused} writes, each tried again`,
    '',
    `  ${heading}`,
    ...switches.map((one) => `  ${switchLine(one)}`),
    '',
  ];
}

const heading = row('met', 'on', 'way', 'writes p99', 'longest', 'reads p99', 'longest', 'gate', 'after', 'attempts');

function switchLine(measured: MeasuredSwitch): string {
  const { direction, holder, waitedFor, named, attempts, blockedMs, seconds, writes, reads } = measured;
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const wait = waitedFor ? `; waited for, ${named ? 'named' : 'NOT named'}` : '';
  return row(
    ...([holder?.name ?? 'nothing', holder?.side ?? '', direction] as const),
    ...([writes.p99Ms, writes.maxMs, reads.p99Ms, reads.maxMs, blockedMs].map(ms) as [
      string,
      string,
      string,
      string,
      string,
    ]),
    ...([`${seconds.toFixed(1)} s`, `${attempts}${wait}`] as const),
  );
}

function row(name: string, side: string, way: string, ...rest: readonly string[]): string {
  const last = rest.at(-1) ?? '';
  const figures = rest.slice(0, -1).map((figure) => figure.padStart(11));
  return `${name.padEnd(18)}${side.padEnd(10)}${way.padEnd(5)}${figures.join('')}  ${last}`;
}
