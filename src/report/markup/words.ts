/** Times, durations and numbers as people read them. */
import { html, type Html } from './html.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `2026-11-30 06:43:38 UTC`; as it was said where that is no time. */
export function timeText(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? iso : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The same for a page; a dash for none. */
export function timeOf(iso: string | null): Html {
  if (iso === null) return html`–`;
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return html`${iso}`;
  return html`<time datetime="${new Date(ms).toISOString()}">${timeText(iso)}</time>`;
}

/** `412 ms`, `3.2 s`, `4 min 12 s`, `3 h 5 min`, `12 d 4 h`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms < second) return `${Math.round(ms)} ms`;
  if (ms < minute) return `${(ms / second).toFixed(ms < 10 * second ? 1 : 0)} s`;
  const [large, small] = ms < hour ? [minute, second] : ms < day ? [hour, minute] : [day, hour];
  const units = new Map([
    [second, 's'],
    [minute, 'min'],
    [hour, 'h'],
    [day, 'd'],
  ]);
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms - whole * large) / small);
  return `${whole} ${units.get(large)}${rest === 0 ? '' : ` ${rest} ${units.get(small)}`}`;
}

/** From one time to another; a dash where one of them is not known. */
export function between(from: string | null, to: string | null): string {
  if (from === null || to === null) return '–';
  return durationText(Date.parse(to) - Date.parse(from));
}

/** `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en');
}

/** For an axis: `0`, `1.5 k`, `20 M`. */
export function shortCount(value: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** `12.3 ms`, with three digits. */
export function latencyText(ms: number): string {
  return ms >= second ? durationText(ms) : `${Number(ms.toPrecision(3))} ms`;
}

/** A phase or an outcome that is written in one word, in several: `cuttingOver`, `needsOperator`. */
export function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_all, one: string, other: string) => `${one} ${other.toLowerCase()}`);
}
