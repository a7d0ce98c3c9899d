/** What a value becomes when it is assigned to an ENUM or a SET with another list. */
import { mappedMembersMax } from '../../../limits/mysql-table.js';
import type { ColumnModel } from '../../../schema/table-model.js';
import { typeArguments } from '../../../schema/type-arguments.js';
import { keepsPositions, type ColumnKind } from '../rows/column-kind.js';
import { ownValue } from '../rows/own-value.js';

/** Put where a value has no place in the new list, so that it is equal to no position. */
const noPlace = "'!'";

function literal(member: string, charset: string): string {
  return `CONVERT(_utf8mb4 x'${Buffer.from(member).toString('hex')}' USING ${charset})`;
}

/** The position of a text in the target's list, as the server finds it: by the column's collation. 0 for none. */
function positionOf(text: string, target: ColumnModel, charset: string): string {
  const list = typeArguments(target.columnType).map((member) => literal(member, charset));
  // The sum has no collation, which FIELD would hand on.
  return `(FIELD(${text} COLLATE ${target.collation}, ${list.join(', ')}) + 0)`;
}

/** For each member of the source's list, its position in the target's: a number, or SQL where the spelling differs. */
function positions(source: ColumnModel, target: ColumnModel, charset: string): readonly string[] {
  const list = typeArguments(target.columnType);
  return typeArguments(source.columnType).map((member) => {
    const same = list.indexOf(member);
    return same >= 0 ? String(same + 1) : positionOf(literal(member, charset), target, charset);
  });
}

/** What a member means to an ENUM that has it not: a number is a position. */
function asPosition(member: string): string {
  return /^\s*\d+\s*$/.test(member) ? String(BigInt(member)) : noPlace;
}

function isMappable(...columns: readonly ColumnModel[]): boolean {
  return columns.every((column) => typeArguments(column.columnType).length <= mappedMembersMax);
}

/** Whether a member could be taken for a number: all collations agree about ASCII digits only. */
function hasNumbers({ columnType }: ColumnModel): boolean {
  return typeArguments(columnType).some((member) => !/^[A-Za-z_ ]*$/.test(member));
}

/** The position in the ENUM's list that the value gets, or undefined where no rule is sure. */
export function asEnum(
  kind: ColumnKind,
  source: ColumnModel,
  target: ColumnModel,
  reference: string,
): string | undefined {
  const { charset } = target;
  if (charset === null) return undefined;
  if (kind === 'integer' && !hasNumbers(target)) return ownValue(kind, source, reference);
  if (!isMappable(target)) return undefined;
  if (kind === 'integer') {
    // A member that is called like the number goes before the member at this position.
    const text = `CONVERT(CAST(${reference} AS CHAR) USING ${charset})`;
    const position = `NULLIF(${positionOf(text, target, charset)}, 0)`;
    return `IF(${reference} IS NULL, NULL, IFNULL(${position}, ${ownValue(kind, source, reference)}))`;
  }
  if (kind === 'enum') {
    if (keepsPositions(source, target)) return ownValue(kind, source, reference);
    if (!isMappable(source)) return undefined;
    const members = typeArguments(source.columnType);
    const mapped = positions(source, target, charset).map((position, index) =>
      /^\d+$/.test(position) ? position : `IFNULL(NULLIF(${position}, 0), ${asPosition(members[index] ?? '')})`,
    );
    return `IF(${reference} + 0 = 0, 0, ELT(${reference} + 0, ${mapped.join(', ')}))`;
  }
  if (kind === 'text') {
    // Spaces at the end do not count, and a number that is not in the list itself is a position.
    const text = `RTRIM(CONVERT(${reference} USING ${charset}))`;
    const number = `IFNULL(NULLIF(CAST(${reference} AS UNSIGNED), 0), ${noPlace})`;
    return `IF(${reference} IS NULL, NULL, IFNULL(NULLIF(${positionOf(text, target, charset)}, 0), ${number}))`;
  }
  return undefined;
}

/** The members of the SET that the value gets, as a number of bits, or undefined where no rule is sure. */
export function asSet(
  kind: ColumnKind,
  source: ColumnModel,
  target: ColumnModel,
  reference: string,
): string | undefined {
  const { charset } = target;
  if (kind !== 'set' || charset === null) return undefined;
  if (keepsPositions(source, target)) return ownValue(kind, source, reference);
  // A text that is one number, and no member of the new list, means bits.
  if (typeArguments(source.columnType).some((member) => asPosition(member) !== noPlace)) return undefined;
  const bits: string[] = [];
  const lost: string[] = [];
  for (const [index, position] of positions(source, target, charset).entries()) {
    const bit = `((${reference} >> ${index}) & 1)`;
    bits.push(`(${bit} << (${position} - 1))`);
    if (!/^\d+$/.test(position)) lost.push(`IF(${bit} = 1 AND ${position} = 0, ${noPlace}, '')`);
  }
  return lost.length === 0 ? `(${bits.join(' | ')})` : `CONCAT(${bits.join(' | ')}, ${lost.join(', ')})`;
}
