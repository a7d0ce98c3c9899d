/** What texts and bytes a type can hold. */
import type { ColumnModel } from '../table-model.js';
import type { TypeLoss } from './loss.js';

export interface TextType {
  /** Null for bytes. */
  readonly charset: string | null;
  /** What the type counts: CHAR and VARCHAR characters, everything else bytes. */
  readonly unit: 'characters' | 'bytes';
  readonly length: number;
  /** The most bytes that a value can have. */
  readonly bytes: number;
}

/** Character sets with more than one byte for a character: the least and the most. */
const characterBytes: Readonly<Record<string, readonly [number, number] | undefined>> = {
  big5: [1, 2],
  cp932: [1, 2],
  eucjpms: [1, 3],
  euckr: [1, 2],
  gb18030: [1, 4],
  gb2312: [1, 2],
  gbk: [1, 2],
  sjis: [1, 2],
  ucs2: [2, 2],
  ujis: [1, 3],
  utf16: [2, 4],
  utf16le: [2, 4],
  utf32: [4, 4],
  utf8mb3: [1, 3],
  utf8mb4: [1, 4],
};

/** With every character there is, and with those of the first plane, in which all older sets are. */
const wholeUnicode = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);
const firstPlane = new Set(['utf8mb3', 'ucs2']);

export function isBinary({ charset }: ColumnModel): boolean {
  return charset === null || charset === 'binary';
}

/** Of a column of text or bytes. */
export function textOf(column: ColumnModel): TextType {
  const charset = isBinary(column) ? null : column.charset;
  const bytes = column.octetLength ?? 0;
  const isCounted = charset !== null && /^(?:var)?char$/.test(column.dataType);
  const length = isCounted ? Number(/\((\d+)\)/.exec(column.columnType)?.[1] ?? 1) : bytes;
  return { charset, unit: isCounted ? 'characters' : 'bytes', length, bytes };
}

/** Whether the longest value of the source has room in the target. */
export function textFits(source: TextType, target: TextType): boolean {
  if (target.unit === 'characters') return charactersMax(source, target.charset) <= target.length;
  if (target.charset === null || keepsBytes(source.charset, target.charset)) return source.bytes <= target.length;
  return charactersMax(source, source.charset) * widest(source.charset, target.charset) <= target.length;
}

/** Whether so many characters, all of them ASCII or of the target's own, have room in it. */
export function widthFits(characters: number, column: ColumnModel): boolean {
  const target = textOf(column);
  if (target.unit === 'characters') return characters <= target.length;
  return characters * (characterBytes[target.charset ?? '']?.[0] ?? 1) <= target.length;
}

/** @param read in which set bytes without one are read as text. */
function charactersMax({ charset, unit, length }: TextType, read: string | null): number {
  if (unit === 'characters') return length;
  return Math.floor(length / (characterBytes[charset ?? read ?? '']?.[0] ?? 1));
}

/** Whether a text has the same bytes in the other set. */
function keepsBytes(from: string | null, to: string): boolean {
  if (from === null || from === to) return true;
  if (from === 'ascii') return (characterBytes[to]?.[0] ?? 1) === 1;
  return from === 'utf8mb3' && to === 'utf8mb4';
}

/** The most bytes that a character of one set has in the other. */
function widest(from: string | null, to: string): number {
  const most = characterBytes[to]?.[1] ?? 1;
  const isFirstPlane = from !== null && !wholeUnicode.has(from);
  return isFirstPlane && to === 'utf8mb4' ? 3 : isFirstPlane && to.startsWith('utf16') ? 2 : most;
}

/** Characters of the source that the target does not have, and bytes that are no text. */
export function charsetLosses(source: ColumnModel, target: ColumnModel, change: string): readonly TypeLoss[] {
  if (isBinary(target) || source.charset === target.charset) return [];
  if (!isBinary(source) && holdsAll(source.charset ?? '', target.charset ?? '')) return [];
  const what = isBinary(source)
    ? 'bytes that are no such text stop'
    : 'a character that the new set does not have stops';
  return [{ code: 'CHARSET_SMALLER', what: `${change}: ${what} the migration` }];
}

function holdsAll(from: string, to: string): boolean {
  if (from === 'ascii' || wholeUnicode.has(to)) return true;
  return firstPlane.has(to) && !wholeUnicode.has(from);
}
