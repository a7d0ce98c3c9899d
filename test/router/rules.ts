/** Rule sets for tests of routers. */
import { randomBytes } from 'node:crypto';
import type { RoutedTraffic } from '../../src/mysql/move/route-move.js';
import { ruleSetOf, type RoutedMove } from '../../src/router/rule-set.js';
import type { RuleSet } from '../../src/domain/routing.js';

export const toSource = { reads: 'source', writes: 'source' } as const;
export const toTarget = { reads: 'target', writes: 'target' } as const;

/** A move that no other test knows. */
export function someMove(change: Partial<RoutedMove> = {}): RoutedMove {
  const operationId = randomBytes(5).toString('hex');
  return {
    operationId,
    move: `orders-${operationId}`,
    source: { cluster: 'commerce', database: `shop_${operationId}` },
    target: { cluster: 'customer', database: 'crm' },
    tables: ['orders', 'lines'],
    ...change,
  };
}

/** Its rules in a version. */
export function rulesOf(move: RoutedMove, version: number, traffic: Omit<RoutedTraffic, 'version'>): RuleSet {
  return ruleSetOf(move, { version, ...traffic });
}
