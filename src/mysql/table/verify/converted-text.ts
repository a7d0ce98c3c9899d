/** What a value becomes when it is assigned to a text or binary column. Each rule is held by an oracle test. */
import type { ColumnModel } from '../../../schema/table-model.js';
import { typeLength, type ColumnKind } from '../rows/column-kind.js';

/** Character sets that can hold every character. */
const completeCharsets = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);
/** Character sets whose shortest character has more than one byte. */
const wideCharsets = new Set(['ucs2', 'utf16', 'utf16le', 'utf32']);

function questionMarks(text: string): string {
  return `(CHAR_LENGTH(${text}) - CHAR_LENGTH(REPLACE(${text}, '?', '')))`;
}

/** CONVERT puts a question mark for what the new character set does not have: such a value must not pass as equal. */
function inCharset(text: string, from: string | null, to: string): string {
  if (from === to) return text;
  const converted = `CONVERT(${text} USING ${to})`;
  if (completeCharsets.has(to)) return converted;
  return `IF(${questionMarks(converted)} = ${questionMarks(text)}, ${converted}, CONCAT(${converted}, '?'))`;
}

/**
 * Spaces at the end: a CHAR is read without them; a text may lose those that a VARCHAR has no room for, but not a VARCHAR of
 * the same character set.
 */
function trimmed(sourceKind: ColumnKind, source: ColumnModel, target: ColumnModel, text: string): string {
  if (target.dataType === 'char') {
    return source.dataType === 'char' && source.charset === target.charset ? text : `RTRIM(${text})`;
  }
  const isCopied = source.dataType.endsWith('char') && source.charset === target.charset;
  const mayLose = sourceKind === 'text' || sourceKind === 'binary';
  if (target.dataType !== 'varchar' || !mayLose || isCopied) return text;
  const length = typeLength(target);
  return `IF(CHAR_LENGTH(RTRIM(${text})) <= ${length}, LEFT(${text}, ${length}), ${text})`;
}

/** The value as the text column would hold it, or undefined where no rule is sure. */
export function asText(
  kind: ColumnKind,
  source: ColumnModel,
  target: ColumnModel,
  reference: string,
): string | undefined {
  const charset = target.charset;
  if (charset === null) return undefined;
  switch (kind) {
    case 'text':
    case 'enum':
    case 'set':
      if (source.charset === null) return undefined;
      return trimmed(kind, source, target, inCharset(reference, source.charset, charset));
    case 'binary':
      // Bytes become characters as they are; an odd number of them is filled up in a wide character set.
      if (wideCharsets.has(charset)) return undefined;
      if (target.dataType !== 'char' && target.dataType !== 'varchar') return reference;
      return trimmed(kind, source, target, `CONVERT(${reference} USING ${charset})`);
    case 'integer':
    case 'year':
    case 'decimal':
    case 'real':
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
    case 'json':
      // As a native ALTER does it, with all zeros of ZEROFILL and YEAR and with the digits that FLOAT shows.
      return trimmed(kind, source, target, inCharset(`CAST(${reference} AS CHAR)`, 'utf8mb4', charset));
    default:
      return undefined;
  }
}

/** The value as the binary column would hold it, or undefined where no rule is sure. */
export function asBinary(kind: ColumnKind, target: ColumnModel, reference: string): string | undefined {
  const bytes = bytesOf(kind, reference);
  if (bytes === undefined || target.dataType !== 'binary') return bytes;
  const length = typeLength(target);
  return `IF(LENGTH(${bytes}) > ${length}, ${bytes}, RPAD(${bytes}, ${length}, x'00'))`;
}

function bytesOf(kind: ColumnKind, reference: string): string | undefined {
  switch (kind) {
    case 'binary':
      return reference;
    case 'text':
      return `CAST(${reference} AS BINARY)`;
    case 'integer':
    case 'decimal':
    case 'json':
      return `CAST(CAST(${reference} AS CHAR) AS BINARY)`;
    default:
      return undefined;
  }
}
