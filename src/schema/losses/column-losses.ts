/** What one column loses that stays, under its name or another one. */
import type { Loss, LossCode } from '../../domain/loss.js';
import type { ColumnPair } from '../column-mapping.js';
import { columnTokens } from '../create-statement.js';
import { sameName } from '../identifier.js';
import { defaultTokens } from '../implicit-defaults.js';
import type { ColumnModel, TableModel } from '../table-model.js';
import { outerTokens } from '../token-cursor.js';
import type { Token } from '../tokens.js';
import { loss } from './loss.js';
import { typeLosses } from './type-losses.js';

interface Tables {
  readonly source: TableModel;
  readonly altered: TableModel;
}

/** @param keepsComputed whether a computed column has the same values afterwards. */
export function columnLosses(pair: ColumnPair, tables: Tables, keepsComputed: boolean): readonly Loss[] {
  const { source, target } = pair;
  const found = (code: LossCode, what: string): Loss =>
    loss(code, 'column', source.name, `Column ${titleOf(pair)} ${what}.`);
  if (target.generated !== 'none') {
    if (source.generated === 'none') {
      return [found('COLUMN_BECOMES_GENERATED', 'is computed from now on: the values that it has are replaced')];
    }
    // What is not stored is computed whenever it is read, and nothing of it can go.
    if (source.generated === 'virtual' || keepsComputed) return [];
    return [found('GENERATED_VALUES_CHANGE', 'is computed anew: the values that are stored in it may become others')];
  }
  const isPlain = source.generated === 'none';
  const types = typeLosses(source, target).map(({ code, what }) => found(code, what));
  return [
    ...(isPlain ? [] : [found('GENERATION_TAKEN_AWAY', 'is not computed any more: new rows must bring its value')]),
    ...types,
    ...collationLosses(pair, tables.altered, found),
    ...(source.nullable && !target.nullable
      ? [
          found(
            'NULL_TAKEN_AWAY',
            'becomes NOT NULL: a row that has NULL in it stops the migration, a later one is refused',
          ),
        ]
      : []),
    ...(isPlain ? fillingLosses(pair, tables, found) : []),
  ];
}

function titleOf({ source, target }: ColumnPair): string {
  return sameName(source.name, target.name) ? source.name : `${source.name} (renamed ${target.name})`;
}

type Found = (code: LossCode, what: string) => Loss;

/** Values that were different may be the same in another collation: it matters where they have to be different. */
function collationLosses({ source, target }: ColumnPair, altered: TableModel, found: Found): readonly Loss[] {
  if (source.collation === null || target.collation === null || source.collation === target.collation) return [];
  const unique = altered.indexes.find(
    (index) => index.unique && index.parts.some(({ column }) => column !== null && sameName(column, target.name)),
  );
  if (unique === undefined) return [];
  const change = `is compared by ${target.collation} instead of ${source.collation}`;
  return [found('COLLATION_CHANGED', `${change}: values of unique index ${unique.name} may become duplicates`)];
}

/** What fills a column for whoever leaves it out. */
function fillingLosses({ source, target }: ColumnPair, tables: Tables, found: Found): readonly Loss[] {
  const losses: Loss[] = [];
  if (source.autoIncrement && !target.autoIncrement) {
    losses.push(found('AUTO_INCREMENT_TAKEN_AWAY', 'gets no numbers from the server any more'));
  }
  const before = defaultTokens(tables.source, source.name);
  if (before.length > 0 && !hasDefault(tables.altered, target) && !(isNull(before) && !target.nullable)) {
    losses.push(found('DEFAULT_TAKEN_AWAY', 'has no default any more: an INSERT that leaves it out is refused'));
  }
  if (isUpdated(tables.source, source) && !isUpdated(tables.altered, target)) {
    losses.push(found('ON_UPDATE_TAKEN_AWAY', 'is not set by an UPDATE any more'));
  }
  return losses;
}

/** Types whose NULL default the server does not write down. */
const texts = new Set(['tinytext', 'text', 'mediumtext', 'longtext', 'tinyblob', 'blob', 'mediumblob', 'longblob']);

function hasDefault(table: TableModel, column: ColumnModel): boolean {
  if (defaultTokens(table, column.name).length > 0 || column.autoIncrement) return true;
  return column.nullable && texts.has(column.dataType);
}

/** NULL as a default goes with NULL itself, which is said. */
function isNull([first]: readonly Token[]): boolean {
  return first?.keyword === 'NULL';
}

function isUpdated({ createStatement }: TableModel, { name }: ColumnModel): boolean {
  const tokens = outerTokens(columnTokens(createStatement, name));
  return tokens.some(({ keyword }, index) => keyword === 'ON' && tokens[index + 1]?.keyword === 'UPDATE');
}
