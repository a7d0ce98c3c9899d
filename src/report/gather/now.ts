/** What is done at this moment, and what it waits for. Pure. */
import type { Facts } from '../../contract/operation/facts.js';
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { Fact } from '../data.js';
import { countText, durationText, latencyText } from '../markup/words.js';
import type { Pending } from './sources.js';

/** What stands in another part of the page. */
const elsewhere: readonly string[] = [
  ...['Error', 'Remedy', 'Last command', 'Not compared', 'Attempts get', 'Throttle'],
  ...['Old table', 'Left behind', 'Stays behind', 'Kept', 'Left out', 'Given up'],
];

/** @param told what people read of the status; none where nobody answered. */
export function nowOf(pending: readonly Pending[], told: Facts): readonly Fact[] {
  return [
    ...pending.filter(({ activity }) => !aside.includes(activity)).flatMap(ofActivity),
    ...told.flatMap(([name, value]) => (value === null || elsewhere.includes(name) ? [] : [{ name, value }])),
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
  const { stage, percent, rows, rowsEstimated, rowsPerSecond, etaSeconds, lagMs, writeMs, detail, waitsFor } = beat;
  return [
    stage ?? '',
    percent === undefined ? '' : `${percent} %`,
    rows === undefined
      ? ''
      : `${countText(rows)} rows${rowsEstimated === undefined ? '' : ` of about ${countText(rowsEstimated)}`}`,
    rowsPerSecond === undefined ? '' : `${countText(rowsPerSecond)} rows/s`,
    etaSeconds === undefined ? '' : `${durationText(etaSeconds * 1_000)} left`,
    lagMs === undefined ? '' : `lag ${durationText(lagMs)}`,
    writeMs === undefined ? '' : `a small write takes ${latencyText(writeMs)}`,
    detail ?? '',
    waitsFor === undefined ? '' : `waits for ${waitsFor}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
