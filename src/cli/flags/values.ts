/** How values are written on a command line. What is wrong with one beyond its kind is the contract's to say. */
import { readFileSync } from 'node:fs';
import { weekdays } from '../../contract/operation/attempt-window.js';
import { NotAValue } from './flag.js';

/** For what can be taken off. */
const none = 'none';

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new NotAValue('It has to be a number.');
  return value;
}

/** Separated by commas. */
export function names(text: string): readonly string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new NotAValue('It has to be names with commas between them.');
  return list;
}

/** Separated by commas. */
export function numbers(text: string): readonly number[] {
  return text.split(',').map(number);
}

/** A number without a unit is one of milliseconds. */
export function duration(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** `commerce/shop`. */
export function place(text: string): { readonly cluster: string; readonly database: string } {
  const [cluster = '', database = '', ...more] = text.split('/');
  if (cluster === '' || database === '' || more.length > 0) {
    throw new NotAValue('It has to be a cluster and a database, such as "commerce/shop".');
  }
  return { cluster, database };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotAValue(`It has to be JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** The text of a file; of standard input where it is called "-". */
export function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw new NotAValue(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${String(code)}.`);
  }
}

/** JSON, or the name of a file with it behind an "@". @throws NotAValue also for what is no object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = json(text.startsWith('@') ? textOf(text.slice(1)) : text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotAValue('It has to be an object, such as {"verify":false}, or @ and the name of a file with one.');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A limit of any source: a number, a text, an object as JSON, or "none", which takes it off. */
export function limit(text: string): unknown {
  if (text === none) return null;
  if (text.startsWith('{')) return json(text);
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** `every` of a repeated verification, "never", or all of it as JSON. */
export function verifyAgain(text: string): unknown {
  if (text === 'never') return false;
  return text.startsWith('{') ? json(text) : { every: duration(text) };
}

/** `22:00-04:00 fri,sat Europe/Berlin ends`, the same as JSON, or "none". */
export function window(text: string): unknown {
  if (text === none) return null;
  if (text.startsWith('{')) return json(text);
  const [times = '', ...words] = text.trim().split(/\s+/);
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(times) ?? [];
  if (from === undefined) {
    throw new NotAValue('It has to be such as "22:00-04:00", "22:00-04:00 fri,sat Europe/Berlin ends", or none.');
  }
  const isDays = (word: string): boolean => word.split(',').every((day) => weekdays.some((known) => known === day));
  const days = words.find(isDays);
  const timeZone = words.find((word) => !isDays(word) && word !== 'ends');
  return {
    ...{ from, to },
    ...(days === undefined ? {} : { days: days.split(',') }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(words.includes('ends') ? { ends: true } : {}),
  };
}
