/**
 * What all routers have in common. A router is told where reads and writes of the tables of a move go, and tells it to
 * applications in its own way. It may be told anything twice, late, and in any order: the higher version wins.
 */
import type { RuleSet } from '../domain/routing.js';

/** `newer`: the router has a newer version of this move already, and has changed nothing. */
type RouterAnswer = 'applied' | 'newer';

export interface Router {
  /**
   * Puts these rules in the place of all that the move had before. No rules: its tables are where the configuration of
   * applications says; the version stays, so that a late older set does not bring the rules back.
   * @throws ROUTER_NOT_TOLD when it cannot be told whether the router knows them; ROUTER_REFUSES; errors of the catalogue
   * about the server that a driver works on; the reason of `signal`.
   */
  apply(ruleSet: RuleSet, signal?: AbortSignal): Promise<RouterAnswer>;
}
