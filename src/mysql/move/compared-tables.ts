/**
 * Which tables were compared (P6): those that get the traffic must be the very ones. A TRUNCATE, a rebuild or a table made
 * anew under the name is seen by no fence, and on the side that gets the rows by no feed. InnoDB's numbers of the tables on
 * both servers, as they were when the comparison began, are kept with it. The numbers are one server's own: where another
 * one answers (a failover), they say nothing, and what was compared there has to be compared again.
 */
import { isOwnTrigger } from '../../schema/names.js';
import { inSets } from '../server/introspect/in-sets.js';
import { triggersOn } from '../server/introspect/load-table.js';
import { loadTableIds } from '../server/introspect/table-ids.js';
import type { Session } from '../server/session/session.js';
import { fencedTransaction } from '../server/sidecar/epoch.js';
import { loadAllVerification, saveTables, type VerificationRow } from '../server/sidecar/verification.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import { checkFingerprint, tableChanged } from '../table/follow/table-guard.js';
import { turned, type MoveStream } from './move-stream.js';

/** A session on each of the stream's servers, with settings for looking. */
export interface Looking {
  readonly from: Session;
  readonly to: Session;
}

/** One table on one server. */
interface OnServer {
  readonly server: string;
  readonly ids: string;
}

/** By the sides of the move, whichever direction it is read in. */
interface Compared {
  readonly source: OnServer;
  readonly target: OnServer;
}

/**
 * `none`: not all tables were compared. `stale`: some were, of which it is not known whether they are these; else all were
 * compared, some of them as a whole `secondsAgo` or not at all by this stream (null), and their changes since.
 */
export type ComparisonAge =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'valid'; readonly secondsAgo: number | null };

/** What the tables are now, in words that are kept with a comparison, by the numbers of the tables. */
export async function readTables(looking: Looking, stream: MoveStream): Promise<ReadonlyMap<number, string>> {
  const now = await readNow(looking, stream);
  return new Map([...now].map(([number, tables]) => [number, JSON.stringify(tables)]));
}

/** The same as `checkSameTables`, and those on `to`, which no feed follows, are defined as they were. @throws TABLE_CHANGED. */
export async function checkTables(looking: Looking, stream: MoveStream): Promise<ComparisonAge> {
  for (const plan of stream.tables) await checkFingerprint(looking.to, turned(plan));
  await refuseTriggers(looking.to, stream);
  return checkSameTables(looking, stream);
}

/**
 * Checks that the tables on both servers are the ones that were compared, or that this stream has begun with.
 * @throws TABLE_CHANGED.
 */
export async function checkSameTables(looking: Looking, stream: MoveStream): Promise<ComparisonAge> {
  const now = await readNow(looking, stream);
  const rows = await loadAllVerification(looking.to, stream.plan.operationId);
  let isStale = false;
  for (const plan of stream.tables) {
    const row = rows.get(plan.tableNumber ?? 0);
    const tables = now.get(plan.tableNumber ?? 0);
    if (row === undefined || tables === undefined) continue;
    const isKnown = isSameOn(looking, stream, plan, { before: parsed(row), now: tables });
    isStale ||= row.verified && !isKnown;
  }
  if ([...rows.values()].some(({ verified }) => !verified)) return { kind: 'none' };
  return isStale ? { kind: 'stale' } : { kind: 'valid', secondsAgo: oldest([...rows.values()]) };
}

/** On `to` no feed tells of a trigger, and somebody else's would fire for the rows of the feed. @throws TABLE_CHANGED. */
async function refuseTriggers(to: Session, { plan, tables }: MoveStream): Promise<void> {
  for (const set of inSets(tables)) {
    const names = set.map(({ copy }) => copy.table);
    for (const { table, name } of await triggersOn(to, set[0]?.copy.database ?? '', names)) {
      if (isOwnTrigger(plan.operationId, name)) continue;
      const source = set.find(({ copy }) => copy.table === table)?.copy;
      if (source !== undefined) throw tableChanged(to, { source }, `it has a trigger of somebody else's now, ${name}`);
    }
  }
}

/** Keeps what tables nothing was compared of are now, so that it is seen when they become others. @throws FENCED. */
export async function rememberTables(looking: Looking, stream: MoveStream, token: string): Promise<void> {
  const { operationId } = stream.plan;
  const rows = await loadAllVerification(looking.to, operationId);
  const unknown = [...rows].filter(([, { verified, comparedTables }]) => !verified && comparedTables === null);
  if (unknown.length === 0) return;
  const now = await readTables(looking, stream);
  await fencedTransaction(looking.to, operationId, token, async () => {
    for (const [tableNumber] of unknown) {
      await saveTables(looking.to, { operationId, tableNumber }, now.get(tableNumber) ?? '');
    }
  });
}

/** @returns whether both are known to be the same. @throws TABLE_CHANGED where one is known to be another. */
function isSameOn(
  looking: Looking,
  { direction }: MoveStream,
  plan: TablePlan,
  { before, now }: { readonly before: Compared | undefined; readonly now: Compared },
): boolean {
  const [from, to] = direction === 'forward' ? (['source', 'target'] as const) : (['target', 'source'] as const);
  const problem = 'it was truncated, rebuilt or made anew, and is not the table that was compared';
  let isKnown = true;
  for (const [side, session, name] of [
    [from, looking.from, plan.source],
    [to, looking.to, plan.copy],
  ] as const) {
    const [was, is] = [before?.[side], now[side]];
    if (was === undefined || was.server !== is.server) isKnown = false;
    else if (was.ids !== is.ids) throw tableChanged(session, { source: name }, problem);
  }
  return isKnown;
}

async function readNow(looking: Looking, stream: MoveStream): Promise<ReadonlyMap<number, Compared>> {
  const { tables, direction } = stream;
  const [from, to] = await Promise.all([
    readSide(
      looking.from,
      tables.map(({ source }) => source),
    ),
    readSide(
      looking.to,
      tables.map(({ copy }) => copy),
    ),
  ]);
  const [source, target] = direction === 'forward' ? [from, to] : [to, from];
  return new Map(
    tables.map(({ tableNumber = 0 }, index) => {
      const on = (side: Side): OnServer => ({ server: side.server, ids: side.ids[index] ?? '' });
      return [tableNumber, { source: on(source), target: on(target) }];
    }),
  );
}

interface Side {
  readonly server: string;
  readonly ids: readonly string[];
}

async function readSide(session: Session, tables: readonly TablePlan['source'][]): Promise<Side> {
  const { server } = await session.row<{ server: string }>('SELECT @@server_uuid AS server');
  return { server, ids: await loadTableIds(session, tables) };
}

function parsed({ comparedTables }: VerificationRow): Compared | undefined {
  return comparedTables === null ? undefined : (JSON.parse(comparedTables) as Compared);
}

function oldest(rows: readonly VerificationRow[]): number | null {
  const ages = rows.map(({ comparedSecondsAgo }) => comparedSecondsAgo);
  return ages.some((age) => age === null) ? null : Math.max(0, ...ages.map(Number));
}
