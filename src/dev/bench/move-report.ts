/** What the benchmark of a move prints: figures first, then each goal with whether it was reached. */
import {
  costLines,
  latencyText,
  meanSeconds,
  memoryGoal,
  partLines,
  ratioGoal,
  stageLines,
  verdictLines,
  waitGoal,
  type Goal,
  type Latency,
  type MeasuredPart,
} from './figures.js';
import type { MeasuredMove } from './move.js';

export interface MeasuredMoves {
  readonly rows: number;
  readonly settings: string;
  /** `mysqldump | mysql` before and after Switchyard alone: their difference shows how quiet the machine was. */
  readonly pipe: readonly [MeasuredPart, MeasuredPart];
  /** The CPU time of the servers is until its end, with switch and completion. */
  readonly alone: MeasuredMove & Pick<MeasuredPart, 'serverCpuSeconds'>;
  readonly loaded: MeasuredMove;
  readonly load: {
    readonly wanted: string;
    /** What the move under load was throttled by. */
    readonly writeLatencyMsMax: number | 'auto' | null;
    readonly before: Latency;
    /** From the start of the move to the command to switch, and from the switch to the end. */
    readonly during: Latency;
    readonly after: Latency;
    /** The longest write that overlaps the switch, as its client saw it, with all that refused it. */
    readonly stallMs: number;
    readonly refused: number;
  };
  /** What is wrong with the data afterwards; empty when everything is right. */
  readonly problems: readonly string[];
}

const ratioMax = 0.5;
const stallMsMax = 500;
/** Of the p99 that writes have without a move. */
const latencyTimesMax = 3;
const memoryBytesMax = 400 * 1_024 * 1_024;

function goalsOf({ pipe, alone, loaded, load }: MeasuredMoves): readonly Goal[] {
  const ratio = alone.readySeconds / meanSeconds(pipe);
  const stall = Math.max(load.stallMs, loaded.result.blockedMs);
  return [
    ratioGoal('mysqldump | mysql', ratioMax, ratio, '0.35'),
    waitGoal(`writes stalled under ${stallMsMax} ms by the switch`, stallMsMax, stall),
    memoryGoal(memoryBytesMax, [alone.worker, loaded.worker]),
    ...(load.writeLatencyMsMax === 'auto' ? [latencyGoal(load)] : []),
  ];
}

function latencyGoal({ before, during }: MeasuredMoves['load']): Goal {
  const times = during.p99Ms / before.p99Ms;
  const goal = `p99 of writes at most ${latencyTimesMax} x that before, at writeLatencyMsMax "auto"`;
  return { goal, measured: `${times.toFixed(1)} x`, reached: times <= latencyTimesMax };
}

/** The whole report. */
export function describeMoves(measured: MeasuredMoves): string {
  const { rows, settings, pipe, alone, loaded, load, problems } = measured;
  const { serverCpuSeconds } = alone;
  const ready = { name: 'Switchyard, ready to switch', seconds: alone.readySeconds, serverCpuSeconds };
  const lines = [
    `Rows                ${rows.toLocaleString('en')}; ${settings}; both servers`,
    '',
    ...partLines(pipe, [ready], rows, 'pipes'),
    '',
    'Switchyard without load',
    ...moveLines(alone),
    '',
    `Switchyard under ${load.wanted}${load.writeLatencyMsMax === null ? '' : `, writeLatencyMsMax ${load.writeLatencyMsMax}`}`,
    ...moveLines(loaded),
    `  writes before     ${latencyText(load.before)}`,
    `  writes during     ${latencyText(load.during)}`,
    `  writes after      ${latencyText(load.after)}`,
    `  switch            ${load.stallMs.toFixed(0)} ms the longest write that met it (client), ` +
      `${loaded.result.blockedMs} ms from lock to unlock (server), ${load.refused} writes refused and tried again`,
    '',
    ...verdictLines(goalsOf(measured), problems),
  ];
  return `${lines.join('\n')}\n`;
}

function moveLines(measured: MeasuredMove): readonly string[] {
  const { stages, laterStages, betweenSeconds, readySeconds, result, worker } = measured;
  return [
    ...stageLines([
      ...stages,
      { name: 'between them', seconds: betweenSeconds },
      { name: 'ready after', seconds: readySeconds },
      ...laterStages,
    ]),
    `  result            ${result.rowsCopied} rows copied, verified: ${result.verified}, attempts: ${result.attempts}`,
    ...costLines(worker, measured),
  ];
}
