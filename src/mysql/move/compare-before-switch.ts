/**
 * Compares the tables as a whole before they get the traffic (P6): what nobody's binlog has (`sql_log_bin=0`), and what a
 * writer on the copy has done, shows in no change that was followed. Small tables are compared in the time that is given;
 * large ones were compared while they were followed.
 */
import { comparedRecentlySeconds, wholeComparisonMs } from '../../limits/mysql-move.js';
import { withJointSignal } from '../server/session/joint-signal.js';
import type { Session } from '../server/session/session.js';
import { fencedTransaction } from '../server/sidecar/epoch.js';
import { loadVerification, saveVerified } from '../server/sidecar/verification.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import type { Connections } from '../table/synchronise/copy-work.js';
import { SessionsInTurn } from '../table/synchronise/sessions-in-turn.js';
import { Verifier } from '../table/verify/verifier.js';
import { readTables, type ComparisonAge, type Looking } from './compared-tables.js';
import type { MoveStream } from './move-stream.js';

export interface CompareWholeOptions {
  readonly stream: MoveStream;
  readonly token: string;
  readonly connections: Connections;
  readonly looking: Looking;
  /** What was compared before. */
  readonly comparison: ComparisonAge;
  /** As the Verifier takes it. */
  readonly catchUp: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * @returns whether the tables may get the traffic; false where they were not compared before and there was not enough
 *   time. @throws VERIFICATION_FAILED, ROW_NOT_COMPARABLE, FENCED, the driver's errors.
 */
export async function compareWhole(options: CompareWholeOptions): Promise<boolean> {
  const { comparison, signal } = options;
  if (comparison.kind === 'none') return true;
  if (comparison.kind === 'stale') return compareAll(options);
  const { secondsAgo } = comparison;
  if (secondsAgo !== null && secondsAgo <= comparedRecentlySeconds) return true;
  // What was equal once, and whose changes were compared since, need not hold up who has to go back now.
  await withJointSignal([signal], { withinMs: wholeComparisonMs }, (inTime) =>
    compareAll({ ...options, signal: inTime }),
  );
  return !signal.aborted;
}

function compareAll(options: CompareWholeOptions): Promise<boolean> {
  const sessions = new SessionsInTurn(options.connections);
  return sessions.keptDuring(() => compareEach(options, sessions));
}

async function compareEach(options: CompareWholeOptions, sessions: SessionsInTurn): Promise<boolean> {
  const { stream, looking, catchUp, signal, token } = options;
  const { operationId } = stream.plan;
  const now = await readTables(looking, stream);
  for (const plan of stream.tables) {
    const comparedTables = now.get(plan.tableNumber ?? 0) ?? null;
    const { changesNotCompared: changesMadeUpFor } = await loadVerification(looking.to, plan);
    const { complete, notCompared } = await verifierOf(plan, sessions, { catchUp, signal }).run();
    if (!complete) return false;
    const verified = { notCompared, changesMadeUpFor, comparedTables };
    const save = (session: Session): Promise<void> => saveVerified(session, plan, verified);
    await fencedTransaction(looking.to, operationId, token, () => save(looking.to));
  }
  return true;
}

function verifierOf(
  plan: TablePlan,
  { compared: withSessions }: SessionsInTurn,
  { catchUp, signal }: Pick<CompareWholeOptions, 'catchUp' | 'signal'>,
): Verifier {
  const ignored = (): Promise<void> => Promise.resolve();
  return new Verifier({ plan, withSessions, catchUp, signal, keep: ignored, onProgress: () => undefined });
}
