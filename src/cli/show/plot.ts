/** A bar, and a small plot of the last values, in block characters. */

const eighths = ' ▏▎▍▌▋▊▉█';
const heights = '▁▂▃▄▅▆▇█';

/** @param share of 1. */
export function bar(share: number, places: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * places * 8);
  const whole = Math.floor(filled / 8);
  const part = filled % 8 === 0 ? '' : (eighths[filled % 8] ?? '');
  return `${'█'.repeat(whole)}${part}`.padEnd(places, '░');
}

/** One character for each of the last `places` values, as high as it is against the highest; a gap where none is known. */
export function plot(values: readonly (number | null)[], places: number): string {
  const shown = values.slice(-places);
  const highest = Math.max(...shown.map((value) => value ?? 0));
  return shown
    .map((value) => {
      if (value === null) return ' ';
      const height = highest === 0 ? 0 : Math.round((value / highest) * (heights.length - 1));
      return heights[Math.max(0, height)] ?? ' ';
    })
    .join('');
}

/** The last values, a bounded number of them. */
export class Series {
  readonly #values: (number | null)[] = [];

  constructor(private readonly most: number) {}

  add(value: number | undefined): void {
    this.#values.push(value ?? null);
    if (this.#values.length > this.most) this.#values.shift();
  }

  get values(): readonly (number | null)[] {
    return this.#values;
  }

  /** Whether there is anything to see. */
  get isEmpty(): boolean {
    return this.#values.every((value) => value === null);
  }
}
