/** The settings of the server, and what goes on there: what preflight would refuse, before anybody starts something. */
import { askedServer, askSettings } from '../../mysql/preflight/ask-server.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { answersAsFindings } from '../answers.js';
import { ok, type Check } from '../check.js';

export const checkSettings: Check<'cluster'> = {
  scope: 'cluster',
  name: 'settings',
  ask: ({ cluster }) =>
    withSession(cluster, controlVariables, async (session) => {
      const server = await askedServer(session);
      const findings = answersAsFindings(await askSettings(server), cluster.name);
      if (findings.length > 0) return findings;
      return [ok('A primary that logs rows with GTIDs and writes them through.')];
    }),
};
