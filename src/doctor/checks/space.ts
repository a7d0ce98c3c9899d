/** What binlogs and tables of ours take on the server's disks; how much is free SQL does not tell. */
import { spaceTaken } from '../../mysql/server/introspect/space.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { serverErrorRule } from '../../mysql/server/session/error-kinds.js';
import { serverErrorNumber } from '../../mysql/server/session/server-errors.js';
import { notAsked, ok, type Check } from '../check.js';
import { counted, sizeWords } from '../words.js';

export const checkSpace: Check<'cluster'> = {
  scope: 'cluster',
  name: 'space',
  ask: ({ cluster }) =>
    withSession(cluster, controlVariables, async (session) => {
      try {
        const { binlogBytes, ownTables, ownTablesBytes } = await spaceTaken(session);
        const tables = ownTables === 0 ? '' : `, ${counted(ownTables, 'table')} of ours ${sizeWords(ownTablesBytes)}`;
        return [ok(`Binlogs take ${sizeWords(binlogBytes)}${tables}; how much is free the server does not tell.`)];
      } catch (error) {
        if (serverErrorRule(serverErrorNumber(error) ?? 0)?.cause !== 'access') throw error;
        return [notAsked('Which binlogs there are is told with REPLICATION CLIENT only.')];
      }
    }),
};
