/** The three lanes of a move (src/lifecycle/move/SPEC.md). */
import { patched } from '@temporalio/workflow';
import { isFactOfWorker } from '../../errors/worker-facts.js';
import { isSameActivity, isStoppable, type Lane, type MoveActivity } from '../../lifecycle/move/activity.js';
import { wantedIn } from '../../lifecycle/move/decide.js';
import type { MoveHappening } from '../../lifecycle/move/event.js';
import { endWithoutResult } from '../operation/failures.js';
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
    happened: (happening) => move.happened(happening),
    perform: (activity) => performed(move, activity),
    withoutResult,
  });
}

/** Earlier versions waited for a person also where another worker knows the router. */
const routedAgain = 'routed-again-by-another-worker';

function withoutResult(error: unknown, lane: Lane): MoveHappening {
  const end = endWithoutResult(error);
  if (end.kind !== 'activityFailed') return { ...end, lane };
  const again = lane === 'route' && isFactOfWorker(end.failure.code) && patched(routedAgain);
  return again ? { ...end, lane, again: true } : { ...end, lane };
}
