/** Attempts to move traffic as the workflow asks for them: of reads alone, of writes, and back, also without the target. */
import type { SwitchAttempt } from '../../domain/attempt.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { attemptSwitch, type AttemptSwitchOptions } from './attempt-switch.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { checkStreamPosition } from './check-position.js';
import { isCompletedOn } from './finish-move.js';
import { notSwitched } from './not-switched.js';
import { seize } from './seize.js';
import { probeServers } from './probe-servers.js';
import { synchroniseMove } from './synchronise-move.js';

type Limits = Omit<AttemptSwitchOptions, 'direction'>;

/** @throws as attemptSwitch does. */
export async function switchMove(options: Limits & { readonly writes: boolean }): Promise<SwitchAttempt> {
  if (options.writes) return attemptSwitch({ ...options, direction: 'forward' });
  // Reads may go to the target once it has everything that is committed now; nothing is changed for them.
  const { outcome } = await synchroniseMove({
    ...options,
    direction: 'forward',
    goal: 'caughtUp',
    throttle: {},
    onProgress: () => undefined,
  });
  if (outcome === 'reached') return { outcome: 'switched', switchedAt: new Date().toISOString(), blockedMs: 0 };
  return { outcome: 'notSwitched', reason: 'stopped', detail: 'stopped before the target had caught up', blockers: [] };
}

/** @throws as attemptSwitch does. */
export async function reverseMove(options: Limits & { readonly acceptLoss: boolean }): Promise<SwitchAttempt> {
  if (!options.acceptLoss) return attemptSwitch({ ...options, direction: 'reverse' });
  const { source, target } = options;
  const seen = await probeServers({ source, target, sides: ['source', 'target'], thorough: true });
  if (seen.source !== null) {
    throw new SwitchyardError('SERVER_UNAVAILABLE', { cluster: source.name, problem: seen.source.problem });
  }
  if (seen.target === null && !(await hasLost(options))) {
    return notSwitched('stopped', 'the target answers: nothing is given up');
  }
  if (await withSession(source, controlVariables, (session) => isCompletedOn(session, options.operationId))) {
    return notSwitched('stopped', 'the move is completed on both sides: there is nothing to give up');
  }
  const seized = await seize({ ...options, kept: 'source' });
  return { outcome: 'switched', blockedMs: 0, lossAccepted: true, ...seized };
}

/** Whether the target that answers is not the one that was switched to, or has lost what was reversed from it. */
async function hasLost({ source, target, operationId }: Limits): Promise<boolean> {
  try {
    await checkStreamPosition({ source, target, operationId, direction: 'reverse' });
    return false;
  } catch (error) {
    if (error instanceof SwitchyardError && (error.code === 'SWITCH_LOST' || error.code === 'POSITION_UNKNOWN'))
      return true;
    throw error;
  }
}
