/** The default router: rows in the sidecar of one cluster, which applications read (watch-routes.ts, or their own SELECT). */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { isFactOfWorker } from '../errors/worker-facts.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import { serverMessage } from '../mysql/server/session/server-errors.js';
import { withSession } from '../mysql/server/session/session.js';
import { controlVariables } from '../mysql/server/session/variables.js';
import { onWatchedServer } from '../mysql/server/session/watched-server.js';
import { storeRuleSet } from '../mysql/server/sidecar/routing-rules.js';
import { ensureSidecar } from '../mysql/server/sidecar/schema.js';
import type { Router } from './port.js';

/** Keeps the rules on `cluster`, and makes the sidecar there where it is missing. */
export function createTableRouter(cluster: ClusterSettings): Router {
  return {
    apply: async (ruleSet, signal) => {
      signal?.throwIfAborted();
      try {
        return await onWatchedServer(cluster, (watched) =>
          withSession(watched, controlVariables, async (session) => {
            await ensureSidecar(session);
            return storeRuleSet(session, ruleSet);
          }),
        );
      } catch (error) {
        // What does not pass by itself is named as it is, and what passes with another worker, too.
        if (error instanceof SwitchyardError && (error.kind !== 'retryable' || isFactOfWorker(error.code))) throw error;
        const problem =
          error instanceof SwitchyardError ? String(error.facts['problem'] ?? error.message) : serverMessage(error);
        const facts = { router: `table on cluster ${cluster.name}`, move: ruleSet.move, problem };
        throw new SwitchyardError('ROUTER_NOT_TOLD', facts, { cause: error });
      }
    },
  };
}
