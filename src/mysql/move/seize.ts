/**
 * One side gets the writes, whatever the other one has: somebody has decided that what only that one has is lost, since
 * it is gone for good, or came back without the last switch (docs/design/moves.md, "The ends of a move"). Where the one
 * that is given up answers, it is shut first.
 */
import type { Side } from '../../domain/servers.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { quoteTable } from '../../schema/identifier.js';
import { retainedName } from '../../schema/names.js';
import type { TableName } from '../../schema/table-model.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { tableExists } from '../server/introspect/load-table.js';
import { isUnavailable } from '../server/session/server-errors.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { takeOverClosed } from '../server/sidecar/epoch.js';
import { forgetOwned } from '../server/sidecar/operations.js';
import { hasStream, loadPosition } from '../server/sidecar/progress.js';
import { readMovePlan, type MoveClusters, type MovePlan } from './move-plan.js';
import { fenceOn, streamOf } from './move-stream.js';
import { Journal } from './traffic/journal.js';
import { openSide, shutSide } from './traffic/side.js';

export interface SeizeOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  /** Of the attempt that is in doubt, or of this one. */
  readonly attempt: number;
  /** Who gets the writes. */
  readonly kept: Side;
}

export interface Seized {
  readonly switchedAt: string;
  /** Up to here the target's writes are on the source, as a GTID set; null where nothing was ever reversed. */
  readonly lastReversedPosition: string | null;
}

/** Repeatable by a later activity. @throws FENCED, UNKNOWN_OPERATION, UNKNOWN_TABLE, the driver's errors. */
export function seize(options: SeizeOptions): Promise<Seized> {
  const { operationId, token, attempt, kept } = options;
  return withSession(options[kept], controlVariables, async (session) => {
    const plan = await readMovePlan(session, operationId);
    await shutOther(options, plan);
    await takeAdvisoryLockForSure(session, operationId);
    await takeOverClosed(session, operationId, token);
    if (kept === 'source') await takeBackRetained(session, plan);
    const isFollowed = kept === 'source' && (await hasStream(session, operationId));
    const lastReversedPosition = isFollowed ? await loadPosition(session, operationId) : null;
    const direction = kept === 'source' ? 'reverse' : 'forward';
    // A number that no attempt has, nor will have: the move ends with this.
    const journal = await Journal.open(options[kept], { operationId, direction, attempt: attempt + 1 });
    const entry = await journal.commitSwitched(token).finally(() => journal.close());
    await openSide(session, operationId);
    return { switchedAt: entry.at, lastReversedPosition };
  });
}

/** As far as it answers, and has the tables. */
async function shutOther(options: SeizeOptions, plan: MovePlan): Promise<void> {
  const { operationId, kept } = options;
  const stream = streamOf(plan, kept === 'source' ? 'reverse' : 'forward', options);
  try {
    await withSession(stream.from, controlVariables, async (session) => {
      await takeAdvisoryLockForSure(session, operationId);
      const there: TableName[] = [];
      for (const { source } of stream.tables) if (await tableExists(session, source)) there.push(source);
      await shutSide(session, await fenceOn(stream, 'from', session), there);
    });
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
}

/** Tables that an end which is not over has taken away get their names back. */
async function takeBackRetained(session: Session, { operationId, tables }: MovePlan): Promise<void> {
  for (const { source, tableNumber } of tables) {
    if (await tableExists(session, source)) continue;
    const retained = { database: source.database, table: retainedName(operationId, tableNumber) };
    if (!(await tableExists(session, retained))) {
      const { name: cluster } = session.cluster;
      throw new SwitchyardError('UNKNOWN_TABLE', { table: `${source.database}.${source.table}`, cluster });
    }
    await session.run(`RENAME TABLE ${quoteTable(retained)} TO ${quoteTable(source)}`);
  }
  await forgetOwned(session, operationId, 'retained');
}
