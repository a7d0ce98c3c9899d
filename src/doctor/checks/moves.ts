/** What a move needs besides: fences are triggers. */
import { askedServer, askTriggers } from '../../mysql/preflight/ask-server.js';
import { hasCode } from '../../errors/switchyard-error.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { ok, problemOf, type Check } from '../check.js';

/** A warning: a cluster on which only schemas are changed needs no triggers. */
export const checkMoves: Check<'cluster'> = {
  scope: 'cluster',
  name: 'moves',
  ask: ({ cluster }) =>
    withSession(cluster, controlVariables, async (session) => {
      const { error } = await askTriggers(await askedServer(session));
      if (error === undefined) return [ok('Fences can be made, so tables can be moved from here and to here.')];
      const finding = problemOf(error, cluster.name);
      return [hasCode(error, 'TRIGGERS_NOT_ALLOWED') ? { ...finding, level: 'warning' } : finding];
    }),
};
