/** The three lanes of a move (src/lifecycle/move/SPEC.md): stops what should not run in each, and starts what should. */
import { isSameActivity, isStoppable, type Lane as LaneName } from '../../lifecycle/move/activity.js';
import type { MoveActivity } from '../../lifecycle/move/activity.js';
import type { MoveWork } from '../../lifecycle/move/decide.js';
import type { MoveHappening } from '../../lifecycle/move/event.js';
import { endWithoutResult } from '../operation/failures.js';
import { Lane } from '../operation/lane.js';
import type { Move } from './move.js';
import { performed } from './perform.js';

const laneNames = ['main', 'route', 'probe'] as const satisfies readonly LaneName[];

export class MoveLanes {
  private readonly lanes: Readonly<Record<LaneName, Lane<MoveHappening>>>;

  constructor(private readonly move: Move) {
    const lane = (name: LaneName) =>
      new Lane<MoveHappening>(
        (happening) => move.happened(happening),
        (error) => ({ ...endWithoutResult(error), lane: name }),
      );
    this.lanes = { main: lane('main'), route: lane('route'), probe: lane('probe') };
  }

  /** Brings every lane to what is decided; what starts in one may change what is wanted in the next. */
  reconcile(): void {
    for (const name of laneNames) {
      const wanted = wantedIn(this.move.decide(), name);
      const running = this.move.state.running[name];
      if (running === null) {
        if (wanted !== null) this.start(name, wanted);
      } else if (wanted === null || !isSameActivity(running, wanted)) {
        this.stop(name);
      }
    }
  }

  /** Asks everything to stop that can be stopped. */
  stopAll(): void {
    for (const name of laneNames) this.stop(name);
  }

  private start(name: LaneName, activity: MoveActivity): void {
    this.move.happened({ kind: 'started', activity });
    this.lanes[name].run(() => performed(this.move, activity));
  }

  private stop(name: LaneName): void {
    const running = this.move.state.running[name];
    if (running !== null && isStoppable(running)) this.lanes[name].stop();
  }
}

function wantedIn({ main, route, probe }: MoveWork, lane: LaneName): MoveActivity | null {
  if (lane !== 'main') return lane === 'route' ? route : probe;
  return main.kind === 'wait' || main.kind === 'end' ? null : main;
}
