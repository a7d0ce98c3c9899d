/** The three lanes of a move (src/lifecycle/move/SPEC.md). */
import { patched } from '@temporalio/workflow';
import { isFactOfWorker } from '../../errors/worker-facts.js';
import { isMain, isSameActivity, isStoppable, type Lane, type MoveActivity } from '../../lifecycle/move/activity.js';
import { wantedIn, work } from '../../lifecycle/move/decide.js';
import type { MoveHappening } from '../../lifecycle/move/event.js';
import { endWithoutResult } from '../operation/failures.js';
import { goesOnUntil, workKindOf } from '../../lifecycle/operation/work.js';
import { Lanes } from '../operation/lanes.js';
import type { Move } from './move.js';
import { performed } from './perform.js';

export function lanesOf(move: Move): Lanes<Lane, MoveActivity, MoveHappening> {
  return new Lanes<Lane, MoveActivity, MoveHappening>({
    names: ['main', 'route', 'probe'],
    running: (lane) => move.state.running[lane],
    wanted: (lane) => wantedIn(move.decide(), lane),
    isSame: isSameActivity,
    isStoppable,
    kindOf: (activity) => (isMain(activity) ? workKindOf(work, activity) : 'control'),
    waitsForWorker: (kind) => move.waitsForWorker(kind),
    goesOnUntil: (following, next) => isMain(following) && isMain(next) && goesOnUntil(work, following, next),
    happened: (happening) => move.happened(happening),
    perform: (activity) => performed(move, activity),
    withoutResult,
  });
}

/** Earlier versions waited for a person also where another worker knows the router. */
const routedAgain = 'routed-again-by-another-worker';

/** Earlier versions left it to Temporal to tell the router again, of which nobody heard for minutes. */
const routePaced = 'router-told-again-by-the-lifecycle';

function withoutResult(error: unknown, lane: Lane): MoveHappening {
  const end = endWithoutResult(error);
  const failed = end.kind === 'activityFailed' || !end.cancelled;
  if (lane === 'route' && failed && patched(routePaced)) return { ...end, lane, paced: true };
  if (end.kind !== 'activityFailed') return { ...end, lane };
  const again = lane === 'route' && isFactOfWorker(end.failure.code) && patched(routedAgain);
  return again ? { ...end, lane, again: true } : { ...end, lane };
}
