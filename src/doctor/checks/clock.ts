/** The clocks of the server and of this machine agree: lag and retention are told by both. */
import { clockOffMsMax, clockWrongMsMax } from '../../limits/doctor.js';
import { clockAheadMs } from '../../mysql/server/introspect/clock.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { ok, type Check, type Finding } from '../check.js';
import { durationWords } from '../words.js';

export const checkClock: Check<'cluster'> = {
  scope: 'cluster',
  name: 'clock',
  ask: ({ cluster }) =>
    withSession(cluster, controlVariables, async (session) => [clockFinding(await clockAheadMs(session))]),
};

/** @param aheadMs of the server; negative where it is behind. */
export function clockFinding(aheadMs: number): Finding {
  const off = Math.abs(aheadMs);
  if (off <= clockOffMsMax) return ok('The same time as on this machine.');
  return {
    level: off > clockWrongMsMax ? 'problem' : 'warning',
    message: `The clock of the server is ${durationWords(off)} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of this machine, and lag is told wrongly by as much.`,
    remedy: 'Let both be set by the same source of time (NTP).',
  };
}
