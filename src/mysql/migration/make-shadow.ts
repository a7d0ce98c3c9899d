/**
 * Makes the empty shadow table. The server is the judge of the user's statement: it is run on an empty copy of the
 * table's definition, and what it became is read back (docs/design/prepare.md, "The empty shadow").
 */
import type { Loss } from '../../domain/loss.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { AlterStatement } from '../../schema/alter-statement.js';
import { mapColumns, type ColumnMapping, type ColumnPair } from '../../schema/column-mapping.js';
import { computedFromChar, timeZoneSensitiveColumns } from '../../schema/conversions.js';
import { autoIncrementOf } from '../../schema/create-statement.js';
import { clockDefaults } from '../../schema/implicit-defaults.js';
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import { chooseIterationKey, type IterationKey } from '../../schema/iteration-key.js';
import { markerColumnName } from '../../schema/names.js';
import { refuseUnknownClauses } from '../../schema/refusals.js';
import { retargetAlter, copyConstraintNames } from '../../schema/rewrite.js';
import { displayKeyNames, planShadowKey, type ShadowKey } from '../../schema/shadow-key.js';
import { findLosses } from '../../schema/losses/find-losses.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import { unwrittenColumns } from '../../schema/unwritten-columns.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { loadTable } from '../server/introspect/load-table.js';
import type { ServerFacts } from '../preflight/server-facts.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { errorKind, serverMessage } from '../server/session/server-errors.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables, statementVariables, type ConversionSettings } from '../server/session/variables.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { defining, statementRefused } from '../table/rows/statement-refused.js';
import { describeSource } from '../table/rows/table-plan.js';
import { refuseChangingBackslashes } from './backslashes.js';
import { deferIndexes } from '../table/indexes/defer-indexes.js';
import { refuseLosses } from './destructive.js';
import { makeEmptyCopy } from './empty-copy.js';
import { carryHistograms, histogramColumns } from '../table/indexes/histograms.js';
import { addMarker, dropMarker } from './marker.js';
import { makeOwnDatabase } from '../server/sidecar/table-database.js';
import { checkConstraintNames } from './own-database.js';
import type { MigrationPlan } from './migration-plan.js';
import { shadowFingerprint } from './shadow-definition.js';

export interface MakeShadowOptions {
  readonly operationId: string;
  readonly token: string;
  readonly cluster: ClusterSettings;
  readonly statement: AlterStatement;
  readonly table: TableModel;
  readonly shadow: TableName;
  readonly retained: TableName;
  readonly conversion: ConversionSettings;
  readonly facts: ServerFacts;
  /** False: what destroys or narrows something is refused. */
  readonly allowDestructive: boolean;
}

type PlanParts = Pick<
  MigrationPlan,
  | 'source'
  | 'conversion'
  | 'key'
  | 'copyKey'
  | 'copyKeyIndex'
  | 'sameRowIndex'
  | 'hasHelperIndex'
  | 'helperColumns'
  | 'markerColumn'
  | 'shadowFingerprint'
  | 'histograms'
  | 'pairs'
  | 'implicitDefaults'
  | 'unwritten'
  | 'counter'
  | 'deferredIndexes'
  | 'sourceFingerprint'
  | 'sourceColumnCount'
  | 'averageRowBytes'
  | 'rowsEstimated'
>;

export interface MadeShadow {
  readonly plan: PlanParts;
  /** What the server remarked. */
  readonly notes: readonly string[];
  /** What the statement destroys or narrows. */
  readonly losses: readonly Loss[];
}

/** @throws as `shadowOn`; FENCED. */
export function makeShadow(options: MakeShadowOptions): Promise<MadeShadow> {
  const { cluster, table, retained, operationId, token } = options;
  return withSession(cluster, controlVariables, async (session) => {
    // DDL cannot be part of a fenced transaction: this session holds the advisory lock while it makes and drops tables,
    // and a later run, which takes the lock for sure, ends this session before it begins.
    await takeAdvisoryLockForSure(session, operationId);
    await takeOver(session, operationId, token);
    await session.run(`USE ${quoteIdentifier(table.database)}`);
    await makeOwnDatabase(session, retained, table.database);
    return shadowOn(session, options);
  });
}

/** The shadow on a session that holds the operation's advisory lock and has the reading settings. */
export type ShadowOptions = Omit<MakeShadowOptions, 'operationId' | 'token' | 'cluster' | 'retained'>;

/**
 * @throws STATEMENT_REFUSED with the server's own words; DESTRUCTIVE_CHANGE; what the schema rules refuse. The settings of
 * the session may be other ones then.
 */
export async function shadowOn(session: Session, options: ShadowOptions): Promise<MadeShadow> {
  const { conversion, table, shadow } = options;
  await makeOwnDatabase(session, shadow, table.database);
  // A shadow of an earlier run of this preparation: ours, and empty.
  await session.run(`DROP TABLE IF EXISTS ${quoteTable(shadow)}`);
  // Whatever of it the server refuses for good: it is the statement, or the table, that cannot be changed like this.
  return defining(shadow, table, async () => {
    await refuseChangingBackslashes(session, table, conversion);
    await makeEmptyCopy(session, table, shadow);
    const notCarried = await carryHistograms({ from: session, to: session }, table, shadow);
    await session.set(statementVariables(conversion));
    const notes = await alter(session, options);
    await session.set(controlVariables);
    refuseUnknownClauses(options.statement);
    await refuseChangingBackslashes(session, shadow, conversion);
    const histograms = await histogramColumns(session, shadow);
    const { plan, losses } = await shape(session, options);
    return { plan: { ...plan, histograms }, notes: [...notCarried, ...notes], losses };
  });
}

/** Runs the user's statement on the shadow, in the settings that a client has for it. @returns what the server remarked. */
async function alter(session: Session, { statement, table, shadow }: ShadowOptions): Promise<readonly string[]> {
  const constraints = copyConstraintNames(table.createStatement, shadow.table);
  await session.run('SET NAMES utf8mb4');
  try {
    const { warningCount } = await session.run(retargetAlter(statement, quoteTable(shadow), constraints));
    if (warningCount === 0) return [];
    const warnings = await session.warnings();
    return warnings.map(({ code, message }) => `MySQL remarks (${code}): ${message}`);
  } catch (error) {
    const kind = errorKind(error);
    if (kind === undefined || kind === 'passes' || kind === 'environment') throw error;
    throw statementRefused(error, shadow, table);
  }
}

/** Reads back what the shadow became, plans keys and columns, and takes out what is built or added later. */
async function shape(
  session: Session,
  options: ShadowOptions,
): Promise<{ plan: Omit<PlanParts, 'histograms'>; losses: readonly Loss[] }> {
  const { statement, table, shadow } = options;
  const key = chooseIterationKey(table, { rowImage: options.facts.binlogRowImage });
  const altered = await loadTable(session, shadow);
  await checkConstraintNames(session, table, altered);
  const columns = mapColumns(table, altered, statement.clauses);
  const constraintNames = copyConstraintNames(table.createStatement, shadow.table);
  const losses = findLosses({ source: table, altered, mapping: columns, constraintNames });
  if (!options.allowDestructive) refuseLosses(table, losses);
  const mapping = await withClock(session, options, altered, columns);
  const { becomesAutoIncrement } = mapping;
  // With this mode a native ALTER keeps zeros, too.
  const keepsZeros = options.conversion.statementSqlMode.split(',').includes('NO_AUTO_VALUE_ON_ZERO');
  const numbered = keepsZeros ? null : becomesAutoIncrement;
  await checkNumbersAreKept(session, table, numbered);
  const conversion = conversionFor(options, key, mapping, altered);
  checkPadding(conversion, mapping, altered);
  const shadowKey = planShadowKey(key, mapping, altered);
  await addHelpers(session, shadow, key, shadowKey);
  const deferredIndexes = await deferIndexes(session, await loadTable(session, shadow), shadowKey.indexName);
  const markerColumn = await tryMarker(session, shadow);
  const plan = {
    ...describeSource(table, key),
    conversion,
    copyKey: shadowKey.columns,
    copyKeyIndex: shadowKey.indexName,
    helperColumns: shadowKey.kind === 'helper' && shadowKey.definitions.length > 0 ? shadowKey.columns : [],
    hasHelperIndex: shadowKey.kind === 'helper',
    ...(shadowKey.kind === 'helper' && shadowKey.sameRowIndex !== null ? { sameRowIndex: shadowKey.sameRowIndex } : {}),
    markerColumn,
    shadowFingerprint: await shadowFingerprint(session, shadow),
    pairs: mapping.pairs.map((pair) => (pair.target === numbered?.target ? { ...pair, refusesZero: true } : pair)),
    implicitDefaults: mapping.implicitDefaults,
    unwritten: unwrittenColumns(table, altered, mapping),
    counter: counterAskedFor(statement, altered),
    deferredIndexes,
  };
  return { plan, losses };
}

/** The empty shadow says what the server made of the number; 1 is not shown. */
function counterAskedFor({ clauses }: AlterStatement, altered: TableModel): string | null {
  const asked = clauses.some((clause) => clause.kind === 'tableOption' && clause.option === 'AUTO_INCREMENT');
  return asked ? (autoIncrementOf(altered.createStatement) ?? '1') : null;
}

/** With what a new DATETIME with DEFAULT CURRENT_TIMESTAMP gets in every row: what the clock shows in the server's zone. */
async function withClock(
  session: Session,
  { conversion: { timestampSeconds }, facts }: ShadowOptions,
  shadow: TableModel,
  mapping: ColumnMapping,
): Promise<ColumnMapping> {
  const { clock } = await session.row<{ clock: string }>(
    'SELECT CAST(CONVERT_TZ(FROM_UNIXTIME(?), @@SESSION.time_zone, ?) AS CHAR) AS clock',
    [timestampSeconds, facts.timeZone],
  );
  const { added, implicitDefaults } = mapping;
  return { ...mapping, implicitDefaults: [...implicitDefaults, ...clockDefaults(shadow, added, clock)] };
}

/** A column that becomes AUTO_INCREMENT would get new numbers for its zeros, in the order of copying. */
async function checkNumbersAreKept(session: Session, table: TableModel, pair: ColumnPair | null): Promise<void> {
  if (pair === null) return;
  const { name } = pair.source;
  const zeros = await session.rows(`SELECT 1 FROM ${quoteTable(table)} WHERE ${quoteIdentifier(name)} = 0 LIMIT 1`);
  if (zeros.length > 0) throw new SwitchyardError('NUMBERS_WOULD_BE_NEW', { column: name });
}

/**
 * In UTC, where no local time is ambiguous, whenever no value depends on the zone; else in the server's zone, as a native
 * ALTER. A TIMESTAMP in the key is text on its way and has to be UTC. @throws TIME_ZONE_MATTERS where both are needed.
 */
function conversionFor(
  { conversion, facts }: ShadowOptions,
  key: IterationKey,
  mapping: ColumnMapping,
  shadow: TableModel,
): ConversionSettings {
  const [sensitive] = timeZoneSensitiveColumns(mapping, shadow);
  if (sensitive === undefined || isUtc(facts)) return { ...conversion, timeZone: '+00:00' };
  if (!key.columns.some(({ kind }) => kind === 'timestamp')) return conversion;
  const timeZone = facts.timeZone === 'SYSTEM' ? facts.systemTimeZone : facts.timeZone;
  throw new SwitchyardError('TIME_ZONE_MATTERS', { ...sensitive, timeZone });
}

/** @throws PADDED_CHAR_MATTERS. */
function checkPadding({ statementSqlMode }: ConversionSettings, mapping: ColumnMapping, shadow: TableModel): void {
  if (!statementSqlMode.split(',').includes('PAD_CHAR_TO_FULL_LENGTH')) return;
  const computed = computedFromChar(mapping, shadow);
  if (computed !== undefined) throw new SwitchyardError('PADDED_CHAR_MATTERS', computed);
}

function isUtc({ timeZone, systemTimeZone }: ServerFacts): boolean {
  return ['+00:00', 'UTC'].includes(timeZone === 'SYSTEM' ? systemTimeZone : timeZone);
}

/**
 * Before any index is taken out, so that the server tells at once where the new table has no room for them: in its
 * columns, its indexes, its rows or the length of a key. @throws HELPER_NOT_POSSIBLE.
 */
async function addHelpers(session: Session, shadow: TableName, key: IterationKey, shadowKey: ShadowKey): Promise<void> {
  if (shadowKey.kind !== 'helper') return;
  const columns = shadowKey.definitions.map((definition) => `ADD COLUMN ${definition}`);
  const names = shadowKey.columns.map(quoteIdentifier).join(', ');
  const unique = shadowKey.isUnique ? 'UNIQUE ' : '';
  const index = `ADD ${unique}INDEX ${quoteIdentifier(shadowKey.indexName)} (${names})`;
  try {
    await session.run(`ALTER TABLE ${quoteTable(shadow)} ${[...columns, index].join(', ')}`);
  } catch (error) {
    // The table is empty: what would be a fault of the data (rows that are too large) is one of the definition.
    if (!['statement', 'data'].includes(errorKind(error) ?? '')) throw error;
    const problem = `the server says of them: ${serverMessage(error)}`;
    throw new SwitchyardError('HELPER_NOT_POSSIBLE', { key: displayKeyNames(key), problem }, { cause: error });
  }
}

/**
 * Adds the marker column if the server can drop it INSTANT, which it is asked by doing it once on the empty table.
 * @returns its name, or null (full-text indexes, compressed rows …): then old snapshots are looked for at the swap.
 */
async function tryMarker(session: Session, shadow: TableName): Promise<string | null> {
  try {
    await session.run(addMarker(shadow, markerColumnName));
    await session.run(dropMarker(shadow, markerColumnName));
    // Made anew, the empty table has none of the row versions that a table can have 64 of.
    await session.run(addMarker(shadow, markerColumnName, 'COPY'));
    return markerColumnName;
  } catch (error) {
    const kind = errorKind(error);
    if (kind === undefined || kind === 'passes' || kind === 'environment') throw error;
    return null;
  }
}
