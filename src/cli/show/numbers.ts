/** Numbers and times for eyes. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Such as `4.2 s`, `3 min 10 s`, `2 h 5 min`, `12 d`. */
export function durationWords(ms: number): string {
  if (ms < second) return `${Math.round(ms)} ms`;
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  if (ms < minute) return `${Math.round(ms / second)} s`;
  if (ms < hour) return twoParts(ms, minute, 'min', second, 's');
  if (ms < day) return twoParts(ms, hour, 'h', minute, 'min');
  return twoParts(ms, day, 'd', hour, 'h');
}

function twoParts(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? `${whole} ${largeUnit}` : `${whole} ${largeUnit} ${rest} ${smallUnit}`;
}

/** Such as `12,345`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Since when, for a column of a table. */
export function ageWords(iso: string, nowMs: number): string {
  return durationWords(Math.max(0, nowMs - Date.parse(iso)));
}
