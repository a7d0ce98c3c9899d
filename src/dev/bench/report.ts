/** What the benchmark of a schema change prints: figures first, then each goal with whether it was reached. */
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
import type { MeasuredMigration } from './migration.js';

/** A migration without writers. */
export type MeasuredAlone = MeasuredMigration & MeasuredPart;

export interface Measured {
  readonly rows: number;
  readonly settings: string;
  /** In turns with Switchyard alone: the difference of the two shows how quiet the machine was. */
  readonly native: readonly [MeasuredPart, MeasuredPart];
  readonly oneStream: MeasuredPart;
  readonly alone: readonly [MeasuredAlone, MeasuredAlone];
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

const ratioMax = 1.3;
const blockedMsMax = 200;
const memoryBytesMax = 300 * 1_024 * 1_024;
const historyEventsMax = 100;

function goalsOf(measured: Measured): readonly Goal[] {
  const { native, alone, loaded, load } = measured;
  const ratio = meanSeconds(alone) / meanSeconds(native);
  const blocked = Math.max(load.blockedMs, loaded.result.blockedMs);
  const [{ historyEvents, result }] = alone;
  return [
    ratioGoal('native COPY', ratioMax, ratio, '1.0'),
    waitGoal(`writes blocked under ${blockedMsMax} ms at the cut-over`, blockedMsMax, blocked),
    memoryGoal(
      memoryBytesMax,
      [...alone, loaded].map(({ worker }) => worker),
    ),
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
  const lines = [
    `Rows                ${rows.toLocaleString('en')}; ${settings}`,
    '',
    ...partLines(native, [...alone, oneStream], rows, 'native copies'),
    '',
    ...alone.flatMap((each) => [each.name, ...migrationLines(each), '']),
    `Switchyard under ${load.wanted}`,
    `  total             ${loaded.seconds.toFixed(2)} s`,
    ...migrationLines(loaded),
    `  writes before     ${latencyText(load.before)}`,
    `  writes during     ${latencyText(load.during)}`,
    `  cut-over          ${load.blockedMs.toFixed(0)} ms the longest write that met the lock (client), ` +
      `${loaded.result.blockedMs} ms from lock to unlock (server)`,
    '',
    ...verdictLines(goalsOf(measured), problems),
  ];
  return `${lines.join('\n')}\n`;
}

function migrationLines(measured: MeasuredMigration): readonly string[] {
  const { stages, betweenSeconds, result, worker } = measured;
  return [
    ...stageLines([...stages, { name: 'between them', seconds: betweenSeconds }]),
    `  result            ${result.rowsCopied} rows copied, verified: ${result.verified}, attempts: ${result.attempts}`,
    ...costLines(worker, measured),
  ];
}
