/** Whether the servers of a move answer: a login and a question, within a bounded time, once or several times. */
import type { Outage, Sight } from '../../domain/servers.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { probePauseMs, probeTimeoutMs, thoroughProbes } from '../../limits/mysql-move.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withJointSignal } from '../server/session/joint-signal.js';
import { serverMessage } from '../server/session/server-errors.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import type { MoveClusters } from './move-stream.js';

export interface ProbeOptions extends MoveClusters {
  readonly sides: readonly ('source' | 'target')[];
  /** Asks a silent server several times before it says so. */
  readonly thorough: boolean;
}

/** Never throws. */
export async function probeServers(options: ProbeOptions): Promise<Sight> {
  const { sides, thorough } = options;
  const look = (side: 'source' | 'target'): Promise<Outage | null> =>
    sides.includes(side) ? probe(options[side], thorough ? thoroughProbes : 1) : Promise.resolve(null);
  const [source, target] = await Promise.all([look('source'), look('target')]);
  return { source, target };
}

async function probe(cluster: ClusterSettings, times: number): Promise<Outage | null> {
  const since = new Date().toISOString();
  let problem = '';
  for (let time = 1; time <= times; time += 1) {
    try {
      await inTime(cluster, (bounded) => withSession(bounded, controlVariables, (session) => session.rows('SELECT 1')));
      return null;
    } catch (error) {
      problem = serverMessage(error) || String(error);
    }
    if (time < times) await sleep(probePauseMs);
  }
  return { since, problem };
}

async function inTime(cluster: ClusterSettings, work: (cluster: ClusterSettings) => Promise<unknown>): Promise<void> {
  const limit = { withinMs: probeTimeoutMs, message: `no answer within ${probeTimeoutMs} ms` };
  await withJointSignal([], limit, (lifeline) => work({ ...cluster, lifeline }));
}
