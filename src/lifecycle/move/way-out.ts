/**
 * What leads to an end where something is gone for good (P10): for people, who know that it will not come back, and for
 * the table in the documents, which is made from this.
 */
import { hasReached } from '../operation/state.js';
import type { Side } from '../../domain/servers.js';
import type { CommandOptions, MoveCommandName } from './command.js';
import { routerFails, writesOnTarget } from './facts.js';
import type { MoveState } from './state.js';

/** What can be gone for good; a server also where another one answers in its place that lacks the last switch. */
export type Gone = Side | 'router';

export interface WayOut {
  readonly command: MoveCommandName;
  readonly options: CommandOptions;
}

const withoutSource: WayOut = { command: 'forceComplete', options: {} };
/** With what only the source has. */
const givingSourceUp: WayOut = { command: 'forceComplete', options: { acceptLoss: true } };
const givingTargetUp: WayOut = { command: 'reverseTraffic', options: { acceptLoss: true } };
const leavingOut: WayOut = { command: 'cancel', options: { force: true } };
const withoutRouter: WayOut = { command: 'complete', options: { force: true } };

/** The command that ends the move, or gives the writes to a side that is there; null where time alone does. */
export function wayOutWithout(state: MoveState, gone: Gone): WayOut | null {
  const { unresolved, completion, stop, closed, terms } = state;
  if (closed) return null;
  if (unresolved !== null) return { source: givingSourceUp, target: givingTargetUp, router: null }[gone];
  if (completion?.kind === 'force') return gone === 'target' ? givingTargetUp : null;
  if (stop !== null) return leavingOut;
  if (terms === null) return { command: 'cancel', options: {} };
  if (writesOnTarget(state)) return { source: withoutSource, target: givingTargetUp, router: withoutRouter }[gone];
  return gone === 'source' && hasReached(state, 'indexed') ? givingSourceUp : leavingOut;
}

/** As words. */
export function wayOutWords({ command, options }: WayOut): string {
  const given = Object.keys(options);
  return given.length === 0 ? command : `${command} with ${given.join(' and ')}`;
}

/** Every way out of a state in which something fails, as the end of a sentence. */
export function waysOut(state: MoveState): string {
  const router = routerFails(state) ? wayOutWithout(state, 'router') : null;
  const ways = [
    { where: 'where the source is gone for good', way: wayOutWithout(state, 'source') },
    { where: 'where the target is gone for good', way: wayOutWithout(state, 'target') },
    { where: 'where the router is gone for good', way: router },
  ].flatMap(({ where, way }) => (way === null ? [] : [{ where, words: wayOutWords(way) }]));
  const [first, ...others] = ways;
  if (first === undefined) return 'and nothing else has to be done';
  if (others.every(({ words }) => words === first.words)) {
    return first.words === 'cancel'
      ? 'and cancel ends the move'
      : `and ${first.words} leaves out what is gone for good`;
  }
  return `and ${ways.map(({ where, words }) => `${where} ${words}`).join(', ')} ends the move`;
}

/** What a person can do about an attempt whose outcome cannot be told while these are missed. */
export function unclearWayOut(missing: readonly Side[]): string {
  if (missing.length > 1) {
    return 'Get one of the servers back. Where the other one is gone for good, forceComplete with acceptLoss and a reason gives the target the writes as it is, and reverseTraffic with acceptLoss and a reason the source.';
  }
  const [side] = missing;
  if (side === 'target') {
    return 'Where the target is gone for good, send reverseTraffic with acceptLoss and a reason: the source gets the writes, and what only the target has is lost.';
  }
  if (side === 'source') {
    return 'Where the source is gone for good, send forceComplete with acceptLoss and a reason: the target gets the writes, and what only the source has is lost.';
  }
  return 'Both servers answer; mend what the message names, and retry looks into it at once.';
}
