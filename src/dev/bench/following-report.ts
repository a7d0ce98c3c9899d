/** What `npm run bench -- following` prints. */
import { megabytes, verdictLines, type Goal } from './figures.js';
import type { WindowFigures } from './watch-window.js';

export interface MeasuredFollowing {
  readonly migrations: number;
  readonly moves: number;
  /** Migrations alone, migrations whose tables are changed, and both kinds. */
  readonly windows: readonly [WindowFigures, WindowFigures, WindowFigures];
  /** What was wrong; empty when everything followed. */
  readonly problems: readonly string[];
}

const heartbeatsPerSecondMax = 0.1;
const connectionsMax = 2;
const memoryBytesMax = 400 * 1_024 * 1_024;
const cpuShareMax = 0.1;

export function describeFollowing(measured: MeasuredFollowing): string {
  const { migrations, moves, windows, problems } = measured;
  const operations = [migrations, migrations, migrations + moves];
  const lines = windows.flatMap((window, index) => [...windowLines(window, operations[index] ?? 1), '']);
  return [
    `Operations          ${migrations} migrations that are held back, ${moves} moves that follow, one worker`,
    '',
    ...lines,
    ...verdictLines(goalsOf(measured), problems, 'all followed'),
    '',
  ].join('\n');
}

function windowLines(window: WindowFigures, operations: number): readonly string[] {
  const { name, seconds, connections, heartbeatsPerSecond, workflowWritesPerSecond, events } = window;
  const each = (perSecond: number | undefined): string =>
    perSecond === undefined ? 'not known' : `${(perSecond / operations).toFixed(2)}/s for each`;
  return [
    `${name}, ${seconds.toFixed(0)} s`,
    ...Object.entries(connections).map(
      ([cluster, { mean, max }]) => `  ${cluster.padEnd(18)}${mean.toFixed(1)} connections, ${max} at most`,
    ),
    `  heartbeats        ${each(heartbeatsPerSecond)}; writes to Temporal's database ${each(workflowWritesPerSecond)}`,
    `  history           ${events} events`,
    `  worker            ${memoryText(window)}, ${shareText(window)} of a core`,
  ];
}

function goalsOf({ migrations, moves, windows: [idle, , both] }: MeasuredFollowing): readonly Goal[] {
  const connections = idle.connections.commerce?.max ?? NaN;
  const [source, target] = [both.connections.commerce?.max ?? NaN, both.connections.customer?.max ?? NaN];
  // One more for all together: whether the server answers.
  const per = (all: number, operations: number): number => (all - 1) / operations;
  const heartbeats = (both.heartbeatsPerSecond ?? NaN) / (migrations + moves);
  return [
    atMost(`connections of a migration`, connectionsMax, per(connections, migrations)),
    atMost('connections of both kinds on commerce', connectionsMax, per(source, migrations + moves)),
    atMost('connections of a move on its target', connectionsMax, per(target, moves)),
    atMost('heartbeats/s of an operation', heartbeatsPerSecondMax, heartbeats),
    atMost('events while it follows', 0, idle.events + both.events),
    {
      goal: `worker memory under ${megabytes(memoryBytesMax)}`,
      measured: memoryText(both),
      reached: (both.memoryBytes ?? NaN) < memoryBytesMax,
    },
    {
      goal: `worker under ${cpuShareMax * 100} % of a core with ${migrations} migrations`,
      measured: shareText(idle),
      reached: (idle.cpuShare ?? NaN) < cpuShareMax,
    },
  ];
}

function atMost(what: string, most: number, value: number): Goal {
  return { goal: `at most ${most} ${what}`, measured: value.toFixed(2), reached: value <= most };
}

function memoryText({ memoryBytes }: WindowFigures): string {
  return memoryBytes === undefined ? 'not known on this system' : megabytes(memoryBytes);
}

function shareText({ cpuShare }: WindowFigures): string {
  return cpuShare === undefined ? 'an unknown share' : `${(100 * cpuShare).toFixed(1)} %`;
}
