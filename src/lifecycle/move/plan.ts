/** What a command would do, step by step, for dry runs. */
import type { MoveCommand } from './command.js';
import { components } from './command.js';
import { isReady, limitsOf, writesOnTarget } from './facts.js';
import type { MoveState } from './state.js';

/** The steps in their order; empty where the command changes no traffic and ends nothing. */
export function planSteps(state: MoveState, { name, options }: MoveCommand): readonly string[] {
  switch (name) {
    case 'switchTraffic':
      return switchSteps(
        state,
        options.reads ?? options.writes === undefined,
        options.writes ?? options.reads === undefined,
      );
    case 'reverseTraffic':
      return reverseSteps(state, options.acceptLoss === true);
    case 'complete':
      return [
        'wait until the router has confirmed the rules',
        'stop the reverse replication',
        'rename, drop or keep the source tables, as the move was started with',
        'remove the fences and the rows of the move on both servers; the rules of the router stay, and go on pointing to the target',
      ];
    case 'forceComplete':
      return [
        ...components.filter((part) => options.components?.includes(part) ?? true).map((part) => forcedSteps[part]),
        'verify the target, and list what stays behind on the source',
      ];
    case 'cancel':
      return [
        'send reads to the source, where they do not go there',
        'stop what runs',
        options.force === true
          ? 'remove what the move made, except on a server that does not answer; list what stays behind there'
          : 'remove the tables that the move made on the target, its fences and rows; the rules of the router stay, and point to the source',
      ];
    default:
      return [];
  }
}

const forcedSteps = {
  streams: 'end the reverse replication',
  fences: 'remove the fences on the target',
  routing: 'tell the router that all goes to the target; its rules stay',
  sidecar: 'close the rows of the move on the target',
} as const;

function switchSteps(state: MoveState, reads: boolean, writes: boolean): readonly string[] {
  const what = [reads ? 'reads' : '', writes ? 'writes' : ''].filter(Boolean).join(' and ');
  if (writesOnTarget(state)) return [`tell the router (version ${state.version + 1}): ${what} to the target`];
  const limits = limitsOf(state);
  const locked = [
    `shut the gate of the source (writers wait: for the lock at most ${limits?.lockTimeoutMs ?? 0} ms, for the drain at most ${limits?.drainTimeoutMs ?? 0} ms)`,
    'refuse writes there, write the journal row on the target (no undo from here), which opens its gate',
  ];
  const reverse = state.terms?.reverseReplication === false ? [] : ['start the reverse replication'];
  return [
    ...(isReady(state) ? [] : ['verify']),
    'catch up',
    ...(writes ? locked : []),
    `tell the router (version ${state.version + 1}): ${what} to the target`,
    ...(writes ? reverse : []),
  ];
}

function reverseSteps(state: MoveState, acceptLoss: boolean): readonly string[] {
  const told = `tell the router (version ${state.version + 1}): reads and writes to the source`;
  if (!writesOnTarget(state) && state.unresolved === null) return state.traffic.reads === 'target' ? [told] : [];
  if (!acceptLoss)
    return ['lock and fence the target, drain to the source', told, 'follow from source to target again'];
  const position = state.lastReversedPosition ?? 'none is known';
  return [
    `give up what the target wrote after the last reversed position (${position})`,
    'remove the fences of the source',
    told,
    'end the move as cancelled, and list what stays behind on the target',
  ];
}
