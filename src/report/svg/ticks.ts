/** Where the lines of an axis are, and what is written at them. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 182, 364].map((count) => count * day),
];

/** From 0 to at least `max`, in steps of 1, 2 or 5 times a power of ten. @returns at least two, of which the last is the top. */
export function valueTicks(max: number, wanted = 3): readonly number[] {
  const top = max > 0 && Number.isFinite(max) ? max : 1;
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10;
  const step = factor * power;
  const count = Math.ceil(top / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

interface TimeTick {
  readonly atMs: number;
  readonly text: string;
}

/** Round times between two, in UTC; none where there is no room for one. */
export function timeTicks(fromMs: number, toMs: number, wanted = 6): readonly TimeTick[] {
  const span = toMs - fromMs;
  if (!(span > 0)) return [];
  const step = timeSteps.find((one) => span / one <= wanted) ?? Math.ceil(span / wanted / (364 * day)) * 364 * day;
  const first = Math.ceil(fromMs / step) * step;
  const ticks: TimeTick[] = [];
  for (let atMs = first; atMs <= toMs; atMs += step) ticks.push({ atMs, text: textOf(atMs, step, span) });
  return ticks;
}

function textOf(atMs: number, step: number, span: number): string {
  const iso = new Date(atMs).toISOString();
  if (step >= day) return iso.slice(0, 10);
  const time = iso.slice(11, step >= minute ? 16 : 19);
  return span > day ? `${iso.slice(5, 10)} ${time}` : time;
}
