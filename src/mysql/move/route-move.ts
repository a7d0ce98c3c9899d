/** Tells the router where the tables of a move are, as its plan names them. */
import { findMovePlan, type MoveClusters, type MovePlan } from './move-plan.js';

/** Where the reads and the writes of all tables of a move go. */
export interface RoutedTraffic {
  /** The rules of a higher one win. */
  readonly version: number;
  readonly reads: 'source' | 'target';
  readonly writes: 'source' | 'target';
}

/** The router, as far as a move knows it. @throws NO_ROUTER, ROUTER_NOT_TOLD, ROUTER_REFUSES, the signal's reason. */
export type Route = (plan: MovePlan, traffic: RoutedTraffic, signal: AbortSignal) => Promise<void>;

export interface MoveToRoute extends MoveClusters {
  readonly operationId: string;
  readonly route: Route;
  readonly signal: AbortSignal;
}

/** @throws UNKNOWN_OPERATION, what the router's side throws, the driver's errors. */
export async function routeMove(move: MoveToRoute, traffic: RoutedTraffic): Promise<void> {
  await move.route(await findMovePlan(move, move.operationId), traffic, move.signal);
}

/**
 * Tells the router of an end that does not wait for it: everything goes to one side.
 * @returns null where it was told; else which rules it may not have, why, and what to do. @throws the signal's reason.
 */
export async function tryToRoute(move: MoveToRoute, version: number, to: 'source' | 'target'): Promise<string | null> {
  const { operationId, route, signal } = move;
  let what = `the rules of operation ${operationId}`;
  try {
    const plan = await findMovePlan(move, operationId);
    what = describeRules(plan, to);
    await route(plan, { version, reads: to, writes: to }, signal);
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    return `at the router, which was not told (${problem}): version ${version} of ${what}. Correct its rules by hand`;
  }
}

function describeRules(plan: MovePlan, to: 'source' | 'target'): string {
  const { operationId, name, source, [to]: home } = plan;
  const tables = plan.tables.map((table) => `${table.source.database}.${table.source.table}`).join(', ');
  return (
    `the rules of the move ${name} (operation ${operationId}) for ${tables} of cluster ${source.cluster}, ` +
    `by which reads and writes go to database ${home.database} of cluster ${home.cluster}`
  );
}
