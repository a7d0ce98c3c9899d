/**
 * What an ALTER TABLE may not ask for, each by its own name (P2, P5): never ignored, never half done. Everything else is
 * copied, since the shadow becomes whatever the server makes of the statement.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { clauseExcerptCharacters } from '../limits/schema.js';
import type { AlterClause, PartitionOperation } from './alter-clause.js';
import type { AlterStatement } from './alter-statement.js';

/**
 * Refuses by name. Unknown clauses pass: see `refuseUnknownClauses`.
 * @throws CLAUSE_RENAME_TABLE, CLAUSE_ALGORITHM, CLAUSE_PARTITION_OPERATION, CLAUSE_TABLESPACE, CLAUSE_WITHOUT_EFFECT,
 * CLAUSE_NEW_AUTO_INCREMENT, CLAUSE_OTHER_ENGINE, CLAUSE_SECONDARY_ENGINE, NOT_BUILT_YET (foreign keys).
 */
export function refuseClauses(statement: AlterStatement): void {
  for (const clause of statement.clauses) {
    const error = refusal(clause, excerpt(statement, clause));
    if (error !== undefined) throw error;
  }
}

/**
 * Refuses what was not understood. To be called after the server has accepted the statement on the shadow: what is only
 * a mistake gets the server's own message that way. @throws CLAUSE_UNKNOWN.
 */
export function refuseUnknownClauses(statement: AlterStatement): void {
  const unknown = statement.clauses.find(({ kind }) => kind === 'unknown');
  if (unknown !== undefined) throw new SwitchyardError('CLAUSE_UNKNOWN', { clause: excerpt(statement, unknown) });
}

/** The clause as it is written, cut to what a message needs. */
function excerpt({ text }: AlterStatement, { span }: AlterClause): string {
  const whole = text.slice(...span).replace(/\s+/g, ' ');
  return whole.length <= clauseExcerptCharacters ? whole : `${whole.slice(0, clauseExcerptCharacters)}…`;
}

/** Partition operations that only say how the same rows are stored. The others lose, move or check rows. */
const storageOperations: ReadonlySet<PartitionOperation> = new Set(['add', 'coalesce', 'reorganize']);

function refusal(clause: AlterClause, text: string): SwitchyardError | undefined {
  switch (clause.kind) {
    case 'renameTable':
      return new SwitchyardError('CLAUSE_RENAME_TABLE', { clause: text });
    case 'algorithm':
    case 'lock':
      return new SwitchyardError('CLAUSE_ALGORITHM', { clause: text });
    case 'partition':
      if (storageOperations.has(clause.operation)) return undefined;
      return new SwitchyardError('CLAUSE_PARTITION_OPERATION', { clause: text });
    case 'tablespace':
      return new SwitchyardError('CLAUSE_TABLESPACE', { clause: text });
    case 'keys':
    case 'orderBy':
      return new SwitchyardError('CLAUSE_WITHOUT_EFFECT', { clause: text });
    case 'secondaryEngine':
      return new SwitchyardError('CLAUSE_SECONDARY_ENGINE', { clause: text });
    case 'addForeignKey':
    case 'dropForeignKey':
      return foreignKey(text);
    case 'tableOption':
      if (clause.option !== 'ENGINE' || clause.value.toLowerCase() === 'innodb') return undefined;
      return new SwitchyardError('CLAUSE_OTHER_ENGINE', { clause: text });
    case 'addColumn':
      if (clause.definition.foreignKey) return foreignKey(text);
      if (!clause.definition.autoIncrement) return undefined;
      return new SwitchyardError('CLAUSE_NEW_AUTO_INCREMENT', { clause: text, column: clause.column });
    case 'changeColumn':
    case 'modifyColumn':
      return clause.definition.foreignKey ? foreignKey(text) : undefined;
    default:
      return undefined;
  }
}

function foreignKey(text: string): SwitchyardError {
  return new SwitchyardError('NOT_BUILT_YET', { what: `A foreign key clause (${text})` });
}
