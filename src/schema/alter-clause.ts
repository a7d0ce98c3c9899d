/** The clauses of an ALTER TABLE, as far as Switchyard must understand them; the server judges the rest. */
import type { TableName } from './table-model.js';
import type { NamedSpan, Span } from './token-cursor.js';

/** What a column definition in an ALTER says that matters here. */
export interface ColumnDefinition {
  /** AUTO_INCREMENT, or a type that implies it (SERIAL). */
  readonly autoIncrement: boolean;
  /** REFERENCES: a foreign key to the servers that honour it (from 9.0 on). */
  readonly foreignKey: boolean;
}

interface ClauseBase {
  /** Where it stands in the statement; several columns in one ADD (…) are clauses of their own. */
  readonly span: Span;
  /** Names of CHECK constraints (or of constraints that may be CHECK constraints) in it, whatever it does with them. */
  readonly constraintNames: readonly NamedSpan[];
}

export type PartitionOperation =
  | 'add'
  | 'analyze'
  | 'check'
  | 'coalesce'
  | 'discard'
  | 'drop'
  | 'exchange'
  | 'import'
  | 'optimize'
  | 'rebuild'
  | 'reorganize'
  | 'repair'
  | 'truncate';

/** A clause without where it stands. Column names are as they are written; they all mean the table before the ALTER. */
export type ClauseContent =
  | { readonly kind: 'addColumn'; readonly column: string; readonly definition: ColumnDefinition }
  | { readonly kind: 'dropColumn'; readonly column: string }
  | {
      readonly kind: 'changeColumn';
      readonly column: string;
      readonly newName: string;
      readonly definition: ColumnDefinition;
    }
  | { readonly kind: 'modifyColumn'; readonly column: string; readonly definition: ColumnDefinition }
  | { readonly kind: 'renameColumn'; readonly column: string; readonly newName: string }
  /** ALTER COLUMN … SET DEFAULT, DROP DEFAULT, SET VISIBLE, SET INVISIBLE. */
  | { readonly kind: 'alterColumn'; readonly column: string }
  | {
      readonly kind: 'addIndex';
      readonly indexKind: 'primary' | 'unique' | 'index' | 'fulltext' | 'spatial';
      readonly name: string | null;
    }
  | { readonly kind: 'dropIndex'; readonly name: string }
  | { readonly kind: 'dropPrimaryKey' }
  | { readonly kind: 'renameIndex'; readonly name: string; readonly newName: string }
  | { readonly kind: 'alterIndexVisibility'; readonly name: string }
  | { readonly kind: 'addCheck'; readonly name: string | null }
  | { readonly kind: 'dropCheck'; readonly name: string }
  /** DROP CONSTRAINT: a CHECK, a foreign key, a unique index or the primary key. */
  | { readonly kind: 'dropConstraint'; readonly name: string }
  | { readonly kind: 'alterCheck'; readonly name: string }
  | { readonly kind: 'addForeignKey'; readonly name: string | null }
  | { readonly kind: 'dropForeignKey'; readonly name: string }
  | { readonly kind: 'renameTable'; readonly target: TableName }
  | { readonly kind: 'convertCharset' }
  | { readonly kind: 'tableOption'; readonly option: string; readonly value: string }
  | { readonly kind: 'orderBy' }
  | { readonly kind: 'partitionBy' }
  | { readonly kind: 'removePartitioning' }
  | { readonly kind: 'partition'; readonly operation: PartitionOperation }
  | { readonly kind: 'algorithm'; readonly value: string }
  | { readonly kind: 'lock'; readonly value: string }
  | { readonly kind: 'force' }
  /** ENABLE KEYS, DISABLE KEYS. */
  | { readonly kind: 'keys' }
  /** DISCARD TABLESPACE, IMPORT TABLESPACE. */
  | { readonly kind: 'tablespace' }
  /** WITH VALIDATION, WITHOUT VALIDATION. */
  | { readonly kind: 'validation' }
  /** SECONDARY_LOAD, SECONDARY_UNLOAD. */
  | { readonly kind: 'secondaryEngine' }
  /** Anything else: a mistake, or a clause of a newer server. */
  | { readonly kind: 'unknown' };

export type AlterClause = ClauseContent & ClauseBase;
