/** The server is a MySQL that is new enough. */
import { refuseOtherServers } from '../../server/session/server-version.js';
import type { Check } from '../check.js';

/** @throws SERVER_NOT_MYSQL, SERVER_TOO_OLD. */
export const checkServerKind: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    refuseOtherServers(session.cluster.name, facts.version, facts.versionComment);
    return [];
  },
};
