/**
 * Between servers a definition travels as text, which cannot say all of it (schema/exact-create.ts). What is in doubt is read
 * from the source in other ways, and what was made of it on the target is compared with the source in the data dictionary,
 * value by value, and label by label.
 */
import { countLabels, exactCreate, isInDoubt, labelsInDoubt, type ExactValues } from '../../schema/exact-create.js';
import { foldName, quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import { ownAlias } from '../../schema/names.js';
import { copyConstraintNames } from '../../schema/rewrite.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import { inSets } from '../server/introspect/in-sets.js';
import type { Session } from '../server/session/session.js';
import {
  differencesOf,
  loadChecks,
  loadDefinitions,
  rowFormatOf,
  type CheckConstraint,
  type Definition,
} from '../table/rows/compare-definitions.js';
import { labelTable } from './label-table.js';

type Labels = ReadonlyMap<string, readonly string[]>;

/** What is known of one table beside its text. */
interface Known {
  readonly definition: Definition;
  readonly checks: readonly CheckConstraint[];
  /** By folded names, of the columns whose labels the text may not say. */
  readonly labels: Labels;
}

/** They take no row of which more than 8,126 bytes must stay in the page, with 768 of each long value. */
const narrowRowFormats: readonly string[] = ['COMPACT', 'REDUNDANT'];

export class ExactDefinitions {
  readonly #operationId: string;
  readonly #known: ReadonlyMap<string, Known>;

  private constructor(operationId: string, known: ReadonlyMap<string, Known>) {
    this.#operationId = operationId;
    this.#known = known;
  }

  /** Of the tables of one database of the source. @param source with the reading settings. */
  static async read(source: Session, operationId: string, tables: readonly TableModel[]): Promise<ExactDefinitions> {
    return new ExactDefinitions(operationId, await readAll(source, operationId, tables, tables));
  }

  /** Makes a table by what its text means. @param statement SHOW CREATE TABLE of the source's, with the table's name. */
  async create(session: Session, table: TableModel, making: TableName, statement: string): Promise<void> {
    const known = this.#known.get(table.table);
    if (known === undefined || !isInDoubt(statement)) await session.run(statement);
    else await session.raw(exactCreate(statement, valuesOf(table, making, known)));
  }

  /** What came out otherwise, in words, by the source's names; none where nothing did. */
  async differences(
    session: Session,
    made: readonly { readonly table: TableModel; readonly making: TableName }[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const copies = made.map(({ table, making }) => ({ ...table, ...making }));
    const there = await readAll(
      session,
      this.#operationId,
      copies,
      made.map(({ table }) => table),
    );
    return new Map(
      made.map(({ table, making }) => {
        const [wanted, is] = [this.#known.get(table.table), there.get(making.table)];
        if (wanted === undefined || is === undefined) return [table.table, ['the table (missing)']];
        return [table.table, knownDifferences(table, making, wanted, is)];
      }),
    );
  }
}

/** @param texts the tables whose text says which labels are in doubt, in the same order. */
async function readAll(
  session: Session,
  operationId: string,
  tables: readonly TableModel[],
  texts: readonly TableModel[],
): Promise<ReadonlyMap<string, Known>> {
  const database = tables[0]?.database ?? '';
  const names = tables.map(({ table }) => table);
  const definitions = await loadDefinitions(session, database, names);
  const checks = await loadChecks(session, database, names);
  const known = new Map<string, Known>();
  for (const [index, table] of tables.entries()) {
    const columns = labelsInDoubt(texts[index]?.createStatement ?? '');
    known.set(table.table, {
      definition: definitions.get(table.table) ?? [],
      checks: checks.filter((check) => check.table === table.table),
      labels: columns.length === 0 ? new Map() : await readLabels(session, operationId, table, columns),
    });
  }
  return known;
}

/**
 * The labels as they are. The server gives the text of a label only for a value: so an empty table of these columns is made
 * in the sidecar, gets a row for each label, and is dropped.
 */
async function readLabels(
  session: Session,
  operationId: string,
  table: TableModel,
  columns: readonly string[],
): Promise<Labels> {
  const probe = quoteTable(labelTable(operationId));
  const list = columns.map(quoteIdentifier).join(', ');
  const number = quoteIdentifier(ownAlias('n'));
  const counted = columns.map((column) => labelCount(table, column));
  const rows = Array.from({ length: Math.max(...counted.map(({ count }) => count)) }, (_, row) =>
    counted.map(({ count, isSet }) => {
      const label = Math.min(row, count - 1);
      return isSet ? (1n << BigInt(label)).toString() : label + 1;
    }),
  );
  await session.run(`DROP TABLE IF EXISTS ${probe}`);
  try {
    await session.run(
      `CREATE TABLE ${probe} (${number} INT NOT NULL AUTO_INCREMENT PRIMARY KEY) SELECT ${list} FROM ${quoteTable(table)} WHERE FALSE`,
    );
    for (const set of inSets(rows)) {
      await session.run(`INSERT INTO ${probe} (${list}) VALUES ${set.map((row) => `(${row.join(', ')})`).join(', ')}`);
    }
    const labels = new Map<string, readonly string[]>();
    for (const [index, column] of columns.entries()) {
      const found = await session.rows<{ label: string }>(
        `SELECT CONVERT(${quoteIdentifier(column)} USING utf8mb4) AS label FROM ${probe} ORDER BY ${number} LIMIT ${counted[index]?.count ?? 0}`,
      );
      labels.set(
        foldName(column),
        found.map(({ label }) => label),
      );
    }
    return labels;
  } finally {
    await session.run(`DROP TABLE IF EXISTS ${probe}`);
  }
}

function labelCount(
  { columns, createStatement }: TableModel,
  name: string,
): { readonly count: number; readonly isSet: boolean } {
  const column = columns.find((one) => foldName(one.name) === foldName(name));
  return { count: countLabels(createStatement, name), isSet: column?.dataType === 'set' };
}

function valuesOf(table: TableModel, making: TableName, { definition, checks, labels }: Known): ExactValues {
  const renamed = copyConstraintNames(table.createStatement, making.table);
  const [columns = [], indexed = []] = definition;
  const indexes = new Map<string, (string | null)[]>();
  for (const { name, EXPRESSION: expression } of indexed) {
    const folded = foldName(String(name));
    indexes.set(folded, [...(indexes.get(folded) ?? []), typeof expression === 'string' ? expression : null]);
  }
  return {
    labels,
    columns: new Map(
      columns.flatMap(({ name, extra, expression, expression_2: given }) => {
        const hasDefault = String(extra).includes('DEFAULT_GENERATED') && typeof given === 'string';
        const value = typeof expression === 'string' && expression !== '' ? expression : hasDefault ? given : undefined;
        return value === undefined ? [] : [[foldName(String(name)), value] as const];
      }),
    ),
    checks: new Map(checks.map(({ name, clause }) => [foldName(renamed.get(foldName(name)) ?? name), clause])),
    indexes,
  };
}

function knownDifferences(table: TableModel, making: TableName, wanted: Known, is: Known): readonly string[] {
  const renamed = copyConstraintNames(table.createStatement, making.table);
  const differences = [...differencesOf(wanted.definition, is.definition, (one, other) => one === other)];
  for (const { name, clause, enforced } of wanted.checks) {
    const made = is.checks.find((check) => foldName(check.name) === foldName(renamed.get(foldName(name)) ?? name));
    if (made?.clause !== clause || made.enforced !== enforced) differences.push(`constraint ${name}`);
  }
  const [format, madeFormat] = [rowFormatOf(wanted.definition), rowFormatOf(is.definition)];
  // A wider one takes whatever a narrow one does.
  if (narrowRowFormats.includes(madeFormat) && !narrowRowFormats.includes(format)) {
    differences.push(`the row format (${madeFormat}, by its innodb_default_row_format, for ${format})`);
  }
  for (const [column, labels] of wanted.labels) {
    const made = is.labels.get(column);
    if (JSON.stringify(made) !== JSON.stringify(labels)) differences.push(`column ${column} (labels)`);
  }
  return differences;
}
