/** The long work of a move, in one process: from the source's server to the target's, all tables by one feed. */
import type { ClusterSettings } from '../session/cluster-settings.js';
import type { SessionPair } from '../session/session-pair.js';
import { Session, type SessionVariables } from '../session/session.js';
import {
  controlVariables,
  dataVariables,
  moveConversion,
  transferSourceVariables,
  transferTargetVariables,
} from '../session/variables.js';
import { takeOver } from '../sidecar/epoch.js';
import { OpenSessions } from '../synchronise/copy-work.js';
import type { Goal, Progress, SynchroniseOutcome } from '../synchronise/goal.js';
import { Synchroniser } from '../synchronise/synchroniser.js';
import { betweenServers } from '../transfer/between-servers.js';
import { readMovePlan } from './move-plan.js';

export interface SynchroniseMoveOptions {
  readonly source: ClusterSettings;
  readonly target: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
  readonly goal: Goal;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** How long after a verification a move that is only followed is verified again. */
  readonly verifyAgainAfterMs?: number;
}

/** @throws FENCED, data errors, TABLE_CHANGED, POSITION_PURGED, VERIFICATION_FAILED, the driver's errors. */
export async function synchroniseMove(options: SynchroniseMoveOptions): Promise<SynchroniseOutcome> {
  const opened = new OpenSessions();
  const open = async (side: 'source' | 'target', variables: SessionVariables): Promise<Session> =>
    opened.add(await Session.open(options[side], variables));
  const pair = async (source: SessionVariables, target: SessionVariables): Promise<SessionPair> => ({
    source: await open('source', source),
    target: await open('target', target),
  });
  const data = dataVariables(moveConversion);
  try {
    const control = await open('target', controlVariables);
    await takeOver(control, options.operationId, options.token);
    const { operationId, tables, json } = await readMovePlan(control, options.operationId);
    const work = {
      ...{ operationId, tables },
      way: betweenServers(json),
      copies: [],
      connections: {
        control: (side: 'source' | 'target') => open(side, controlVariables),
        rows: () => pair(transferSourceVariables, transferTargetVariables),
        compared: () => pair(data, data),
        data: (side: 'source' | 'target') => open(side, data),
      },
    };
    return await new Synchroniser(work, options, control).run();
  } finally {
    await opened.close();
  }
}
