/** What went on from when to when: a lane for each phase, and the commands above them. */
import type { AuditEntry, Interval } from '../data.js';
import { html, type Html } from '../markup/html.js';
import { spaced, timeText } from '../markup/words.js';
import { timeTicks } from './ticks.js';

interface Timeline {
  readonly intervals: readonly Interval[];
  readonly commands: readonly Pick<AuditEntry, 'at' | 'command' | 'via'>[];
  readonly fromMs: number;
  readonly toMs: number;
}

const width = 860;
const left = 132;
const right = 12;
const laneHeight = 24;
const barHeight = 14;
const commandsHeight = 30;
const axisHeight = 26;
/** What would be too short to be seen is drawn so wide. */
const leastWidth = 2;

/** Null where nothing has gone on, or nobody knows when. */
export function timeline({ intervals, commands, fromMs, toMs: endMs }: Timeline): Html | null {
  if (intervals.length === 0 || !Number.isFinite(fromMs + endMs)) return null;
  const toMs = Math.max(endMs, fromMs + 1_000);
  const lanes = [...new Set(intervals.map(({ phase }) => phase))];
  const top = commands.length === 0 ? 8 : commandsHeight;
  const bottom = top + lanes.length * laneHeight;
  const height = bottom + axisHeight;
  const x = (ms: number): number => {
    const part = (Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs);
    return Math.round((left + part * (width - left - right)) * 10) / 10;
  };
  const label = `Timeline from ${timeText(new Date(fromMs).toISOString())} to ${timeText(new Date(toMs).toISOString())}: ${lanes.map(spaced).join(', ')}. The table below has the same.`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
    ${timeTicks(fromMs, toMs).map(({ atMs, text }) => {
      const at = x(atMs);
      return html`<path class="grid" d="M${at} ${top}V${bottom}" /><text
          class="tick"
          x="${at}"
          y="${bottom + 18}"
          text-anchor="${at > width - 40 ? 'end' : 'middle'}"
          >${text}</text
        > `;
    })}${lanes.map((lane, index) => {
      const y = top + index * laneHeight;
      const bars = intervals.filter(({ phase }) => phase === lane);
      return html`<text class="lane" x="${left - 10}" y="${y + 16}" text-anchor="end">${spaced(lane)}</text>
        <path class="grid" d="M${left} ${y + laneHeight}H${width - right}" />
        ${bars.map((bar) => drawBar(bar, y + (laneHeight - barHeight) / 2, x, toMs))}`;
    })}${commands.length === 0 ? null : drawCommands(commands, x, bottom)}
  </svg>`;
}

function drawBar(
  { from, to, class: kind, problem }: Interval,
  y: number,
  x: (ms: number) => number,
  endMs: number,
): Html {
  const begin = x(Date.parse(from));
  const end = x(to === null ? endMs : Date.parse(to));
  const bar = Math.max(leastWidth, Math.round((end - begin) * 10) / 10);
  const shown = problem === null ? `bar ${kind}` : `bar ${kind} troubled`;
  return html`<rect class="${shown}" x="${begin}" y="${y}" width="${bar}" height="${barHeight}" rx="2" /> `;
}

/** A mark at each command, with its number in the table; numbers that would lie over each other are left out. */
function drawCommands(commands: Timeline['commands'], x: (ms: number) => number, bottom: number): Html {
  let free = -Infinity;
  return html`<text class="lane" x="${left - 10}" y="16" text-anchor="end">commands</text> ${commands.map(
      ({ at, via }, index) => {
        const place = x(Date.parse(at));
        const hasRoom = place >= free;
        if (hasRoom) free = place + 18;
        const kind = via === 'system' ? 'mark system' : 'mark';
        return html`<path class="${kind}" d="M${place} 20V${bottom}" />${
            hasRoom ? html`<text class="tick" x="${place}" y="15" text-anchor="middle">${index + 1}</text>` : null
          } `;
      },
    )}`;
}
