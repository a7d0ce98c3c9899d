/** Reads tables as the server describes them. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { foldName, quoteTable } from '../../../schema/identifier.js';
import type { ColumnModel, IndexModel, IndexPart, TableModel, TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';
import { inSets, placeholders } from './in-sets.js';

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
export async function loadTable(session: Session, { database, table }: TableName): Promise<TableModel> {
  const [model] = await loadSet(session, database, [table]);
  if (model !== undefined) return model;
  throw new SwitchyardError('UNKNOWN_TABLE', { table: `${database}.${table}`, cluster: session.cluster.name });
}

/** The same of many tables of a database, in their order: a few statements for a set of them, and one for each. */
export async function loadTables(
  session: Session,
  database: string,
  tables: readonly string[],
): Promise<readonly TableModel[]> {
  const models = new Map<string, TableModel>();
  for (const set of inSets(tables)) {
    for (const model of await loadSet(session, database, set)) models.set(model.table, model);
  }
  const inOrder: TableModel[] = [];
  for (const table of tables) {
    // The server compares names in its own way: one that it spells otherwise is asked for by itself.
    inOrder.push(models.get(table) ?? (await loadTable(session, { database, table })));
  }
  return inOrder;
}

async function loadSet(session: Session, database: string, tables: readonly string[]): Promise<readonly TableModel[]> {
  const found = await findTables(session, database, tables);
  if (found.length === 0) return [];
  const columns = await loadColumns(session, database, tables);
  const indexes = await loadIndexes(session, database, tables);
  const models: TableModel[] = [];
  for (const row of found) {
    const kind = row.kind === 'BASE TABLE' ? 'table' : 'view';
    models.push({
      database: row.database,
      table: row.table,
      kind,
      engine: row.engine ?? '',
      columns: columns.get(row.table)?.map(columnOf) ?? [],
      indexes: indexesOf(indexes.get(row.table) ?? []),
      partitioned: /\bpartitioned\b/.test(row.createOptions ?? ''),
      rowsEstimated: Number(row.rowsEstimated ?? 0),
      dataBytesEstimated: Number(row.dataBytes ?? 0),
      createStatement: kind === 'table' ? await showCreateTable(session, row) : '',
    });
  }
  return models;
}

/** Whether a table of this name exists. */
export async function tableExists(session: Session, { database, table }: TableName): Promise<boolean> {
  return (await findTables(session, database, [table])).length > 0;
}

/** Which of these tables of a database exist. */
export async function existingTables(
  session: Session,
  database: string,
  tables: readonly string[],
): Promise<ReadonlySet<string>> {
  const existing = new Set<string>();
  for (const set of inSets(tables)) {
    const found = await session.rows<{ readonly name: string; readonly caseMatters: number | string }>(
      `SELECT table_name AS name, @@lower_case_table_names = 0 AS caseMatters
         FROM information_schema.tables WHERE table_schema = ? AND table_name IN ${placeholders(set)}`,
      [database, ...set],
    );
    const fold = Number(found[0]?.caseMatters) === 1 ? String : foldName;
    const names = new Set(found.map(({ name }) => fold(name)));
    for (const table of set) if (names.has(fold(table))) existing.add(table);
  }
  return existing;
}

/** SHOW CREATE TABLE, as it is. */
export async function showCreateTable(session: Session, name: TableName): Promise<string> {
  const row = await session.row<{ 'Create Table': string }>(`SHOW CREATE TABLE ${quoteTable(name)}`);
  return row['Create Table'];
}

/** A trigger and its table. */
export interface TriggerName extends TableName {
  readonly name: string;
}

/** The triggers of these tables of a database, in their order. Needs TRIGGER: without it they are invisible. */
export function triggersOn(
  session: Session,
  database: string,
  tables: readonly string[],
): Promise<readonly TriggerName[]> {
  return session.rows<TriggerName>(
    `SELECT event_object_schema AS \`database\`, event_object_table AS \`table\`, trigger_name AS name
       FROM information_schema.triggers
      WHERE event_object_schema = ? AND event_object_table IN ${placeholders(tables)}
      ORDER BY event_object_table, trigger_name`,
    [database, ...tables],
  );
}

/** The names of one table's triggers. */
export async function triggerNames(session: Session, { database, table }: TableName): Promise<readonly string[]> {
  return (await triggersOn(session, database, [table])).map(({ name }) => name);
}

function findTables(session: Session, database: string, tables: readonly string[]): Promise<readonly TableRow[]> {
  return session.rows<TableRow>(
    `SELECT table_schema AS \`database\`, table_name AS \`table\`, table_type AS kind, engine AS engine,
            table_rows AS rowsEstimated, data_length AS dataBytes, create_options AS createOptions
       FROM information_schema.tables WHERE table_schema = ? AND table_name IN ${placeholders(tables)}`,
    [database, ...tables],
  );
}

async function loadColumns(session: Session, database: string, tables: readonly string[]): Promise<ByTable<ColumnRow>> {
  const rows = await session.rows<ColumnRow & OfTable>(
    `SELECT table_name AS \`table\`, column_name AS name, ordinal_position AS position, data_type AS dataType,
            column_type AS columnType, is_nullable AS nullable, character_set_name AS charset,
            collation_name AS \`collation\`, character_octet_length AS octetLength,
            numeric_precision AS numericPrecision, numeric_scale AS numericScale,
            datetime_precision AS datetimePrecision, srs_id AS srsId, extra AS extra
       FROM information_schema.columns WHERE table_schema = ? AND table_name IN ${placeholders(tables)}
      ORDER BY table_name, ordinal_position`,
    [database, ...tables],
  );
  return byTable(rows);
}

function columnOf(row: ColumnRow): ColumnModel {
  return {
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
    autoIncrement: /\bauto_increment\b/i.test(row.extra),
  };
}

function generatedKind(extra: string): ColumnModel['generated'] {
  if (extra.includes('VIRTUAL GENERATED')) return 'virtual';
  return extra.includes('STORED GENERATED') ? 'stored' : 'none';
}

async function loadIndexes(session: Session, database: string, tables: readonly string[]): Promise<ByTable<IndexRow>> {
  const rows = await session.rows<IndexRow & OfTable>(
    `SELECT table_name AS \`table\`, index_name AS name, non_unique AS nonUnique, index_type AS type,
            is_visible AS visible, column_name AS \`column\`, sub_part AS prefixLength, collation AS direction,
            nullable AS nullable
       FROM information_schema.statistics WHERE table_schema = ? AND table_name IN ${placeholders(tables)}
      ORDER BY table_name, index_name <> 'PRIMARY', index_name, seq_in_index`,
    [database, ...tables],
  );
  return byTable(rows);
}

function indexesOf(rows: readonly IndexRow[]): readonly IndexModel[] {
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

/** Rows by the table's name as the server spells it; in their order. */
type ByTable<Row> = ReadonlyMap<string, readonly Row[]>;

interface OfTable {
  readonly table: string;
}

function byTable<Row extends OfTable>(rows: readonly Row[]): ByTable<Row> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const ofTable = found.get(row.table);
    if (ofTable === undefined) found.set(row.table, [row]);
    else ofTable.push(row);
  }
  return found;
}

function numberOrNull(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}
