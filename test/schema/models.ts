/** Small table models for the tests of src/schema. */
import type { ColumnModel, IndexModel, TableModel } from '../../src/schema/table-model.js';

type ColumnShape = Partial<Omit<ColumnModel, 'name'>>;

/** A column by its COLUMN_TYPE: `column('id', 'bigint unsigned')`. */
export function column(name: string, columnType = 'int', shape: ColumnShape = {}): ColumnModel {
  const dataType = /^[a-z]+/.exec(columnType)?.[0] ?? columnType;
  const text = /char|text|enum|set/.test(dataType);
  const length = /^var\w+\((\d+)\)/.exec(columnType)?.[1];
  return {
    name,
    ordinal: 0,
    dataType,
    columnType,
    unsigned: columnType.endsWith(' unsigned'),
    nullable: false,
    charset: text ? 'utf8mb4' : null,
    collation: text ? 'utf8mb4_0900_ai_ci' : null,
    octetLength: length === undefined ? null : Number(length) * 4,
    numericPrecision: null,
    numericScale: null,
    datetimePrecision: null,
    srsId: null,
    generated: 'none',
    autoIncrement: false,
    ...shape,
  };
}

type IndexShape = Partial<Omit<IndexModel, 'parts'>> & { readonly nullable?: boolean };

/** An index; a part is `a`, `a(10)`, `a DESC` or `(expression)`. Unique unless it says otherwise. */
export function index(name: string, parts: readonly string[], shape: IndexShape = {}): IndexModel {
  const { nullable = false, ...rest } = shape;
  return {
    name,
    unique: true,
    type: 'BTREE',
    visible: true,
    parts: parts.map((part) => {
      const [, columnName, length, descending] = /^(\w+)(?:\((\d+)\))?( DESC)?$/.exec(part) ?? [];
      return {
        column: columnName ?? null,
        prefixLength: length === undefined ? null : Number(length),
        descending: descending !== undefined,
        nullable,
      };
    }),
    ...rest,
  };
}

/** A table; ordinals are given by position. */
export function table(
  columns: readonly ColumnModel[],
  indexes: readonly IndexModel[] = [],
  shape: Partial<TableModel> = {},
): TableModel {
  return {
    database: 'shop',
    table: 'orders',
    kind: 'table',
    engine: 'InnoDB',
    columns: columns.map((each, ordinal) => ({ ...each, ordinal })),
    indexes,
    partitioned: false,
    rowsEstimated: 0,
    dataBytesEstimated: 0,
    createStatement: 'CREATE TABLE `orders` (\n  `id` int NOT NULL\n) ENGINE=InnoDB',
    ...shape,
  };
}
