/**
 * What all routers have in common. A router is told where reads and writes of the tables of a move go, and tells it to
 * applications in its own way. It may be told anything twice, late, and in any order: the higher version wins.
 */
import type { RuleSet } from '../schema/routing-rule.js';

/** `newer`: the router has a newer version of this move already, and has changed nothing. */
export type RouterAnswer = 'applied' | 'newer';

/**
 * Tells a router all rules of a move.
 * @throws ROUTER_NOT_TOLD when it cannot be told whether the router knows them; ROUTER_REFUSES; errors of the catalogue
 * about the server that a driver works on; the reason of `signal`.
 */
export type TellRouter = (ruleSet: RuleSet, signal?: AbortSignal) => Promise<RouterAnswer>;

export interface Router {
  /** Puts these rules in the place of all that the move had before. */
  readonly apply: TellRouter;
  /**
   * Removes the rules of a move: its tables are where the configuration of applications says. The version has to be above
   * that of the rules, and stays, so that a late `apply` of an older one does not bring them back.
   */
  remove(move: Omit<RuleSet, 'rules'>, signal?: AbortSignal): Promise<RouterAnswer>;
}

/** A router by the one thing that drivers differ in. */
export function routerBy(tell: TellRouter): Router {
  return { apply: tell, remove: (move, signal) => tell({ ...move, rules: [] }, signal) };
}
