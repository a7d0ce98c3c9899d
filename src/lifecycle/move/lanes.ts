/** The ends of what runs beside the data plane: the router was told, and servers were asked whether they answer. */
import type { Sight } from '../../domain/servers.js';
import { react } from './commands.js';
import { attemptInFlight, untried, writesOnTarget } from './facts.js';
import { answered } from '../operation/outbox.js';
import type { MoveState } from './state.js';

/** The router has confirmed the version that it was told. */
export function routed(state: MoveState): MoveState {
  const { route } = state.running;
  const next = { ...state, running: { ...state.running, route: null } };
  if (route === null) return next;
  const home = route.reads === 'source' && route.writes === 'source';
  return {
    ...next,
    ...(route.version === state.version ? untried : {}),
    routed: Math.max(state.routed, route.version),
    exposed: home ? false : state.exposed,
  };
}

/** The probe's word answers every command of the name that it was made for, as things are now. */
export function probed(state: MoveState, sight: Sight, atMs: number): MoveState {
  const { probe } = state.running;
  let next: MoveState = { ...state, running: { ...state.running, probe: null } };
  if (probe === null) return next;
  const sides = { source: probe.sides.includes('source'), target: probe.sides.includes('target') };
  const asked = { source: sides.source ? sight.source : null, target: sides.target ? sight.target : null };
  if (writesOnTarget(state)) {
    const { unreachable } = state;
    next = seen(next, {
      source: sides.source ? asked.source : unreachable.source,
      target: sides.target ? asked.target : unreachable.target,
    });
  }
  const waiting = next.pending.filter(({ command, waitsFor }) => waitsFor === 'probe' && command.name === probe.for);
  next = { ...next, pending: next.pending.filter((entry) => !waiting.includes(entry)) };
  for (const { command } of waiting) {
    const reacted = react(next, command, { atMs, sight: asked });
    if ('answer' in reacted) next = answered(reacted.state, command, reacted.answer);
    else {
      const direction = attemptInFlight(reacted.state);
      next = {
        ...reacted.state,
        pending: [...reacted.state.pending, { command, waitsFor: reacted.waitsFor, direction }],
      };
    }
  }
  return next;
}

/** What answers, and what does not. */
export function seen(state: MoveState, { source, target }: Sight): MoveState {
  const { unreachable } = state;
  // The earliest time counts: an outage has not begun anew because somebody else has seen it, too.
  return {
    ...state,
    unreachable: {
      source: source === null ? null : (unreachable.source ?? source),
      target: target === null ? null : (unreachable.target ?? target),
    },
  };
}
