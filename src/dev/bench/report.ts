/** What the benchmark prints, as text: figures first, then each goal with whether it was reached. */
import type { MeasuredMigration } from './migration.js';
import type { Latency } from './writers.js';

/** One way to make the change, without writers. */
export interface MeasuredPart {
  readonly name: string;
  readonly seconds: number;
  /** CPU time of the server meanwhile; undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined;
}

export interface Measured {
  readonly rows: number;
  readonly settings: string;
  /** The native copy before and after Switchyard alone: their difference shows how quiet the machine was. */
  readonly native: readonly [MeasuredPart, MeasuredPart];
  readonly oneStream: MeasuredPart;
  readonly alone: MeasuredMigration & { readonly serverCpuSeconds: number | undefined };
  readonly loaded: MeasuredMigration;
  readonly load: {
    readonly wanted: string;
    readonly before: Latency;
    readonly during: Latency;
    /** The longest write that overlaps the cut-over's lock, as its client saw it. */
    readonly blockedMs: number;
  };
  /** What is wrong with the data afterwards; empty when everything is right. */
  readonly problems: readonly string[];
}

interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

const ratioMax = 1.3;
const blockedMsMax = 200;
const memoryBytesMax = 300 * 1_024 * 1_024;
const historyEventsMax = 100;

/** The mean of the two native copies, in seconds. */
function nativeSeconds({ native }: Measured): number {
  return (native[0].seconds + native[1].seconds) / 2;
}

function goalsOf(measured: Measured): readonly Goal[] {
  const { alone, loaded, load } = measured;
  const ratio = alone.seconds / nativeSeconds(measured);
  const memory = Math.max(alone.worker?.peakMemoryBytes ?? NaN, loaded.worker?.peakMemoryBytes ?? NaN);
  const blocked = Math.max(load.blockedMs, loaded.result.blockedMs);
  const { historyEvents, result } = alone;
  return [
    {
      goal: `at most ${ratioMax} x native COPY without load`,
      measured: `${ratio.toFixed(2)} x (aim 1.0)`,
      reached: ratio <= ratioMax,
    },
    {
      goal: `writes blocked under ${blockedMsMax} ms at the cut-over`,
      measured: `${blocked.toFixed(0)} ms`,
      reached: blocked < blockedMsMax,
    },
    {
      goal: `worker memory under ${megabytes(memoryBytesMax)}`,
      measured: megabytes(memory),
      reached: memory < memoryBytesMax,
    },
    {
      goal: `at most ${historyEventsMax} history events, untouched, first attempt`,
      measured: `${historyEvents} events, ${result.attempts} ${result.attempts === 1 ? 'attempt' : 'attempts'}`,
      reached: historyEvents <= historyEventsMax && result.attempts === 1,
    },
  ];
}

/** The whole report. */
export function describe(measured: Measured): string {
  const { rows, settings, native, oneStream, alone, loaded, load, problems } = measured;
  const base = nativeSeconds(measured);
  const noise = Math.abs(native[0].seconds - native[1].seconds) / base;
  const parts: MeasuredPart[] = [
    ...[native[0], native[1], oneStream],
    { name: 'Switchyard, verified', seconds: alone.seconds, serverCpuSeconds: alone.serverCpuSeconds },
  ];
  const lines = [
    `Rows                ${rows.toLocaleString('en')}; ${settings}`,
    '',
    ...parts.map((part) => partLine(part, rows, base)),
    `Noise               the two native copies differ by ${(100 * noise).toFixed(0)} %; ratios are to their mean`,
    '',
    'Switchyard without load',
    ...migrationLines(alone),
    '',
    `Switchyard under ${load.wanted}`,
    `  total             ${loaded.seconds.toFixed(2)} s`,
    ...migrationLines(loaded),
    `  writes before     ${latencyText(load.before)}`,
    `  writes during     ${latencyText(load.during)}`,
    `  cut-over          ${load.blockedMs.toFixed(0)} ms the longest write that met the lock (client), ` +
      `${loaded.result.blockedMs} ms from lock to unlock (server)`,
    '',
    'Goals',
    ...goalsOf(measured).map(
      (goal) => `  ${goal.reached ? 'reached    ' : 'NOT reached'}  ${goal.goal}: ${goal.measured}`,
    ),
    '',
    problems.length === 0 ? 'Data                equal after every part' : 'Data                WRONG:',
    ...problems.map((problem) => `  ${problem}`),
  ];
  return `${lines.join('\n')}\n`;
}

function partLine({ name, seconds, serverCpuSeconds }: MeasuredPart, rows: number, base: number): string {
  const cpu = serverCpuSeconds === undefined ? '' : `, server CPU ${serverCpuSeconds.toFixed(1)} s`;
  const rate = Math.round(rows / seconds).toLocaleString('en');
  return `${name.padEnd(28)}${seconds.toFixed(2).padStart(7)} s  ${(seconds / base).toFixed(2).padStart(5)} x  ${rate.padStart(9)} rows/s${cpu}`;
}

function migrationLines({ stages, betweenSeconds, result, worker, historyEvents, historyBytes }: MeasuredMigration) {
  const used =
    worker === undefined
      ? 'not known on this system'
      : `${megabytes(worker.peakMemoryBytes)} at most, CPU ${worker.cpuSeconds.toFixed(1)} s with its start`;
  return [
    ...stages.map(({ name, seconds }) => `  ${name.padEnd(18)}${seconds.toFixed(2).padStart(6)} s`),
    `  ${'between them'.padEnd(18)}${betweenSeconds.toFixed(2).padStart(6)} s`,
    `  result            ${result.rowsCopied} rows copied, verified: ${result.verified}, attempts: ${result.attempts}`,
    `  worker            ${used}`,
    `  history           ${historyEvents} events, ${historyBytes} bytes`,
  ];
}

function latencyText({ transactions, perSecond, p50Ms, p99Ms, maxMs }: Latency): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)} (${transactions} transactions, ${perSecond.toFixed(0)}/s)`;
}

function megabytes(bytes: number): string {
  return Number.isNaN(bytes) ? 'not known' : `${(bytes / 1_024 / 1_024).toFixed(0)} MB`;
}
