/**
 * Makes an empty copy of a table on its own server, by the server itself: `CREATE TABLE … LIKE` copies the dictionary's
 * values, where the text of SHOW CREATE TABLE cannot say all of them. What LIKE leaves out is added, and then both
 * definitions are compared value by value: no difference is passed over.
 */
import { checkNames } from '../../schema/create-statement.js';
import { expressionBytes } from '../../schema/exact-expression.js';
import { foldName, quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import { copyConstraintNames } from '../../schema/rewrite.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import {
  definitionDifferences,
  isSameExpression,
  loadChecks,
  notCarried,
  type CheckConstraint,
} from '../table/rows/compare-definitions.js';

/**
 * @param session with the reading settings. @param source as it was read in them.
 * @throws DEFINITION_NOT_CARRIED, the driver's errors.
 */
export async function makeEmptyCopy(session: Session, source: TableModel, shadow: TableName): Promise<void> {
  await session.run(`CREATE TABLE ${quoteTable(shadow)} LIKE ${quoteTable(source)}`);
  await nameChecks(session, source, shadow);
  const differences = await definitionDifferences(session, source, shadow);
  if (differences.length > 0) throw notCarried(source, differences);
}

/** The CHECK constraints of a table by their names. */
async function checksOf(
  session: Session,
  { database, table }: TableName,
): Promise<ReadonlyMap<string, CheckConstraint>> {
  return new Map((await loadChecks(session, database, [table])).map((check) => [check.name, check]));
}

/**
 * LIKE gives every CHECK constraint an automatic name, `<shadow>_chk_1` and so on in the source's order. Those that are
 * called otherwise are made anew under their names, of the exact bytes, which the server then has to show as before.
 */
async function nameChecks(session: Session, source: TableModel, shadow: TableName): Promise<void> {
  const theirs = await checksOf(session, source);
  const made = await checksOf(session, shadow);
  const pairs = namePairs(source, shadow).map(({ from, to }, index) => {
    const check = made.get(`${shadow.table}_chk_${index + 1}`);
    const original = theirs.get(from);
    const isCarried = isSameExpression(original?.clause, check?.clause) && original?.enforced === check?.enforced;
    if (check === undefined || !isCarried) throw notCarried(source, [`constraint ${from}`]);
    return { check, to };
  });
  const renamed = pairs.filter(({ check, to }) => check.name !== to);
  if (renamed.length === 0) return;
  const table = quoteTable(shadow);
  const dropped = renamed.map(({ check }) => `DROP CHECK ${quoteIdentifier(check.name)}`);
  await session.run(`ALTER TABLE ${table} ${dropped.join(', ')}`);
  await session.raw(Buffer.concat([Buffer.from(`ALTER TABLE ${table} `), ...joined(renamed.map(addedCheck))]));
  const now = await checksOf(session, shadow);
  for (const { check, to } of renamed) {
    if (now.get(to)?.clause !== check.clause) throw notCarried(source, [`constraint ${to}`]);
  }
}

/** What the source's CHECK constraints are called and are to be called on the shadow, in their order. */
function namePairs(
  { createStatement }: TableModel,
  shadow: TableName,
): readonly { readonly from: string; readonly to: string }[] {
  const automatic = copyConstraintNames(createStatement, shadow.table);
  const { explicit, automatic: ofTable } = checkNames(createStatement);
  return [...explicit, ...ofTable]
    .sort((one, other) => one.span[0] - other.span[0])
    .map(({ name }) => ({ from: name, to: automatic.get(foldName(name)) ?? name }));
}

function addedCheck({ check, to }: { readonly check: CheckConstraint; readonly to: string }): Buffer {
  const head = Buffer.from(`ADD CONSTRAINT ${quoteIdentifier(to)} CHECK (`);
  const tail = Buffer.from(check.enforced === 'NO' ? ') NOT ENFORCED' : ')');
  return Buffer.concat([head, expressionBytes(check.clause), tail]);
}

function joined(parts: readonly Buffer[]): readonly Buffer[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(', '), part]));
}
