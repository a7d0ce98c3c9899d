/** One operation while it runs: a picture that is drawn anew, or a line now and then. */
import { plotPlacesMax } from '../../limits/cli.js';
import type { ProgressHeartbeat } from '../../domain/progress.js';
import { durationWords, count } from './numbers.js';
import {
  blockerLines,
  headLines,
  nextLines,
  progressWords,
  titleOf,
  type Drawn,
  type ShownOperation,
} from './operation.js';
import { bar, plot, Series } from './plot.js';
import { cut, padded, plain } from './text.js';

const labelPlaces = 12;

/** What was seen so far, for plots. */
export class Seen {
  readonly rate = new Series(plotPlacesMax);
  readonly lag = new Series(plotPlacesMax);
  readonly probe = new Series(plotPlacesMax);

  add(progress: ProgressHeartbeat | null): void {
    this.rate.add(progress?.rowsPerSecond);
    this.lag.add(progress?.lagMs);
    this.probe.add(progress?.writeMs);
  }
}

interface Plotted {
  readonly label: string;
  readonly series: Series;
  readonly now: string | null;
}

function plotLines({ label, series, now }: Plotted, places: number): readonly string[] {
  if (series.isEmpty) return [];
  const drawn = padded(plot(series.values, places), places);
  return [`${padded(label, labelPlaces)}${drawn}  ${now ?? ''}`];
}

/** @param leave how one gets away from it. @returns no line is longer than the terminal, and there are no more than it has. */
export function watchLines(
  shown: ShownOperation,
  seen: Seen,
  drawn: Drawn & { readonly rows: number; readonly leave: string | null },
): readonly string[] {
  const { columns, rows, colours, leave } = drawn;
  const { progress, status } = shown;
  const places = Math.max(10, Math.min(plotPlacesMax, columns - labelPlaces - 20));
  const ms = (value: number | undefined): string | null => (value === undefined ? null : durationWords(value));
  const lines = [
    ...headLines(shown, drawn),
    '',
    ...(progress === null ? [] : stageLines(progress, places)),
    ...plotLines(
      {
        label: 'Rate',
        series: seen.rate,
        now: progress?.rowsPerSecond === undefined ? null : `${count(progress.rowsPerSecond)} rows/s`,
      },
      places,
    ),
    ...plotLines({ label: 'Lag', series: seen.lag, now: ms(progress?.lagMs) }, places),
    ...plotLines({ label: 'Write probe', series: seen.probe, now: ms(progress?.writeMs) }, places),
    ...attemptLines(shown),
    ...status.waitsFor.map(({ for: what, why }) => `${padded('Waits for', labelPlaces)}${plain(`${what}: ${why}`)}`),
    '',
    ...nextLines(shown, drawn),
    ...blockerLines(shown, drawn),
    ...(leave === null ? [] : ['', colours.dim(leave)]),
  ];
  // The last line ends without a line end of its own, so that nothing scrolls.
  const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), '…'];
  return fitting.map((line) => cutPainted(line, columns));
}

function stageLines(progress: ProgressHeartbeat, places: number): readonly string[] {
  const { stage, percent, rows, rowsEstimated, etaSeconds, detail } = progress;
  const of = rowsEstimated === undefined ? '' : ` of ${count(rowsEstimated)}`;
  const words = [
    percent === undefined ? '' : `${percent.toFixed(1)} %`,
    etaSeconds === undefined ? '' : `${durationWords(etaSeconds * 1_000)} left`,
  ].filter((word) => word !== '');
  return [
    ...(percent === undefined
      ? []
      : [`${padded(stage, labelPlaces)}${bar(percent / 100, places)}  ${words.join(', ')}`]),
    ...(rows === undefined
      ? []
      : [`${padded(percent === undefined ? stage : '', labelPlaces)}${count(rows)}${of} rows`]),
    ...(percent === undefined && rows === undefined ? [`${padded('Now', labelPlaces)}${stage}`] : []),
    ...(detail === undefined ? [] : [`${padded('', labelPlaces)}${plain(detail)}`]),
  ];
}

function attemptLines({ status: { attempts, lastAttempt, nextAttemptAt } }: ShownOperation): readonly string[] {
  if (attempts === 0 && nextAttemptAt === null) return [];
  const words = [
    attempts === 0 ? 'none yet' : String(attempts),
    ...(lastAttempt === null ? [] : [`the last one: ${lastAttempt.reason}, ${plain(lastAttempt.detail)}`]),
    ...(nextAttemptAt === null ? [] : [`the next one at ${nextAttemptAt}`]),
  ];
  return [`${padded('Attempts', labelPlaces)}${words.join('; ')}`];
}

// eslint-disable-next-line no-control-regex
const painted = /\u001b\[[\d;]*m/g;

/** Colours take no place, and are left out of what has to be cut. */
function cutPainted(line: string, places: number): string {
  const bare = line.replace(painted, '');
  const short = cut(bare, places);
  return short === bare ? line : short;
}

/** One line of a log. */
export function logLine({ status, progress }: ShownOperation, nowMs: number): string {
  const at = new Date(nowMs).toISOString().slice(0, 19);
  const words = progress === null ? '' : progressWords(progress);
  return [`${at}Z ${titleOf(status)}: ${status.phase}`, words].filter((part) => part !== '').join(', ');
}
