/** Lines over time, one panel above the other with one axis of time, for print and for both colour schemes. */
import { html, type Html } from '../markup/html.js';
import { timeTicks, valueTicks } from './ticks.js';

export interface LinePoint {
  readonly atMs: number;
  /** Null: not known, so that the line is interrupted. */
  readonly value: number | null;
}

export interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
}

export interface Panel {
  readonly title: string;
  /** What is written at its axis. */
  readonly text: (value: number) => string;
  readonly lines: readonly Line[];
  /** Drawn across, with its word. */
  readonly reference: { readonly value: number; readonly text: string } | null;
}

interface LineChart {
  /** For those who do not see it: what it is, and what it shows in a sentence. */
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

const width = 860;
const left = 76;
const right = 12;
const titleHeight = 26;
const panelHeight = 104;
const gap = 14;
const axisHeight = 24;

/** Null where there is no point to draw. */
export function lineChart(chart: LineChart): Html | null {
  const times = chart.panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ atMs }) => atMs)));
  if (times.length === 0) return null;
  const fromMs = Math.min(...times);
  const toMs = Math.max(...times, fromMs + 1_000);
  const x = (atMs: number): number => left + ((atMs - fromMs) / (toMs - fromMs)) * (width - left - right);
  const step = titleHeight + panelHeight + gap;
  const height = chart.panels.length * step - gap + axisHeight;
  const bottom = height - axisHeight;
  const ticks = timeTicks(fromMs, toMs);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${`${chart.title}. ${chart.description}`}">
    ${ticks.map(({ atMs, text }) => {
      const at = rounded(x(atMs));
      // What would stand beyond the edge is moved to it.
      const anchor = at > width - 40 ? 'end' : 'middle';
      return html`<text class="tick" x="${at}" y="${bottom + 17}" text-anchor="${anchor}">${text}</text> `;
    })}${chart.panels.map((panel, index) =>
      drawPanel(
        panel,
        index * step,
        x,
        ticks.map(({ atMs }) => rounded(x(atMs))),
      ),
    )}
  </svg>`;
}

function drawPanel(panel: Panel, y: number, x: (atMs: number) => number, verticals: readonly number[]): Html {
  const { title, text, lines, reference } = panel;
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0));
  const ticks = valueTicks(Math.max(0, ...values, reference?.value ?? 0));
  const top = ticks.at(-1) ?? 1;
  const [above, below] = [y + titleHeight, y + titleHeight + panelHeight];
  const at = (value: number): number => rounded(below - (value / top) * panelHeight);
  return html`<g>
    <text class="title" x="${left}" y="${y + 15}">${title}</text>
    ${lines.length > 1 ? legend(lines, y + 15) : null}
    ${verticals.map((one) => html`<path class="grid" d="M${one} ${above}V${below}" />`)}
    ${ticks.map(
      (value) =>
        html`<path class="${value === 0 ? 'axis' : 'grid'}" d="M${left} ${at(value)}H${width - right}" />
          <text class="tick" x="${left - 8}" y="${at(value) + 4}" text-anchor="end">${text(value)}</text> `,
    )}${reference === null ? null : drawReference(reference, at(reference.value))}
    ${lines.map((line, index) => drawLine(line, index, x, at))}</g
  > `;
}

function drawReference({ text }: { readonly text: string }, y: number): Html {
  return html`<path class="reference" d="M${left} ${y}H${width - right}" />
    <text class="tick" x="${left + 4}" y="${y - 4}">${text}</text>`;
}

/** Beside the title, from the right: a piece of each line with its name. */
function legend(lines: readonly Line[], y: number): Html {
  const room = 170;
  return html`${lines.map((line, index) => {
    const from = width - right - (lines.length - index) * room;
    return html`<path class="line line${index % 4}" d="M${from} ${y - 4}h28" />
      <text class="tick" x="${from + 34}" y="${y}">${shortened(line.name)}</text> `;
  })}`;
}

function shortened(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}…` : name;
}

function drawLine(
  { points }: Line,
  index: number,
  x: (atMs: number) => number,
  y: (value: number) => number,
): readonly Html[] {
  const runs: { atMs: number; value: number }[][] = [[]];
  for (const { atMs, value } of points) {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ atMs, value });
  }
  const classes = `line line${index % 4}`;
  return runs
    .filter((run) => run.length > 0)
    .map((run) => {
      const [first] = run;
      if (run.length === 1 && first !== undefined) {
        return html`<circle
          class="dot line${index % 4}"
          cx="${rounded(x(first.atMs))}"
          cy="${y(first.value)}"
          r="2.5"
        /> `;
      }
      const path = run.map(({ atMs, value }) => `${rounded(x(atMs))} ${y(value)}`).join('L');
      return html`<path class="${classes}" d="M${path}" /> `;
    });
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
