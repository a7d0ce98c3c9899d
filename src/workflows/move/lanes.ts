/** The three lanes of a move (src/lifecycle/move/SPEC.md). */
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
    withoutResult: (error, lane) => ({ ...endWithoutResult(error), lane }),
  });
}
