/**
 * Puts other names into statements: of the copy for the table, and of CHECK constraints that are named after their
 * table. Every other character stays as it was written.
 */
import type { AlterStatement } from './alter-statement.js';
import { checkNames, createdTableName } from './create-statement.js';
import { foldName, quoteIdentifier } from './identifier.js';
import type { NamedSpan, Span } from './token-cursor.js';

/** New names of CHECK constraints by their folded old names; see `copyConstraintNames`. */
export type ConstraintNames = ReadonlyMap<string, string>;

interface Replacement {
  readonly span: Span;
  readonly text: string;
}

/**
 * The user's statement for another table, without semicolons behind it.
 * @param quotedName the other table, quoted, with its database. @param constraintNames what the CHECK constraints of the
 * table are called there; those that are not in it keep their names.
 */
export function retargetAlter(
  statement: AlterStatement,
  quotedName: string,
  constraintNames: ConstraintNames = new Map(),
): string {
  return replaceAll(statement.text, [
    { span: statement.tableSpan, text: quotedName },
    ...statement.clauses.flatMap((clause) => renamed(clause.constraintNames, constraintNames)),
    ...statement.semicolons.map((span) => ({ span, text: '' })),
  ]);
}

/** SHOW CREATE TABLE for another table. Parameters as above. */
export function retargetCreate(
  createStatement: string,
  quotedName: string,
  constraintNames: ConstraintNames = new Map(),
): string {
  const { explicit, automatic } = checkNames(createStatement);
  return replaceAll(createStatement, [
    { span: createdTableName(createStatement).span, text: quotedName },
    ...renamed([...explicit, ...automatic], constraintNames),
  ]);
}

/**
 * What the CHECK constraints of a table are called on its copy. Automatic names become automatic names of the copy, so
 * that they get their old form back by themselves when the copy is renamed; explicit ones stay, so that the copy
 * must be in another database.
 */
export function copyConstraintNames(createStatement: string, copyTable: string): ConstraintNames {
  const { automatic } = checkNames(createStatement);
  const tableLength = createdTableName(createStatement).name.length;
  return new Map(automatic.map(({ name }) => [foldName(name), copyTable + name.slice(tableLength)]));
}

function renamed(names: readonly NamedSpan[], constraintNames: ConstraintNames): readonly Replacement[] {
  return names.flatMap(({ name, span }) => {
    const newName = constraintNames.get(foldName(name));
    return newName === undefined ? [] : [{ span, text: quoteIdentifier(newName) }];
  });
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  let result = '';
  let at = 0;
  for (const { span, text: replacement } of [...replacements].sort((one, other) => one.span[0] - other.span[0])) {
    result += text.slice(at, span[0]) + replacement;
    at = span[1];
  }
  return result + text.slice(at);
}
