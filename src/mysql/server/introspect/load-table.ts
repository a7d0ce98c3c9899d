/** Reads one table as the server describes it. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { quoteTable } from '../../../schema/identifier.js';
import type { ColumnModel, IndexModel, IndexPart, TableModel, TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';

interface TableRow {
  readonly database: string;
  readonly table: string;
  readonly kind: string;
  readonly engine: string | null;
  readonly rowsEstimated: number | string | null;
  readonly dataBytes: number | string | null;
  readonly createOptions: string | null;
}

interface ColumnRow {
  readonly name: string;
  readonly position: number;
  readonly dataType: string;
  readonly columnType: string;
  readonly nullable: string;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly octetLength: number | string | null;
  readonly numericPrecision: number | string | null;
  readonly numericScale: number | string | null;
  readonly datetimePrecision: number | string | null;
  readonly srsId: number | null;
  readonly extra: string;
}

interface IndexRow {
  readonly name: string;
  readonly nonUnique: number;
  readonly type: string;
  readonly visible: string;
  readonly column: string | null;
  readonly prefixLength: number | string | null;
  readonly direction: string | null;
  readonly nullable: string;
}

/**
 * The model of a table or view, with its names as the server spells them.
 * @throws UNKNOWN_TABLE where there is none that the user may see.
 */
export async function loadTable(session: Session, name: TableName): Promise<TableModel> {
  const table = await findTable(session, name);
  if (table === undefined) {
    throw new SwitchyardError('UNKNOWN_TABLE', {
      table: `${name.database}.${name.table}`,
      cluster: session.cluster.name,
    });
  }
  const kind = table.kind === 'BASE TABLE' ? 'table' : 'view';
  const columns = await loadColumns(session, table);
  return {
    database: table.database,
    table: table.table,
    kind,
    engine: table.engine ?? '',
    columns,
    indexes: await loadIndexes(session, table),
    partitioned: /\bpartitioned\b/.test(table.createOptions ?? ''),
    rowsEstimated: Number(table.rowsEstimated ?? 0),
    dataBytesEstimated: Number(table.dataBytes ?? 0),
    createStatement: kind === 'table' ? await showCreateTable(session, table) : '',
  };
}

/** Whether a table of this name exists. */
export async function tableExists(session: Session, name: TableName): Promise<boolean> {
  return (await findTable(session, name)) !== undefined;
}

/** SHOW CREATE TABLE, as it is. */
export async function showCreateTable(session: Session, name: TableName): Promise<string> {
  const row = await session.row<{ 'Create Table': string }>(`SHOW CREATE TABLE ${quoteTable(name)}`);
  return row['Create Table'];
}

/** The names of the table's triggers, in their order. Needs TRIGGER: without it they are invisible. */
export async function triggerNames(session: Session, { database, table }: TableName): Promise<readonly string[]> {
  const rows = await session.rows<{ name: string }>(
    `SELECT trigger_name AS name FROM information_schema.triggers
      WHERE event_object_schema = ? AND event_object_table = ? ORDER BY trigger_name`,
    [database, table],
  );
  return rows.map(({ name }) => name);
}

async function findTable(session: Session, { database, table }: TableName): Promise<TableRow | undefined> {
  const [row] = await session.rows<TableRow>(
    `SELECT table_schema AS \`database\`, table_name AS \`table\`, table_type AS kind, engine AS engine,
            table_rows AS rowsEstimated, data_length AS dataBytes, create_options AS createOptions
       FROM information_schema.tables WHERE table_schema = ? AND table_name = ?`,
    [database, table],
  );
  return row;
}

async function loadColumns(session: Session, { database, table }: TableName): Promise<readonly ColumnModel[]> {
  const rows = await session.rows<ColumnRow>(
    `SELECT column_name AS name, ordinal_position AS position, data_type AS dataType, column_type AS columnType,
            is_nullable AS nullable, character_set_name AS charset, collation_name AS \`collation\`,
            character_octet_length AS octetLength, numeric_precision AS numericPrecision,
            numeric_scale AS numericScale, datetime_precision AS datetimePrecision, srs_id AS srsId, extra AS extra
       FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
    [database, table],
  );
  return rows.map((row) => ({
    name: row.name,
    ordinal: Number(row.position) - 1,
    dataType: row.dataType.toLowerCase(),
    columnType: row.columnType,
    unsigned: / unsigned\b/.test(row.columnType) && !/^(enum|set)\b/i.test(row.dataType),
    nullable: row.nullable === 'YES',
    charset: row.charset,
    collation: row.collation,
    octetLength: numberOrNull(row.octetLength),
    numericPrecision: numberOrNull(row.numericPrecision),
    numericScale: numberOrNull(row.numericScale),
    datetimePrecision: numberOrNull(row.datetimePrecision),
    srsId: row.srsId,
    generated: generatedKind(row.extra),
    invisible: /\bINVISIBLE\b/.test(row.extra),
    autoIncrement: /\bauto_increment\b/i.test(row.extra),
  }));
}

function generatedKind(extra: string): ColumnModel['generated'] {
  if (extra.includes('VIRTUAL GENERATED')) return 'virtual';
  return extra.includes('STORED GENERATED') ? 'stored' : 'none';
}

async function loadIndexes(session: Session, { database, table }: TableName): Promise<readonly IndexModel[]> {
  const rows = await session.rows<IndexRow>(
    `SELECT index_name AS name, non_unique AS nonUnique, index_type AS type, is_visible AS visible,
            column_name AS \`column\`, sub_part AS prefixLength, collation AS direction, nullable AS nullable
       FROM information_schema.statistics WHERE table_schema = ? AND table_name = ?
      ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index`,
    [database, table],
  );
  const indexes = new Map<string, { row: IndexRow; parts: IndexPart[] }>();
  for (const row of rows) {
    const index = indexes.get(row.name) ?? { row, parts: [] };
    indexes.set(row.name, index);
    index.parts.push({
      column: row.column,
      prefixLength: numberOrNull(row.prefixLength),
      descending: row.direction === 'D',
      nullable: row.nullable === 'YES',
    });
  }
  return [...indexes.values()].map(({ row, parts }) => ({
    name: row.name,
    unique: Number(row.nonUnique) === 0,
    type: row.type,
    visible: row.visible === 'YES',
    parts,
  }));
}

function numberOrNull(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}
