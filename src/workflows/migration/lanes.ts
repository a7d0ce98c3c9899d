/** The one lane of a migration (src/lifecycle/migration/SPEC.md). */
import { isStoppable, type Activity } from '../../lifecycle/migration/activity.js';
import { work } from '../../lifecycle/migration/decide.js';
import type { Happening } from '../../lifecycle/migration/event.js';
import { goesOnUntil, isSameWork, toRun, workKindOf } from '../../lifecycle/operation/work.js';
import { endWithoutResult } from '../operation/failures.js';
import { Lanes } from '../operation/lanes.js';
import type { Migration } from './migration.js';
import { performed } from './perform.js';

export function lanesOf(migration: Migration): Lanes<'main', Activity, Happening> {
  return new Lanes<'main', Activity, Happening>({
    names: ['main'],
    running: () => migration.state.running,
    wanted: () => toRun(migration.decide().main),
    isSame: (one, other) => isSameWork(work, one, other),
    isStoppable,
    kindOf: (activity) => workKindOf(work, activity),
    waitsForWorker: (kind) => migration.waitsForWorker(kind),
    goesOnUntil: (following, next) => goesOnUntil(work, following, next),
    happened: (happening) => migration.happened(happening),
    perform: (activity) => performed(migration, activity),
    withoutResult: endWithoutResult,
  });
}
