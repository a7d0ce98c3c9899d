/** One operation, in full, for a terminal. */
import { migrationFacts } from '../../contract/migration/facts.js';
import type { OnlineDdlStatus } from '../../contract/migration/status.js';
import { moveFacts } from '../../contract/move/facts.js';
import type { MoveTablesStatus } from '../../contract/move/status.js';
import { commonFacts, type Facts } from '../../contract/operation/facts.js';
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { Colours } from '../terminal.js';
import { typedCommand } from './commands.js';
import { ageWords, count, durationWords } from './numbers.js';
import { bar } from './plot.js';
import { table } from './table.js';
import { padded, plain, wrapped } from './text.js';

/** The status of an operation of any kind. */
export type AnyStatus = OnlineDdlStatus | MoveTablesStatus;

/** What is shown of one. */
export interface ShownOperation {
  readonly workflowId: string;
  readonly startedAt: string;
  readonly status: AnyStatus;
  /** Null where nothing runs. */
  readonly progress: ProgressHeartbeat | null;
}

/** For whom it is drawn. */
export interface Drawn {
  readonly columns: number;
  readonly colours: Colours;
  readonly nowMs: number;
}

const labelPlaces = 15;
const barPlaces = 30;
const textPlacesMax = 120;

function isMove(status: AnyStatus): status is MoveTablesStatus {
  return 'traffic' in status;
}

/** What it is about, such as `shop.orders on commerce`. */
export function titleOf(status: AnyStatus): string {
  if (!isMove(status)) {
    const { cluster, database, table: name } = status;
    return plain(`${name === null ? database : `${database}.${name}`} on ${cluster}`);
  }
  const { name, source, target } = status;
  return plain(`${name}: ${source.database} on ${source.cluster} → ${target.database} on ${target.cluster}`);
}

/** Phases in colours: what waits for somebody stands out. */
export function phasePainted(phase: string, text: string, colours: Colours): string {
  if (['needsOperator', 'failed'].includes(phase)) return colours.red(text);
  if (phase === 'completed') return colours.green(text);
  if (['postponed', 'switched', 'queued'].includes(phase)) return colours.yellow(text);
  return colours.cyan(text);
}

/** How far what runs is, and how fast, as one line; null where it says nothing of that. */
export function progressWords({
  percent,
  rows,
  rowsEstimated,
  rowsPerSecond,
  etaSeconds,
  lagMs,
  detail,
}: ProgressHeartbeat): string {
  const of = rowsEstimated === undefined ? '' : ` of ${count(rowsEstimated)}`;
  return [
    percent === undefined ? '' : `${percent.toFixed(1)} %`,
    rows === undefined ? '' : `${count(rows)}${of} rows`,
    rowsPerSecond === undefined ? '' : `${count(rowsPerSecond)} rows/s`,
    etaSeconds === undefined ? '' : `${durationWords(etaSeconds * 1_000)} left`,
    lagMs === undefined ? '' : `lag ${durationWords(lagMs)}`,
    plain(detail ?? ''),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function progressLines(progress: ProgressHeartbeat | null): readonly string[] {
  if (progress === null) return [];
  const { stage, percent, waitsFor } = progress;
  const drawn = percent === undefined ? '' : `${bar(percent / 100, barPlaces)}  `;
  return [
    `${padded('Now', labelPlaces)}${stage}`,
    ...(progressWords(progress) === '' ? [] : [`${padded('', labelPlaces)}${drawn}${progressWords(progress)}`]),
    ...(waitsFor === undefined ? [] : [`${padded('Waits now for', labelPlaces)}${plain(waitsFor)}`]),
  ];
}

/** @param places of the whole line. */
function factLines([label, value]: readonly [string, string], places: number): readonly string[] {
  const [first = '', ...rest] = wrapped(plain(value), Math.min(textPlacesMax, Math.max(20, places - labelPlaces)));
  return [`${padded(label, labelPlaces)}${first}`, ...rest.map((line) => `${padded('', labelPlaces)}${line}`)];
}

function factsOf(status: AnyStatus): Facts {
  return isMove(status)
    ? [...moveFacts(status), ...commonFacts(status)]
    : [['Statement', status.statement], ...migrationFacts(status), ...commonFacts(status)];
}

/** Why it is where it is, and what a person can do: the command as it is typed. */
export function nextLines({ workflowId, status }: ShownOperation, { columns, colours }: Drawn): readonly string[] {
  const { reason, nextStep, nextCommand } = status;
  const places = Math.min(textPlacesMax, columns);
  return [
    ...(reason === null ? [] : wrapped(plain(reason), places)),
    ...wrapped(`Next: ${plain(nextStep)}`, places).map((line) => colours.bold(line)),
    ...(nextCommand === null ? [] : [`      ${typedCommand(workflowId, nextCommand)}`]),
  ];
}

/** Who kept the last attempt from its locks. */
export function blockerLines({ status: { blockers } }: ShownOperation, { columns }: Drawn): readonly string[] {
  if (blockers.length === 0) return [];
  const rows = blockers.map(({ id, user, host, ageSeconds, holds, statement }) => [
    ...[String(id), user, host, durationWords(ageSeconds * 1_000), holds, statement],
  ]);
  return [
    '',
    'In the way of the last attempt',
    ...table(['CONNECTION', 'USER', 'HOST', 'AGE', 'HOLDS', 'STATEMENT'], rows, columns),
  ];
}

export function headLines(
  { workflowId, startedAt, status }: ShownOperation,
  { colours, nowMs }: Drawn,
): readonly string[] {
  const { phase } = status;
  return [
    `${colours.bold(titleOf(status))}  ${phasePainted(phase, phase, colours)}`,
    colours.dim(`${plain(workflowId)}, begun ${ageWords(startedAt, nowMs)} ago`),
  ];
}

export function operationLines(shown: ShownOperation, drawn: Drawn): readonly string[] {
  const { status, progress } = shown;
  const facts = factsOf(status).filter((fact): fact is readonly [string, string] => fact[1] !== null);
  return [
    ...headLines(shown, drawn),
    '',
    ...nextLines(shown, drawn),
    '',
    ...progressLines(progress),
    ...facts.flatMap((fact) => factLines(fact, drawn.columns)),
    ...blockerLines(shown, drawn),
    ...status.warnings.flatMap((warning) => [
      '',
      ...wrapped(`Warning: ${plain(warning)}`, Math.min(textPlacesMax, drawn.columns)),
    ]),
  ];
}
