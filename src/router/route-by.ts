import { SwitchyardError } from '../errors/switchyard-error.js';
import type { Route } from '../mysql/move/route-move.js';
import type { Router } from './port.js';
import { ruleSetOf } from './rule-set.js';

/** Tells a router of moves; one that has something newer has been told enough. @param router absent: NO_ROUTER is thrown. */
export function routeBy(router: Router | undefined): Route {
  return async ({ operationId, name, source, target, tables }, traffic, signal) => {
    if (router === undefined) throw new SwitchyardError('NO_ROUTER', {});
    const move = { operationId, move: name, source, target, tables: tables.map((table) => table.source.table) };
    await router.apply(ruleSetOf(move, traffic), signal);
  };
}
