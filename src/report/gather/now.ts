/** What is done at this moment, and what it waits for. Pure. */
import type { OperationStatus } from '../../contract/operation/status.js';
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { Fact } from '../data.js';
import { countText, durationText, timeText } from '../markup/words.js';
import type { Pending } from './sources.js';

type Held = { readonly by: string; readonly reason: string | null; readonly since: string } | null;

export function nowOf(pending: readonly Pending[], status: OperationStatus | null, postponed: Held): readonly Fact[] {
  return [
    ...pending.filter(({ activity }) => !aside.includes(activity)).flatMap(ofActivity),
    ...(status === null ? [] : ofStatus(status, postponed)),
  ];
}

/** What goes on beside the work. */
const aside: readonly string[] = ['recordAudit', 'sendNotice', 'lookOutside', 'lookAtWindows'];

function ofActivity({ activity, tries, isTaken, heartbeat, problem }: Pending): readonly Fact[] {
  const again = `${tries > 1 ? `, try ${tries}` : ''}${isTaken ? '' : ', waits for a worker'}`;
  return [
    { name: 'Runs', value: `${activity}${again}` },
    ...(Object.keys(heartbeat).length === 0 ? [] : [{ name: 'Progress', value: progressWords(heartbeat) }]),
    ...(problem === null ? [] : [{ name: 'Failed last', value: problem }]),
  ];
}

function progressWords(beat: Partial<ProgressHeartbeat>): string {
  const { stage, percent, rows, rowsEstimated, rowsPerSecond, etaSeconds, lagMs, detail, waitsFor } = beat;
  return [
    stage ?? '',
    percent === undefined ? '' : `${percent} %`,
    rows === undefined
      ? ''
      : `${countText(rows)} rows${rowsEstimated === undefined ? '' : ` of about ${countText(rowsEstimated)}`}`,
    rowsPerSecond === undefined ? '' : `${countText(rowsPerSecond)} rows/s`,
    etaSeconds === undefined ? '' : `${durationText(etaSeconds * 1_000)} left`,
    lagMs === undefined ? '' : `lag ${durationText(lagMs)}`,
    detail ?? '',
    waitsFor === undefined ? '' : `waits for ${waitsFor}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function ofStatus(status: OperationStatus, postponed: Held): readonly Fact[] {
  const { paused, retrying, waitsFor = [], nextAttemptAt, completeAt, window } = status;
  const held = (name: string, by: Held): readonly Fact[] =>
    by === null
      ? []
      : [{ name, value: `by ${by.by}, since ${timeText(by.since)}${by.reason === null ? '' : `: ${by.reason}`}` }];
  return [
    ...held('Paused', paused ?? null),
    ...held('Held back', postponed),
    ...waitsFor.map((wait) => ({
      name: 'Waits for',
      value: `${wait.for}, since ${timeText(wait.since)}: ${wait.why}`,
    })),
    ...(retrying == null ? [] : [{ name: 'Fails', value: retryingWords(retrying) }]),
    ...(nextAttemptAt == null ? [] : [{ name: 'Next attempt', value: timeText(nextAttemptAt) }]),
    ...(completeAt == null ? [] : [{ name: 'Not before', value: timeText(completeAt) }]),
    ...(window == null
      ? []
      : [{ name: 'Window', value: `${window.open ? 'open' : 'shut'} until ${timeText(window.until)}` }]),
  ];
}

function retryingWords({ since, attempts, code, message, nextAt }: NonNullable<OperationStatus['retrying']>): string {
  const next = nextAt === null ? 'being tried now' : `tried next at ${timeText(nextAt)}`;
  return `${code}: ${message} ${attempts === 1 ? 'Once' : `${attempts} times`} since ${timeText(since)}, ${next}`;
}
