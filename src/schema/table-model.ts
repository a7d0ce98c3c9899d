/** One table as the server describes it, as plain data. Built by src/mysql/server/introspect, read by everything pure. */

export interface TableName {
  readonly database: string;
  readonly table: string;
}

export interface ColumnModel {
  readonly name: string;
  /** Position among all columns of the table, from 0: the position in a binlog row image. */
  readonly ordinal: number;
  /** information_schema DATA_TYPE in lower case: `varchar`, `bigint`, `enum` … */
  readonly dataType: string;
  /** information_schema COLUMN_TYPE: `varchar(60)`, `bigint unsigned`, `enum('a','b')` … */
  readonly columnType: string;
  readonly unsigned: boolean;
  readonly nullable: boolean;
  /** Character set and collation of text columns, else null. */
  readonly charset: string | null;
  readonly collation: string | null;
  /** CHARACTER_OCTET_LENGTH, where the type has one. */
  readonly octetLength: number | null;
  readonly numericPrecision: number | null;
  readonly numericScale: number | null;
  readonly datetimePrecision: number | null;
  readonly srsId: number | null;
  readonly generated: 'none' | 'virtual' | 'stored';
  readonly autoIncrement: boolean;
}

export interface IndexPart {
  /** Null for an expression (functional index). */
  readonly column: string | null;
  readonly prefixLength: number | null;
  readonly descending: boolean;
  readonly nullable: boolean;
}

export interface IndexModel {
  /** `PRIMARY` for the primary key. */
  readonly name: string;
  readonly unique: boolean;
  /** `BTREE`, `FULLTEXT`, `SPATIAL` … */
  readonly type: string;
  readonly visible: boolean;
  readonly parts: readonly IndexPart[];
}

export interface TableModel extends TableName {
  readonly kind: 'table' | 'view';
  readonly engine: string;
  readonly columns: readonly ColumnModel[];
  /** Primary key first, then in the server's order. */
  readonly indexes: readonly IndexModel[];
  readonly partitioned: boolean;
  /** The server's estimate, for progress. */
  readonly rowsEstimated: number;
  readonly dataBytesEstimated: number;
  /** SHOW CREATE TABLE, whole. */
  readonly createStatement: string;
}
