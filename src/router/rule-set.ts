import type { RoutedTraffic } from '../mysql/move/route-move.js';
import type { Place, RuleSet } from '../domain/routing.js';

/** A move as far as routing goes. */
export interface RoutedMove {
  readonly operationId: string;
  readonly move: string;
  readonly source: Place;
  readonly target: Place;
  readonly tables: readonly string[];
}

/** The rules of a move, whose tables all move together. */
export function ruleSetOf({ operationId, move, tables, ...sides }: RoutedMove, traffic: RoutedTraffic): RuleSet {
  const { cluster, database } = sides.source;
  const place = (side: 'source' | 'target'): Place => ({
    cluster: sides[side].cluster,
    database: sides[side].database,
  });
  const [reads, writes] = [place(traffic.reads), place(traffic.writes)];
  const rules = tables.map((table) => ({ cluster, database, table, reads, writes }));
  return { operationId, move, version: traffic.version, rules };
}
