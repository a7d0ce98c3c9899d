/** Figures as text, for the reports of all benchmarks. */
import type { Stage } from './history.js';
import type { ProcessUsage } from './process-usage.js';

/** One way to do the work, without writers. */
export interface MeasuredPart {
  readonly name: string;
  readonly seconds: number;
  /** CPU time of the servers meanwhile; undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined;
}

/** How writers fared in an interval. */
export interface Latency {
  readonly transactions: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** The parts, with their ratio to the mean of the two that are compared with; how far those differ is the noise. */
export function partLines(
  [first, second]: readonly [MeasuredPart, MeasuredPart],
  others: readonly MeasuredPart[],
  rows: number,
  noun: string,
): readonly string[] {
  const base = meanSeconds([first, second]);
  const noise = (100 * Math.abs(first.seconds - second.seconds)) / base;
  return [
    ...[first, second, ...others].map((part) => partLine(part, rows, base)),
    `Noise               the two ${noun} differ by ${noise.toFixed(0)} %; ratios are to their mean`,
  ];
}

/** The mean of the two parts that are compared with. */
export function meanSeconds([first, second]: readonly [MeasuredPart, MeasuredPart]): number {
  return (first.seconds + second.seconds) / 2;
}

function partLine({ name, seconds, serverCpuSeconds }: MeasuredPart, rows: number, base: number): string {
  const cpu = serverCpuSeconds === undefined ? '' : `, server CPU ${serverCpuSeconds.toFixed(1)} s`;
  const rate = Math.round(rows / seconds).toLocaleString('en');
  return `${name.padEnd(28)}${seconds.toFixed(2).padStart(7)} s  ${(seconds / base).toFixed(2).padStart(5)} x  ${rate.padStart(9)} rows/s${cpu}`;
}

/** One line for each. */
export function stageLines(stages: readonly Pick<Stage, 'name' | 'seconds'>[]): readonly string[] {
  return stages.map(({ name, seconds }) => `  ${name.padEnd(18)}${seconds.toFixed(2).padStart(6)} s`);
}

/** What the worker has used, and how large the history has become. */
export function costLines(
  worker: ProcessUsage | undefined,
  { historyEvents, historyBytes }: { readonly historyEvents: number; readonly historyBytes: number },
): readonly string[] {
  const used =
    worker === undefined
      ? 'not known on this system'
      : `${megabytes(worker.peakMemoryBytes)} at most, CPU ${worker.cpuSeconds.toFixed(1)} s with its start`;
  return [`  worker            ${used}`, `  history           ${historyEvents} events, ${historyBytes} bytes`];
}

/** In words. */
export function latencyText({ transactions, perSecond, p50Ms, p99Ms, maxMs }: Latency): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)} (${transactions} transactions, ${perSecond.toFixed(0)}/s)`;
}

/** The goals with whether they were reached, then what is wrong. @param allRight said where nothing is. */
export function verdictLines(
  goals: readonly Goal[],
  problems: readonly string[],
  allRight = 'equal after every part',
): readonly string[] {
  return [
    'Goals',
    ...goals.map(({ reached, goal, measured }) => `  ${reached ? 'reached    ' : 'NOT reached'}  ${goal}: ${measured}`),
    '',
    problems.length === 0 ? `Data                ${allRight}` : 'Data                WRONG:',
    ...problems.map((problem) => `  ${problem}`),
  ];
}

/** A goal of speed. @param aim what it is to become one day. */
export function ratioGoal(baseline: string, ratioMax: number, ratio: number, aim: string): Goal {
  return {
    goal: `at most ${ratioMax} x ${baseline} without load`,
    measured: `${ratio.toFixed(2)} x (aim ${aim})`,
    reached: ratio <= ratioMax,
  };
}

/** A goal of how long writes wait. */
export function waitGoal(goal: string, msMax: number, ms: number): Goal {
  return { goal, measured: `${ms.toFixed(0)} ms`, reached: ms < msMax };
}

/** The goal of the worker's memory. @param workers all that were measured. */
export function memoryGoal(bytesMax: number, workers: readonly (ProcessUsage | undefined)[]): Goal {
  const bytes = Math.max(...workers.map((worker) => worker?.peakMemoryBytes ?? NaN));
  return { goal: `worker memory under ${megabytes(bytesMax)}`, measured: megabytes(bytes), reached: bytes < bytesMax };
}

/** In words; of what is not known, too. */
export function megabytes(bytes: number): string {
  return Number.isNaN(bytes) ? 'not known' : `${(bytes / 1_024 / 1_024).toFixed(0)} MB`;
}
