/** The activity that says what statements would do, and leaves nothing behind. */
import { readInput } from '../contract/not-built.js';
import { planDdlInputSchema, type PlanDdlInput } from '../contract/plan-ddl.js';
import type { DdlPlan } from '../domain/statement-plan.js';
import { lockTimeoutMsDefault } from '../limits/activities.js';
import { retainForMsDefault } from '../limits/shared.js';
import { planStatements } from '../mysql/migration/plan/plan-statements.js';
import { onWatchedServer } from '../mysql/server/session/watched-server.js';
import { withInput } from './operation/activity-table.js';
import { byRight, currentOperationId, type FindCluster } from './operation/execution.js';
import { currentOwner } from './operation/workflows.js';

/** @throws INVALID_INPUT, UNKNOWN_CLUSTER, SQL_MODE_REFUSED, as failures. */
export function planDdl(find: FindCluster, given: unknown): Promise<DdlPlan> {
  const read = () => parsePlanDdlInput(given);
  return withInput(
    read,
    ({ cluster }) => cluster,
    { stage: 'preparing' },
    async ({ cluster: name, database, statement, statements = [], sqlMode }, { waits }) => {
      const wanted = {
        // The only activity of its workflow.
        ...byRight({ operationId: currentOperationId(), grant: 1 }),
        ...{ owner: await currentOwner(), database, sqlMode },
        statements: statement === undefined ? statements : [statement],
        terms: { lockTimeoutMs: lockTimeoutMsDefault, retainForMs: retainForMsDefault },
      };
      const plans = await onWatchedServer(find(name), (cluster) => planStatements({ cluster, ...wanted }), waits);
      return { version: 1, cluster: name, plannedAt: new Date().toISOString(), statements: plans };
    },
  );
}

/** @throws INVALID_INPUT. */
export function parsePlanDdlInput(input: unknown): PlanDdlInput {
  return readInput(planDdlInputSchema, [], input);
}
