/** Which servers are asked whether they answer before a command is answered. */
import type { Probe } from './activity.js';
import type { MoveCommandName } from './command.js';
import { isLookedAt } from './facts.js';
import type { MoveState } from './state.js';

const probes: Partial<Readonly<Record<MoveCommandName, Probe>>> = {
  complete: { kind: 'probe', for: 'complete', sides: ['source'], thorough: false },
  forceComplete: { kind: 'probe', for: 'forceComplete', sides: ['source'], thorough: true },
  reverseTraffic: { kind: 'probe', for: 'reverseTraffic', sides: ['target'], thorough: true },
  cancel: { kind: 'probe', for: 'cancel', sides: ['source', 'target'], thorough: true },
};

/** The probe that the first waiting command needs; one probe answers all waiting commands of its name. */
export function probeFor(state: MoveState): Probe | null {
  const first = state.pending.find(({ waitsFor }) => waitsFor === 'probe');
  const probe = first === undefined ? undefined : probes[first.command.name];
  if (probe === undefined) return null;
  // What is known of the target may be old.
  return probe.sides.includes('source') && !isLookedAt(state) ? { ...probe, sides: ['source', 'target'] } : probe;
}
