/**
 * Which algorithms the server takes a statement with: tried on an empty copy of the table, the cheapest first, so that
 * the server's own rules decide, of whatever version it is. What depends on the table itself is looked up beside it.
 */
import type { Algorithm, AlgorithmTrial } from '../../../domain/statement-plan.js';
import { rowVersionsMax } from '../../../limits/mysql-migration.js';
import type { AlterStatement } from '../../../schema/alter-statement.js';
import { quoteTable } from '../../../schema/identifier.js';
import { copyConstraintNames, retargetAlter } from '../../../schema/rewrite.js';
import type { TableModel, TableName } from '../../../schema/table-model.js';
import { loadRowVersions, loadTableIds } from '../../server/introspect/table-ids.js';
import { errorKind, serverMessage } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import { controlVariables, statementVariables, type ConversionSettings } from '../../server/session/variables.js';
import { makeEmptyCopy } from '../empty-copy.js';

export interface TrialOptions {
  readonly statement: AlterStatement;
  /** As it was read with the reading settings. */
  readonly table: TableModel;
  /** Made here, and left as the statement makes it; recorded as ours before. */
  readonly copy: TableName;
  readonly conversion: ConversionSettings;
}

/** Of what LOCK=NONE allows: writers are never locked out for long. */
const modifiers: readonly (readonly [Algorithm, string])[] = [
  ['instant', 'ALGORITHM=INSTANT'],
  ['inplace', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['copy', ''],
];

/**
 * Up to the first that is possible; a statement that the server refuses altogether was refused before.
 * @param session with the reading settings, which it has again afterwards.
 */
export async function tryAlgorithms(session: Session, options: TrialOptions): Promise<readonly AlgorithmTrial[]> {
  const { table, copy } = options;
  await makeEmptyCopy(session, table, copy);
  let ids = await loadTableIds(session, [copy]);
  const trials: AlgorithmTrial[] = [];
  for (const [algorithm, modifier] of modifiers) {
    const refusal = await refusalOf(session, options, modifier);
    const trial = refusal ?? (await taken(session, options, algorithm, ids));
    trials.push({ algorithm, ...trial });
    if (trial.possible) break;
    if (refusal !== null) continue;
    // The copy was changed, and the table itself cannot be in this way.
    await session.run(`DROP TABLE ${quoteTable(copy)}`);
    await makeEmptyCopy(session, table, copy);
    ids = await loadTableIds(session, [copy]);
  }
  return trials;
}

type Outcome = Omit<AlgorithmTrial, 'algorithm'>;

/** Runs the statement on the copy. @returns null where the server takes it. */
async function refusalOf(
  session: Session,
  { statement, table, copy, conversion }: TrialOptions,
  modifier: string,
): Promise<Outcome | null> {
  await session.set(statementVariables(conversion));
  await session.run('SET NAMES utf8mb4');
  try {
    await session.run(withModifier(statement, table, copy, modifier));
    return null;
  } catch (error) {
    if (!['statement', 'data'].includes(errorKind(error) ?? '')) throw error;
    return { possible: false, why: serverMessage(error).replaceAll(copy.table, table.table) };
  } finally {
    await session.set(controlVariables);
  }
}

/** What is to be known of it where the server takes it. @param ids of the copy before. */
async function taken(
  session: Session,
  { table, copy }: TrialOptions,
  algorithm: Algorithm,
  ids: readonly string[],
): Promise<Outcome> {
  if (algorithm === 'instant') return instantOutcome(session, table, copy);
  if (algorithm === 'copy') return { possible: true, why: null };
  const [now] = await loadTableIds(session, [copy]);
  const what = now === ids[0] ? 'it rebuilds no row' : 'it rebuilds the whole table in place';
  return { possible: true, why: `${what}, and replicas stand still for as long as it took` };
}

/** In front of all clauses: behind them a comment or the partitioning may stand. */
function withModifier(statement: AlterStatement, table: TableModel, copy: TableName, modifier: string): string {
  const [first] = statement.clauses;
  const endsList = first === undefined || first.kind === 'partitionBy' || first.kind === 'removePartitioning';
  const name = modifier === '' ? quoteTable(copy) : `${quoteTable(copy)} ${modifier}${endsList ? '' : ','}`;
  return retargetAlter(statement, name, copyConstraintNames(table.createStatement, copy.table));
}

/** A table can have so many changes of its rows' form, and is rebuilt after that; the empty copy has begun anew. */
async function instantOutcome(session: Session, table: TableName, copy: TableName): Promise<Outcome> {
  const has = await loadRowVersions(session, table);
  const takes = await loadRowVersions(session, copy);
  const isPossible = has + takes <= rowVersionsMax;
  const why =
    takes === 0 && has < rowVersionsMax ? null : `the table has ${has} of at most ${rowVersionsMax} row versions`;
  return { possible: isPossible, why };
}
