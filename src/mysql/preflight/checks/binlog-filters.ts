/**
 * Nothing is left out of the binlog. A filter on any database is refused, not only on this one: DDL is filtered by the
 * database that its session happens to be in, so a TRUNCATE of our table could be missing.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import type { Check } from '../check.js';

const syntaxError = 1064;

interface BinlogStatus {
  readonly Binlog_Do_DB: string;
  readonly Binlog_Ignore_DB: string;
}

/** @throws BINLOG_FILTERED. Needs REPLICATION CLIENT. */
export const checkBinlogFilters: Check<'server'> = {
  scope: 'server',
  ask: async ({ session }) => {
    const { Binlog_Do_DB: only, Binlog_Ignore_DB: without } = await binlogStatus(session);
    const filters = [
      ...(only === '' ? [] : [`binlog-do-db=${only}`]),
      ...(without === '' ? [] : [`binlog-ignore-db=${without}`]),
    ];
    if (filters.length > 0) throw new SwitchyardError('BINLOG_FILTERED', { cluster: session.cluster.name, filters });
    return [];
  },
};

async function binlogStatus(session: Session): Promise<BinlogStatus> {
  try {
    return await session.row<BinlogStatus>('SHOW BINARY LOG STATUS');
  } catch (error) {
    if (serverErrorNumber(error) !== syntaxError) throw error;
    // Its name before 8.2.
    return session.row<BinlogStatus>('SHOW MASTER STATUS');
  }
}
