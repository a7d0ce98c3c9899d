/**
 * Ends a move whose source is gone (docs/design/moves.md, "The ends of a move"): everything that is to be done on the
 * target, and a list of what stays behind on the source. Nothing here asks the source. Every step can be repeated,
 * alone or with the others.
 */
import { gateName, retainedName } from '../../schema/names.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import { forgetOwned } from '../server/sidecar/operations.js';
import { removeStream } from '../server/sidecar/progress.js';
import { dropAllFences } from './traffic/fence.js';
import { dropGate } from './traffic/gate.js';
import { readMovePlan, type MovePlan } from './move-plan.js';
import type { MoveClusters } from './move-stream.js';
import { tryToRoute, type MoveToRoute } from './route-move.js';

/** What is done here; the routing is the router's, who is told beside it. */
type ForcedPart = 'streams' | 'fences' | 'sidecar';

export interface ForceCompleteOptions extends Pick<MoveClusters, 'target'> {
  readonly operationId: string;
  readonly parts: readonly ForcedPart[];
}

/** What of the move is completed; `routing`: the router is told that everything goes to the target. */
export type ForcedComponent = ForcedPart | 'routing';

export interface ForceCompleted {
  readonly components: readonly ForcedComponent[];
  readonly routed: boolean;
  /** Which rules the router was not told, why, and what to do. */
  readonly notRouted?: string;
  readonly residuals: readonly string[];
}

/** The parts first: that the router does not answer holds none of them up. @throws the driver's errors, the signal's reason. */
export async function forceCompleteMove(
  move: MoveToRoute,
  { components, version }: { readonly components: readonly ForcedComponent[]; readonly version: number },
): Promise<ForceCompleted> {
  const { target, operationId } = move;
  const parts = components.filter((part) => part !== 'routing');
  const residuals = await forceComplete({ target, operationId, parts });
  if (!components.includes('routing')) return { components, routed: false, residuals };
  const notRouted = await tryToRoute(move, version, 'target');
  return { components, residuals, ...(notRouted === null ? { routed: true } : { routed: false, notRouted }) };
}

/** @returns what stays behind on the source because of these parts. @throws the driver's errors. */
export function forceComplete({ target, operationId, parts }: ForceCompleteOptions): Promise<readonly string[]> {
  return withSession(target, controlVariables, async (session) => {
    const plan = await readMovePlan(session, operationId);
    await takeAdvisoryLockForSure(session, operationId);
    const residuals: string[] = [];
    for (const part of ['streams', 'fences', 'sidecar'] as const) {
      if (!parts.includes(part)) continue;
      await work[part](session, operationId);
      residuals.push(...residualsOf(part, plan));
    }
    return residuals;
  });
}

const work: Readonly<Record<ForcedPart, (session: Session, operationId: string) => Promise<void>>> = {
  streams: async (session, operationId) => {
    await closeEpoch(session, operationId);
    await removeStream(session, operationId);
  },
  fences: async (session, operationId) => {
    await dropAllFences(session, operationId);
    await dropGate(session, operationId);
  },
  sidecar: async (session, operationId) => {
    for (const role of ['copy', 'target'] as const) await forgetOwned(session, operationId, role);
  },
};

export function residualsOf(
  part: ForcedPart,
  { operationId, source, tables, sourceTables }: MovePlan,
): readonly string[] {
  const there = `on cluster ${source.cluster}`;
  const names = tables.map((table) => `${table.source.database}.${table.source.table}`).join(', ');
  switch (part) {
    case 'streams':
      return [`${there}: the reverse stream of operation ${operationId} (a row of _switchyard.streams)`];
    case 'fences':
      return [
        `${there}: the fences (triggers _sw_${operationId}_g…) of ${names}, and their gate (table _switchyard.${gateName(operationId)})`,
      ];
    case 'sidecar': {
      const wish = sourceTables === 'rename' ? `, which were to be renamed to ${retainedName(operationId, 0)} …` : '';
      return [`${there}: the tables ${names}${wish}`, `${there}: the records and locks of operation ${operationId}`];
    }
  }
}
