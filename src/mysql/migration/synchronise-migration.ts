/** The long work of a migration, in one process (DESIGN.md, "The main loops"): both tables are on one server. */
import type { Synchronised, VerifyAgain } from '../../domain/progress.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import { checkOwnTables, guardOf } from './own-tables.js';
import { withinServer } from '../table/rows/within-server.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { errorNumbers, serverErrorNumber } from '../server/session/server-errors.js';
import { onOneServer } from '../server/session/session-pair.js';
import { Session, type SessionVariables } from '../server/session/session.js';
import { SessionOnDemand } from '../server/session/session-on-demand.js';
import { controlVariables, dataVariables } from '../server/session/variables.js';
import { readPlan } from './migration-plan.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { OpenSessions } from '../server/session/open-sessions.js';
import type { Waits } from '../server/waits.js';
import type { Goal, Progress } from '../table/synchronise/goal.js';
import { Synchroniser } from '../table/synchronise/synchroniser.js';

export interface SynchroniseOptions {
  readonly cluster: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
  readonly goal: Goal;
  readonly verifiesNext?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly waits?: Waits;
  readonly throttle: ThrottleLimits;
  readonly verifyAgain?: VerifyAgain | null | undefined;
}

/** @throws FENCED, data errors, TABLE_CHANGED, SHADOW_CHANGED, POSITION_PURGED, VERIFICATION_FAILED, the driver's errors. */
export async function synchronise(options: SynchroniseOptions): Promise<Synchronised> {
  const opened = new OpenSessions();
  const open = async (variables: SessionVariables): Promise<Session> =>
    opened.add(await Session.open(options.cluster, variables));
  const control = new SessionOnDemand(() => open(controlVariables));
  try {
    const plan = await control.use(async (session) => {
      await takeOver(session, options.operationId, options.token);
      return readPlan(session, options.operationId);
    });
    const cluster = { ...options.cluster, database: plan.source.database };
    const data = async (): Promise<Session> => opened.add(await Session.open(cluster, dataVariables(plan.conversion)));
    const work = {
      operationId: plan.operationId,
      tables: [plan],
      way: withinServer,
      copies: [plan.copy],
      guard: guardOf(plan),
      clusters: [options.cluster],
      connections: {
        control: () => open(controlVariables),
        rows: async () => onOneServer(await data()),
        compared: async () => onOneServer(await data()),
        data,
      },
    };
    try {
      return await new Synchroniser(work, options, control).run();
    } catch (error) {
      // Work on a shadow that somebody has taken away may fail before the feed tells of it.
      if (serverErrorNumber(error) === errorNumbers.noSuchTable) {
        await control.use((session) => checkOwnTables(session, plan));
      }
      throw error;
    }
  } finally {
    await Promise.all([control.close(), opened.close()]);
  }
}
